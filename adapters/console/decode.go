package console

import (
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/markup"
	"github.com/petrelops/petrel/internal/plain"
)

// Decode returns the text of a typed or pasted line: valid UTF-8 on one line, straight quotes, plain spaces, no spaces around
// it, and without escape sequences, control characters or invisible ones. Decoding the result again changes nothing.
func Decode(raw []byte) string { return strings.TrimSpace(aliases.Normalize(plain.Line(string(raw)))) }

// said returns what a decoded line says to the bot called name: a line may be a copy of what Slack or Discord sent, and a
// terminal is a direct message. Discord's tokens are read first, because Slack's escapes can hide what only looks like one.
func said(line, name string) string {
	plain := markup.Code(markup.Slack(markup.Discord(line)))
	return strings.TrimSpace(markup.TrimName(plain, name))
}

// pasted makes a text safe to paste into the line in edit. A block of code loses its fences here, while the line is still known
// on which it names its language.
func pasted(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "```") {
		s = markup.Code(aliases.Normalize(s)) // terminals paste line ends as carriage returns
	}
	return plain.Line(s)
}
