package identity

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Person is somebody with accounts.
type Person struct {
	ID       string
	Name     string // for people to read
	Accounts []string
	Roles    []string // sorted, each once
	Groups   []string // sorted, each once
	Source   string   // file:line
}

// Identity is the person as executions and the audit log carry it.
func (p Person) Identity() bot.Identity {
	return bot.Identity{ID: p.ID, Name: p.Name, Roles: slices.Clone(p.Roles), Groups: slices.Clone(p.Groups)}
}

// Directory is all people.
type Directory struct {
	people   map[string]Person // by id
	accounts map[account]string
}

// New checks the people and returns their directory. CodeInvalid tells every fault at once, a line for each.
func New(people []Person) (*Directory, error) {
	d := &Directory{people: map[string]Person{}, accounts: map[account]string{}}
	c := checker{directory: d, folded: map[string]Person{}}
	for _, p := range people {
		p.Roles, p.Groups = set(p.Roles), set(p.Groups)
		p.Accounts = slices.Clone(p.Accounts)
		c.person(p)
	}
	if len(c.faults) > 0 {
		text := strings.Join(c.faults, "\n")
		return nil, bot.E(bot.CodeInvalid, "identity.directory.new", text, errors.New("the people are faulty"))
	}
	return d, nil
}

// set returns the names sorted, each once.
func set(names []string) []string {
	list := slices.Clone(names)
	slices.Sort(list)
	return slices.Compact(list)
}

// Known reports whether there are people at all. Where there are none, each account is a person of its own with whatever the rules give it.
func (d *Directory) Known() bool { return len(d.people) > 0 }

// Identify returns who wrote from the origin: whoever the account belongs to, else whoever the address belongs to that the platform vouches
// for. Where both belong to nobody the account is a person of its own without roles.
func (d *Directory) Identify(o bot.Origin) bot.Identity {
	for _, a := range []account{accountOf(o), mailboxOf(o)} {
		if id, ok := d.accounts[a]; ok {
			return d.people[id].Identity()
		}
	}
	return bot.Identity{ID: o.Account()}
}

// Doubt returns a sentence where an account and the address that the platform vouches for belong to two people. The account wins: somebody
// wrote it down.
func (d *Directory) Doubt(o bot.Origin) string {
	byAccount, ok := d.accounts[accountOf(o)]
	byMail, mailed := d.accounts[mailboxOf(o)]
	if !ok || !mailed || byAccount == byMail {
		return ""
	}
	return fmt.Sprintf("The account %s belongs to %s, and its e-mail address to %s. The account counts. Correct the one that is wrong at %s or %s.",
		o.Account(), byAccount, byMail, d.people[byAccount].Source, d.people[byMail].Source)
}

// Find returns the person with the id, or the one that the account belongs to.
func (d *Directory) Find(name string) (Person, bool) {
	if p, ok := d.people[name]; ok {
		return p, true
	}
	o, err := ParseAccount(name)
	if err != nil {
		return Person{}, false
	}
	p, ok := d.people[d.accounts[accountOf(o)]]
	return p, ok
}

// IDs returns the ids of all people, sorted.
func (d *Directory) IDs() []string { return slices.Sorted(maps.Keys(d.people)) }

// Roles returns the roles that somebody has, sorted.
func (d *Directory) Roles() []string {
	return d.all(func(p Person) []string { return p.Roles })
}

// Groups returns the groups that somebody is in, sorted.
func (d *Directory) Groups() []string {
	return d.all(func(p Person) []string { return p.Groups })
}

func (d *Directory) all(of func(Person) []string) []string {
	var list []string
	for _, p := range d.people {
		list = append(list, of(p)...)
	}
	return set(list)
}
