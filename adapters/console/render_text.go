package console

import (
	"strings"

	"github.com/petrelops/petrel/internal/plain"
)

// tab is what a tab becomes where columns are counted.
const tab = "    "

// text draws a paragraph, wrapped; line ends of its own stay.
func (s Style) text(text string) []string {
	var out []string
	for _, l := range plain.Lines(text) {
		out = append(out, s.wrap(strings.ReplaceAll(l, "\t", tab), 0)...)
	}
	return out
}
