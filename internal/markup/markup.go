// Package markup undoes what chat platforms make of a typed line: mentions, links, escapes and code marks. Aliases are written
// for what a person typed, so an adapter's decoder calls Line before anything is matched.
//
// Every function is pure, takes time linear in the text, and returns UTF-8 for UTF-8. None but Line ever makes a text longer.
package markup

import (
	"iter"
	"strings"
	"unicode"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/plain"
)

// Line returns what a person meant by a text: one line, of which platform, which is Slack or Discord, has undone the markup. name is what
// the bot is called where everything is said to it, and empty elsewhere. Nothing, or the name alone, asks for help.
func Line(text string, platform func(string) string, name string) string {
	text = strings.TrimSpace(plain.Line(Code(platform(aliases.Normalize(text)))))
	text = strings.TrimSpace(TrimName(text, name))
	if text == "" || name != "" && strings.EqualFold(strings.TrimPrefix(text, "@"), name) {
		return "help"
	}
	return text
}

// pieces cuts text into tokens in angle brackets, which it yields with true, and what stands between them. A token lies on one
// line and has no bracket inside.
func pieces(text string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		start, open := 0, -1
		for i := range len(text) {
			switch text[i] {
			case '<':
				open = i
			case '\n':
				open = -1
			case '>':
				if open < 0 {
					continue
				}
				if !yield(text[start:open], false) || !yield(text[open:i+1], true) {
					return
				}
				start, open = i+1, -1
			}
		}
		yield(text[start:], false)
	}
}

// inner returns what a token has between its brackets.
func inner(token string) string { return token[1 : len(token)-1] }

// only reports whether s is not empty and has no character but those that allowed accepts.
func only(s string, allowed func(rune) bool) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !allowed(r) })
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }
func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }
func isLower(r rune) bool { return 'a' <= r && r <= 'z' }

// TrimName returns text without the name of the bot at its beginning, as in "@petrel help", "petrel: help" or "Petrel help".
// The name must end with its word, and something must remain: "petrels help" and "petrel" stay as they are. It is for direct
// messages, where everything is said to the bot.
func TrimName(text, name string) string {
	rest := strings.TrimPrefix(strings.TrimLeftFunc(text, unicode.IsSpace), "@")
	if name == "" || len(rest) <= len(name) || !strings.EqualFold(rest[:len(name)], name) {
		return text
	}
	rest = rest[len(name):]
	if rest[0] == ':' || rest[0] == ',' {
		rest = rest[1:]
	}
	said := strings.TrimLeftFunc(rest, unicode.IsSpace)
	if said == "" || len(said) == len(rest) {
		return text
	}
	return said
}
