package console

import (
	"cmp"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// buttons draws each button as the command that it stands for, since a terminal has nothing to press.
func (s Style) buttons(buttons []bot.Button) []string {
	var out []string
	for _, b := range buttons {
		command, quote := plain.Line(cmp.Or(b.Typed, b.Command)), `"`
		if strings.Contains(command, quote) {
			quote = "'"
		}
		l := fmt.Sprintf("next: type %s%s%s", quote, command, quote)
		if label := plain.Line(b.Label); label != "" {
			l += " (" + label + ")"
		}
		if b.Danger {
			l = s.paint(lipgloss.Red, l)
		}
		out = append(out, l)
	}
	return out
}
