package discord

import (
	"fmt"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
)

const (
	maxLabel   = 80
	maxInRow   = 5
	maxButtons = 20 // in four rows, so that a chooser has the fifth
	// chooserID begins the id of a select whose values are commands.
	chooserID = "choose"
)

// buttons adds the buttons of blocks, and those beyond twenty as a select. It returns those whose command is too long for either.
func (d *renderer) buttons(blocks []bot.Block) (spare []bot.Button) {
	var list []discordgo.MessageComponent
	var options []discordgo.SelectMenuOption
	for _, b := range layout.Buttons(blocks) {
		id := fmt.Sprintf("c%d:%s", len(list)+len(options), b.Command)
		switch {
		case count(id) > maxCustomID, len(options) == maxOptions:
			spare = append(spare, b)
		case len(list) < maxButtons:
			list = append(list, discordgo.Button{Label: cut(b.Label, maxLabel), Style: style(b), CustomID: id})
		default:
			options = append(options, discordgo.SelectMenuOption{Label: cut(b.Label, maxOptionLabel), Value: id})
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
