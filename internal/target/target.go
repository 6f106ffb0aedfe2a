// Package target names what actions work on: the nodes, servers and other things that a lock keeps for one execution, and by which
// executions and audit lines are found. A set of them is written as a node set where that is possible, and with commas where not.
package target

import (
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
	"github.com/petrelops/petrel/internal/store"
)

// Max is how many targets one execution may have.
const Max = 1 << 20

// Expand returns the names in a node set. A text with a slash, which no node's name has, is a name by itself, such as rack/3.
// CodeInvalid says what is wrong with it.
func Expand(text string, groups map[string]string) ([]string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	names, err := nodeset.Parse(text, nodeset.Options{Groups: groups, Max: Max})
	switch {
	case err == nil:
		return names, nil
	case !strings.Contains(text, "/") || strings.ContainsAny(text, "[]@, \t\n"):
		return nil, err
	case len(text) > maxName || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return nil, bot.E(bot.CodeInvalid, "target.expand", "A target is a name of at most 200 characters without control characters.", nil)
	}
	return []string{text}, nil
}

const maxName = 200

// Fold writes names as one text, from which Names gets them back.
func Fold(names []string) string {
	folded := nodeset.Fold(names)
	if len(Names(folded)) == len(names) {
		return folded
	}
	return strings.Join(names, ",")
}

// Names returns the names in a text that Fold wrote.
func Names(folded string) []string {
	if folded == "" {
		return nil
	}
	names, err := nodeset.Parse(folded, nodeset.Options{Max: Max})
	if err != nil {
		return strings.Split(folded, ",")
	}
	return names
}

// Contains reports whether a folded text holds the name.
func Contains(folded, name string) bool {
	return folded == name || slices.Contains(Names(folded), name)
}

// MaxIndexed is how many targets of one record are indexed one by one. A record with more is found under Wide, and looked into.
const MaxIndexed = 256

// Index is the name of the index by target, and Wide its value for records with too many of them.
const (
	Index = "target"
	Wide  = "*"
)

// Entries returns the index entries of a record about these targets.
func Entries(names []string) []store.Index {
	if len(names) > MaxIndexed {
		return []store.Index{{Name: Index, Value: Wide}}
	}
	index := make([]store.Index, len(names))
	for i, n := range names {
		index[i] = store.Index{Name: Index, Value: n}
	}
	return index
}
