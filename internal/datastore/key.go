package datastore

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
)

// Scope says whose a key is.
type Scope string

// The scopes, under StackStorm's names.
const (
	System Scope = "system" // everybody's
	User   Scope = "user"   // one person's
)

// MaxName is how many bytes a name has at the most. StackStorm names no limit; this one keeps lists and sentences readable.
const MaxName = 255

// Key names a value.
type Key struct {
	Scope Scope
	Owner string // identity id; empty in scope system
	Name  string
}

// KeyOf returns the key that a person means who gives a scope and a name: in scope user it is a key of their own.
func KeyOf(scope Scope, name string, who bot.Identity) Key {
	k := Key{Scope: scope, Name: name}
	if scope == User {
		k.Owner = who.ID
	}
	return k
}

// String names the key in sentences.
func (k Key) String() string { return string(k.Scope) + " key " + k.Name }

// Check returns CodeInvalid when no value can have this key. A name is printable text, with blanks only inside, because people type
// it and read it in lists.
func (k Key) Check() error {
	const op = "datastore.key.check"
	refuse := func(why string) error {
		name := k.Name
		if len(name) > MaxName {
			name = strings.ToValidUTF8(name[:40], "") + "…"
		}
		return bot.E(bot.CodeInvalid, op, fmt.Sprintf("The key name %q %s.", name, why), nil)
	}
	switch {
	case k.Name == "":
		return bot.E(bot.CodeInvalid, op, "A key needs a name. Give it one such as api_token.", nil)
	case len(k.Name) > MaxName:
		return refuse(fmt.Sprintf("has %d bytes, and a name has at most %d. Give a shorter one", len(k.Name), MaxName))
	case !utf8.ValidString(k.Name) || strings.ContainsFunc(k.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return refuse("holds a character that cannot be seen. Use letters, digits and signs")
	case strings.TrimSpace(k.Name) != k.Name:
		return refuse("begins or ends with a blank. Leave it out")
	}
	_, err := stem(k.Scope, k.Owner)
	return err
}

// id is the id of the key's record. The sensor's position is to be found as system:clary.last_event.
func (k Key) id() (string, error) {
	if err := k.Check(); err != nil {
		return "", err
	}
	before, err := stem(k.Scope, k.Owner)
	return before + k.Name, err
}

// stem begins the ids of a scope. An owner such as shell:ann is written so that no colon of it is taken for the end of it: one
// person's keys never begin with another's stem.
func stem(scope Scope, owner string) (string, error) {
	const op = "datastore.key.stem"
	switch {
	case scope == System && owner == "":
		return "system:", nil
	case scope == User && owner != "":
		return "user:" + escape(owner) + ":", nil
	case scope == System || scope == User:
		return "", bot.E(bot.CodeInternal, op, "", fmt.Errorf("scope %s with the owner %q", scope, owner))
	}
	return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("There is no scope %q. The scopes are system and user.", scope), nil)
}

var escape = strings.NewReplacer("%", "%25", ":", "%3A").Replace
