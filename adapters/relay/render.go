package relay

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
)

const (
	// maxText is how many bytes of a reply are shown in the message; all of a longer one is attached.
	maxText = 30000
	// maxFiles is how many bytes may be attached.
	maxFiles = 1 << 20
)

// written returns a reply as a plain text, with what did not fit as a file.
func written(r bot.Reply) content {
	text, files := render(r)
	c := content{Text: text, Files: files, Execution: r.Execution, Status: r.Status, Final: r.Final()}
	if len(text) > maxText {
		c.Files = append(c.Files, file{Name: "reply.txt", Content: []byte(text)})
		c.Text = cut(text, maxText/10) + "\n(It is long: reply.txt has all of it.)"
	}
	size := 0
	for i, f := range c.Files {
		if size += len(f.Content); size > maxFiles {
			c.Files = c.Files[:i]
			c.Text += "\n(a file is too large to be attached: " + clean(f.Name, false) + ")"
			break
		}
	}
	return c
}

// cut returns the first line of a text, at most size bytes of it.
func cut(text string, size int) string {
	line, _, _ := strings.Cut(text, "\n")
	for line = line[:min(size, len(line))]; !utf8.ValidString(line); {
		line = line[:len(line)-1]
	}
	return line
}

func render(r bot.Reply) (text string, files []file) {
	lines := []string{title(r)}
	for _, b := range r.Blocks {
		if b.File != nil {
			files = append(files, file{Name: clean(b.File.Name, false), Content: b.File.Content})
			lines = append(lines, "attached: "+clean(b.File.Name, false))
			continue
		}
		lines = append(lines, block(b))
	}
	text = strings.TrimSpace(strings.Join(lines, "\n"))
	if text == "" {
		text = "(nothing to show)"
	}
	return text, files
}

// title draws the first line. The execution's id is there until it has succeeded: a person needs it to cancel or to ask.
func title(r bot.Reply) string {
	t := clean(r.Title, false)
	if t == "" {
		t = clean(r.Action, false)
	}
	if id := clean(r.Execution, false); id != "" && r.Status != bot.Succeeded && !strings.Contains(t, id) {
		t = strings.TrimSpace(t + " (" + id + ")")
	}
	if r.Status == "" {
		return t
	}
	return string(r.Status) + ": " + t
}

// block draws the one thing that b holds.
func block(b bot.Block) string {
	var lines []string
	switch {
	case b.Text != "":
		return clean(b.Text, true)
	case len(b.Fields) > 0:
		for _, f := range b.Fields {
			lines = append(lines, clean(f.Name, false)+": "+clean(f.Value, true))
		}
	case b.Table != nil:
		for _, row := range append([][]string{b.Table.Columns}, b.Table.Rows...) {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = clean(cell, false)
			}
			lines = append(lines, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
		}
	case b.Code != "":
		return "    " + strings.ReplaceAll(clean(b.Code, true), "\n", "\n    ")
	default:
		for _, button := range b.Buttons {
			lines = append(lines, fmt.Sprintf("%s: type %s", clean(button.Label, false), clean(button.Command, false)))
		}
	}
	return strings.Join(lines, "\n")
}

// clean makes a text safe for a chat: nothing in it moves a cursor or changes the order in which it is read.
func clean(s string, lineEnds bool) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case lineEnds && (r == '\n' || r == '\t'):
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}
