package slack

import (
	"fmt"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/layout"
)

const (
	maxLabel    = 75
	maxCommand  = 2000 // a button's value
	maxInRow    = 25   // buttons of one block
	maxCommands = 4000 // characters of all buttons together, so that they leave room for the answer
)

// buttons returns the buttons of blocks as one block, and those that do not fit into it.
func (d *renderer) buttons(blocks []bot.Block) (row []slackgo.Block, spare []bot.Button) {
	var elements []slackgo.BlockElement
	room := maxCommands
	for _, b := range layout.Buttons(blocks) {
		label := cut(b.Label, maxLabel)
		n := count(label) + count(b.Command)
		if count(b.Command) > maxCommand || len(elements) == maxInRow || n > room {
			spare = append(spare, b)
			continue
		}
		room -= n
		element := slackgo.NewButtonBlockElement(fmt.Sprintf("command-%d", len(elements)), b.Command, plainObject(label))
		if b.Danger {
			element.Style = slackgo.StyleDanger
		}
		elements = append(elements, element)
	}
	d.left -= maxCommands - room
	if len(elements) == 0 {
		return nil, spare
	}
	return []slackgo.Block{slackgo.NewActionBlock("", elements...)}, spare
}
