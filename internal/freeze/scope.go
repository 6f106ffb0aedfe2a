package freeze

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

// everything is how the scope that covers all is written.
const everything = "everything"

// Scope says what a freeze covers. All that it names must fit; the zero value covers everything.
type Scope struct {
	Pack   string `json:"pack,omitempty"`
	Action string `json:"action,omitempty"` // a glob over action refs
	Nodes  string `json:"nodes,omitempty"`  // a folded node set: actions with at least one of these targets
}

// ParseScope reads what people type: everything, or some of pack:NAME, action:GLOB and nodes:SET, with spaces between them. Groups are what
// a node set may name as @group. CodeInvalid shows how to write one.
func ParseScope(text string, groups map[string]string) (Scope, error) {
	var s Scope
	words := strings.Fields(text)
	if len(words) == 0 || len(words) == 1 && words[0] == everything {
		return s, nil
	}
	for _, word := range words {
		kind, value, _ := strings.Cut(word, ":")
		var field *string
		switch kind {
		case "pack":
			field = &s.Pack
		case "action":
			field = &s.Action
		case "nodes":
			field = &s.Nodes
		}
		if field == nil || value == "" || *field != "" {
			return Scope{}, wrongScope(word, nil)
		}
		*field = value
	}
	if _, err := path.Match(s.Action, ""); err != nil {
		return Scope{}, wrongScope("action:"+s.Action, err)
	}
	names, err := target.Expand(s.Nodes, groups)
	if err != nil {
		return Scope{}, err
	}
	if s.Nodes != "" && len(names) == 0 {
		return Scope{}, bot.E(bot.CodeInvalid, "freeze.scope.parse", fmt.Sprintf("The node set %s is empty, so the freeze would stop nothing.", s.Nodes), nil)
	}
	s.Nodes = target.Fold(names)
	return s, nil
}

func wrongScope(word string, cause error) error {
	return bot.E(bot.CodeInvalid, "freeze.scope.parse", fmt.Sprintf(
		"%q is no scope. Write everything, or each at most once of pack:clary, action:clary.node.* and nodes:irene[4000-4010].", word), cause)
}

// String is the scope as people type it.
func (s Scope) String() string {
	var words []string
	for _, w := range [][2]string{{"pack:", s.Pack}, {"action:", s.Action}, {"nodes:", s.Nodes}} {
		if w[1] != "" {
			words = append(words, w[0]+w[1])
		}
	}
	if len(words) == 0 {
		return everything
	}
	return strings.Join(words, " ")
}

// Covers reports whether the action with these targets is in the scope.
func (s Scope) Covers(spec *bot.ActionSpec, targets []string) bool {
	if s.Pack != "" && s.Pack != spec.Pack {
		return false
	}
	if s.Action != "" {
		if fits, err := path.Match(s.Action, spec.Ref()); err != nil || !fits {
			return false
		}
	}
	if s.Nodes == "" {
		return true
	}
	covered := target.Names(s.Nodes)
	slices.Sort(covered)
	return slices.ContainsFunc(targets, func(name string) bool {
		_, found := slices.BinarySearch(covered, name)
		return found
	})
}
