package discord

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	maxLabel   = 80
	maxInRow   = 5
	maxButtons = 20 // in four rows, so that a chooser has the fifth
	// chooserID begins the id of a select whose values are commands.
	chooserID = "choose"
)

// buttons adds the reply's buttons, and those beyond twenty as a select. It returns those whose command is too long for either.
func (d *renderer) buttons(r bot.Reply) (spare []bot.Button) {
	var list []discordgo.MessageComponent
	var options []discordgo.SelectMenuOption
	for _, b := range r.Blocks {
		for _, button := range b.Buttons {
			label, command := strings.TrimSpace(plain.Line(button.Label)), strings.TrimSpace(plain.Line(button.Command))
			if command == "" {
				continue
			}
			if label == "" {
				label = command
			}
			id := fmt.Sprintf("c%d:%s", len(list)+len(options), command)
			switch {
			case count(id) > maxCustomID, len(options) == maxOptions:
				spare = append(spare, button)
			case len(list) < maxButtons:
				list = append(list, discordgo.Button{Label: cut(label, maxLabel), Style: style(button), CustomID: id})
			default:
				options = append(options, discordgo.SelectMenuOption{Label: cut(label, maxOptionLabel), Value: id})
			}
		}
	}
	for len(list) > 0 {
		n := min(maxInRow, len(list))
		d.out.Components = append(d.out.Components, discordgo.ActionsRow{Components: list[:n]})
		list = list[n:]
	}
	if len(options) > 0 {
		menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: chooserID, Placeholder: "More", Options: options}
		d.out.Components = append(d.out.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	return spare
}

func style(b bot.Button) discordgo.ButtonStyle {
	if b.Danger {
		return discordgo.DangerButton
	}
	return discordgo.SecondaryButton
}
