package console

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// Style says how replies are drawn.
type Style struct {
	Width int // columns to wrap at; 0 does not wrap
	Color bool
}

// Render returns the lines of a reply: its title behind the word of its status, then its blocks. Whatever the reply holds,
// the only escape sequences in the result are the colours of the style.
func Render(r bot.Reply, s Style) string {
	var out []string
	if title := s.title(r); title != "" {
		out = append(out, title)
	}
	for i, b := range r.Blocks {
		if i > 0 && b.Table != nil && r.Blocks[i-1].Table != nil { // a line of air keeps two tables apart
			out = append(out, "")
		}
		out = append(out, s.block(b)...)
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n") + "\n"
}

// block draws the one thing that b holds.
func (s Style) block(b bot.Block) []string {
	switch {
	case b.Text != "":
		return s.text(b.Text)
	case len(b.Fields) > 0:
		return s.fields(b.Fields)
	case b.Table != nil:
		return s.table(*b.Table)
	case b.Code != "":
		return s.code(b.Code)
	case b.File != nil:
		return s.file(*b.File)
	}
	return s.buttons(b.Buttons)
}

// title draws the first line. The execution's id is added until the execution has succeeded, because a person needs it to
// cancel, to answer or to ask; colour only repeats what the words say.
func (s Style) title(r bot.Reply) string {
	title := plain.Line(r.Title)
	if title == "" {
		title = plain.Line(r.Action)
	}
	if id := plain.Line(r.Execution); id != "" && r.Status != bot.Succeeded && !strings.Contains(title, id) {
		title = strings.TrimSpace(title + " (" + id + ")")
	}
	word := plain.Line(string(r.Status))
	if word == "" {
		if r.Problem {
			return s.paint(lipgloss.Red, s.wrap(title, 0)...)
		}
		return s.paint(nil, s.wrap(title, 0)...)
	}
	indent := lipgloss.Width(word) + 2
	body := s.hang(title, indent)
	return strings.TrimRight(s.paint(hue(r.Status), word)+"  "+strings.Join(body, "\n"), " ")
}

// hue returns the colour of a status: green for done, red for not done, yellow for what a person should look at, cyan for
// what goes on.
func hue(status bot.Status) color.Color {
	switch status {
	case bot.Succeeded:
		return lipgloss.Green
	case bot.Failed, bot.Timeout, bot.Abandoned:
		return lipgloss.Red
	case bot.Pending, bot.Paused, bot.Canceling, bot.Canceled:
		return lipgloss.Yellow
	}
	return lipgloss.Cyan
}

// paint joins lines that are already safe and, in colour, draws them bold; a nil hue leaves the terminal's own colour.
func (s Style) paint(hue color.Color, lines ...string) string {
	if s.Color {
		style := lipgloss.NewStyle().Bold(true)
		if hue != nil {
			style = style.Foreground(hue)
		}
		painted := make([]string, len(lines))
		for i, l := range lines {
			if l != "" {
				painted[i] = style.Render(l)
			}
		}
		lines = painted
	}
	return strings.Join(lines, "\n")
}

// wrap breaks safe text into lines of the style's width less reserved columns.
func (s Style) wrap(text string, reserved int) []string {
	if s.Width == 0 {
		return []string{text}
	}
	width := max(s.Width-reserved, minColumn)
	broken := ansi.Hardwrap(ansi.Wordwrap(text, width, ""), width, true) // ansi.Wrap lets some long words stick out
	out := strings.Split(broken, "\n")
	for i, l := range out {
		out[i] = strings.TrimRight(l, " ")
	}
	return out
}

// hang wraps text that begins at a column and sets its further lines in that far.
func (s Style) hang(text string, column int) []string {
	out := s.wrap(text, column)
	for i := range out[1:] {
		out[i+1] = strings.Repeat(" ", column) + out[i+1]
	}
	return out
}

// pad fills safe text with spaces up to a display width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-lipgloss.Width(text)))
}
