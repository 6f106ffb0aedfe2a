package markup

import (
	"strings"
	"unicode"
)

// Discord returns what a person typed to make Discord send text: mentions become @ID, @&ID for a role, #ID or /name, custom emoji
// :name:, and an address whose preview was suppressed with brackets loses those. Any other token stays, a time stamp among them:
// it has no form of its own that people type.
// Source: https://discord.com/developers/docs/reference, "Message Formatting".
func Discord(text string) string {
	var b strings.Builder
	for piece, isToken := range pieces(text) {
		if isToken {
			if typed, known := discordToken(inner(piece)); known {
				piece = typed
			}
		}
		b.WriteString(piece)
	}
	return b.String()
}

// discordMentions tells what the beginning of a mention was typed as; an ID follows. The first that fits counts.
var discordMentions = []struct{ sent, typed string }{{"@!", "@"}, {"@&", "@&"}, {"@", "@"}, {"#", "#"}}

// discordToken returns what was typed for the inside of a token, and whether the token is known.
func discordToken(token string) (typed string, known bool) {
	for _, m := range discordMentions {
		if id, ok := strings.CutPrefix(token, m.sent); ok && only(id, isDigit) {
			return m.typed + id, true
		}
	}
	if strings.HasPrefix(token, "https://") || strings.HasPrefix(token, "http://") {
		// An address has no bar (RFC 3986): this is a link of Slack's.
		return token, !strings.ContainsFunc(token, func(r rune) bool { return r == '|' || unicode.IsSpace(r) })
	}
	colon := strings.LastIndex(token, ":")
	if colon < 0 || !only(token[colon+1:], isDigit) {
		return "", false
	}
	name := token[:colon]
	if command, ok := strings.CutPrefix(name, "/"); ok { // with its group and subcommand, where it has them
		return name, command != "" && command == strings.TrimSpace(command)
	}
	kind, emoji, ok := strings.Cut(name, ":")
	return ":" + emoji + ":", ok && (kind == "" || kind == "a") && only(emoji, isEmojiName) // a is animated
}

func isEmojiName(r rune) bool { return isLower(r) || isUpper(r) || isDigit(r) || r == '_' }
