package identity

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/petrelops/petrel/bot"
)

// maxName is how long an id, a role or a group may be.
const maxName = 64

// checker fills a directory and notes every fault.
type checker struct {
	directory *Directory
	folded    map[string]Person // by id in lower case: people who differ by case only would be taken for each other
	faults    []string
}

func (c *checker) fault(p Person, format string, args ...any) {
	c.faults = append(c.faults, p.Source+": "+fmt.Sprintf(format, args...))
}

func (c *checker) person(p Person) {
	if why := badName(p.ID); why != "" {
		c.fault(p, "%q is no id of a person: %s", p.ID, why)
		return
	}
	if p.ID == "me" {
		c.fault(p, `"me" is no id of a person: it means whoever asks`)
		return
	}
	if other, taken := c.folded[strings.ToLower(p.ID)]; taken {
		c.fault(p, "the person %s is at %s already; put the accounts together, or write another id", p.ID, other.Source)
		return
	}
	c.folded[strings.ToLower(p.ID)] = p
	c.directory.people[p.ID] = p
	if strings.ContainsFunc(p.Name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		c.fault(p, "the name of %s holds a character that cannot be seen; leave it out", p.ID)
	}
	c.names(p, "role", p.Roles)
	c.names(p, "group", p.Groups)
	for _, text := range p.Accounts {
		c.account(p, text)
	}
}

func (c *checker) names(p Person, kind string, names []string) {
	for _, name := range names {
		if why := badName(name); why != "" {
			c.fault(p, "%q is no %s: %s", name, kind, why)
		}
	}
}

func (c *checker) account(p Person, text string) {
	o, err := ParseAccount(text)
	if err != nil {
		c.fault(p, "%s", bot.ErrorText(err))
		return
	}
	if id, taken := c.directory.accounts[accountOf(o)]; taken {
		other := c.directory.people[id]
		c.fault(p, "the account %s of %s belongs to %s at %s already; an account has one person", text, p.ID, other.ID, other.Source)
		return
	}
	c.directory.accounts[accountOf(o)] = p.ID
}

// badName says what is wrong with an id, a role or a group. A name holds no colon, so that none looks like an account, and nothing that
// stands for other text in a rule.
func badName(name string) string {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
	}
	switch {
	case name == "":
		return "it is empty"
	case len(name) > maxName:
		return fmt.Sprintf("it is longer than %d bytes", maxName)
	case strings.ContainsFunc(name, odd):
		return "use letters, digits and . _ - @"
	}
	return ""
}
