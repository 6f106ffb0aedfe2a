package bot

import "time"

// Param is one parameter of an action: a property of its schema with StackStorm's extras
// (st2common util/schema/action_params.json).
type Param struct {
	Name        string
	Type        string // string, integer, number, boolean, array, object or null; empty allows any
	Description string
	Default     any // meaningful when HasDefault
	HasDefault  bool
	Enum        []any
	Required    bool
	Immutable   bool // cannot be set by the caller
	Secret      bool // encrypted at rest, masked wherever it is shown
	Position    int  // order among positional arguments; -1 when it has none
	// Spellings are other names under which the value is accepted.
	Spellings []string
	// Schema is the JSON Schema (draft 4) of the value, without StackStorm's extras.
	Schema map[string]any
}

// ActionSpec is what a pack says of one action.
type ActionSpec struct {
	Pack        string
	Name        string
	Description string
	Runner      string // go, chat, local-shell-cmd, …
	EntryPoint  string
	Enabled     bool
	Class       Class
	Timeout     time.Duration // 0 takes the configured default
	Params      []Param       // positional ones first, by position, then as written in the file
	// Targets are templates over the parameters. Each gives a node set: what the action is about, by which executions are found.
	Targets []string
	// Locks are templates as well: the targets that no two executions may work on at once.
	Locks []string
	// Confirm says that whoever asks sees the plan and confirms it before anything is done.
	Confirm bool
	// Unfrozen says that the action goes on during a freeze, although it changes something.
	Unfrozen bool
	Source   string // file:line
	// NotRunnable says why this action cannot run here, for instance because of its runner. Empty when it can.
	NotRunnable string
}

// Ref returns pack.name.
func (a *ActionSpec) Ref() string { return a.Pack + "." + a.Name }

// Param returns the parameter with this name or spelling.
func (a *ActionSpec) Param(name string) (Param, bool) {
	for _, p := range a.Params {
		if p.Name == name {
			return p, true
		}
		for _, s := range p.Spellings {
			if s == name {
				return p, true
			}
		}
	}
	return Param{}, false
}
