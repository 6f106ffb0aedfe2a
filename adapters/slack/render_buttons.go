package slack

import (
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	maxLabel    = 75
	maxCommand  = 2000 // a button's value
	maxInRow    = 25   // buttons of one block
	maxCommands = 4000 // characters of all buttons together, so that they leave room for the answer
)

// buttons returns the reply's buttons as a block, and those that do not fit into it.
func (d *renderer) buttons(r bot.Reply) (row []slackgo.Block, spare []bot.Button) {
	var elements []slackgo.BlockElement
	room := maxCommands
	for _, b := range r.Blocks {
		for _, button := range b.Buttons {
			label, command := strings.TrimSpace(plain.Line(button.Label)), strings.TrimSpace(plain.Line(button.Command))
			if command == "" {
				continue
			}
			if label == "" {
				label = command
			}
			label = cut(label, maxLabel)
			n := count(label) + count(command)
			if count(command) > maxCommand || len(elements) == maxInRow || n > room {
				spare = append(spare, button)
				continue
			}
			room -= n
			element := slackgo.NewButtonBlockElement(fmt.Sprintf("command-%d", len(elements)), command, slackgo.NewTextBlockObject(slackgo.PlainTextType, label, false, false))
			if button.Danger {
				element.Style = slackgo.StyleDanger
			}
			elements = append(elements, element)
		}
	}
	d.left -= maxCommands - room
	if len(elements) == 0 {
		return nil, spare
	}
	return []slackgo.Block{slackgo.NewActionBlock("", elements...)}, spare
}
