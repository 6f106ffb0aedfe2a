package markup

import (
	"cmp"
	"strings"
	"unicode"
)

// entities are the three characters that Slack escapes; nothing else is.
var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// Slack returns what a person typed to make Slack send text: mentions become @ID, @here or @group, channels #name or #ID, links
// what was typed or else their address. Then the escapes of &, < and > are undone, once. A token that it does not know stays.
// Source: https://docs.slack.dev/messaging/formatting-message-text, "Escaping text" and "Retrieving messages".
func Slack(text string) string {
	var b strings.Builder
	for piece, isToken := range pieces(text) {
		if isToken {
			typed, known := slackToken(inner(piece))
			if !known {
				b.WriteString(piece)
				continue
			}
			piece = typed
		}
		b.WriteString(entities.Replace(piece))
	}
	return b.String()
}

// slackToken returns what was typed for the inside of a token, and whether the token is known.
func slackToken(token string) (typed string, known bool) {
	target, label, _ := strings.Cut(token, "|")
	switch {
	case target == "!here", target == "!channel", target == "!everyone":
		return "@" + target[1:], true
	case isSlackID(target, "@U"), isSlackID(target, "@W"):
		return target, true
	case isSlackID(target, "#C"), isSlackID(target, "#G"), isSlackID(target, "#D"):
		return "#" + cmp.Or(label, target[1:]), true
	case isSlackID(target, "!subteam^S"):
		return "@" + cmp.Or(strings.TrimPrefix(label, "@"), strings.TrimPrefix(target, "!subteam^")), true
	}
	return slackLink(target, label)
}

// isSlackID reports whether s is the prefix, of which the last letter tells the kind of thing, and the rest of an ID.
func isSlackID(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	return ok && only(rest, func(r rune) bool { return isUpper(r) || isDigit(r) })
}

// slackLink returns what was typed for a link. Slack makes links by itself, and labels them with what was typed. A label that is
// not the address was chosen by someone, possibly to mislead, so the address is taken.
func slackLink(address, label string) (typed string, known bool) {
	bare, known := withoutScheme(address)
	if !known {
		return "", false
	}
	if label != "" && (strings.EqualFold(label, address) || strings.EqualFold(strings.TrimSuffix(label, "/"), strings.TrimSuffix(bare, "/"))) {
		return label, true
	}
	if !strings.Contains(address, "://") { // nobody types mailto: or tel:
		return bare, true
	}
	return address, true
}

// withoutScheme cuts the scheme off a link. It is known when the address is one that Slack makes a link of.
func withoutScheme(address string) (bare string, known bool) {
	if strings.ContainsFunc(address, unicode.IsSpace) {
		return "", false
	}
	for _, scheme := range []string{"mailto:", "tel:"} {
		if bare, ok := strings.CutPrefix(address, scheme); ok {
			return bare, bare != ""
		}
	}
	scheme, bare, _ := strings.Cut(address, "://")
	return bare, bare != "" && only(scheme, func(r rune) bool {
		return isLower(r) || isUpper(r) || isDigit(r) || strings.ContainsRune("+.-", r) // RFC 3986, section 3.1
	})
}
