package console

import (
	"strings"
	"unicode"

	"github.com/petrelops/petrel/bot"
)

// maxPerson is the longest account name in bytes.
const maxPerson = 64

// become answers "as NAME". It changes the account that messages come from; what that account may do is checked elsewhere.
func (c *Adapter) become(words []string) bot.Reply {
	if len(words) != 1 || !isAccount(words[0]) {
		return bot.Problem("Name one account, as in: as ann")
	}
	c.person = words[0]
	return bot.Reply{Title: "You are " + c.person + " now."}
}

func isAccount(s string) bool {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	}
	return s != "" && len(s) <= maxPerson && !strings.ContainsFunc(s, odd)
}

// prompt returns what stands before the line: with another account than the usual one, its name.
func (c *Adapter) prompt() string {
	if c.person == c.opts.Person {
		return c.opts.Prompt
	}
	return c.person + "@" + c.opts.Prompt
}
