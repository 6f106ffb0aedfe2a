package permission

import (
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// Known is what there is for rules to name.
type Known struct {
	People  []string // ids
	Roles   []string
	Groups  []string
	Actions []*bot.ActionSpec
}

// Lint returns what rules name and there is not, a sentence each: mostly a name that was mistyped, and in a rule that denies a hole. It
// is no fault, because somebody may be gone, or a pack be taken out, for good reasons.
func (l *List) Lint(k Known) []string {
	var notes []string
	for _, r := range l.rules {
		note := func(format string, args ...any) {
			notes = append(notes, r.Source+": "+fmt.Sprintf(format, args...))
		}
		lintNames(r.People, k.People, func(name string) { note("there is no person %q", name) })
		lintNames(r.Roles, k.Roles, func(name string) { note("nobody has the role %q", name) })
		lintNames(r.Groups, k.Groups, func(name string) { note("nobody is in the group %q", name) })
		actions := r.about(k.Actions)
		if len(actions) == 0 {
			note("no action of the packs fits the rule")
			continue
		}
		for _, name := range sorted(r.Params) {
			if g, ok := newGlob(name); ok && !anyHas(actions, g) {
				note("no action that the rule is about has a parameter %q", name)
			}
		}
	}
	return notes
}

// lintNames tells each name that covers nothing known.
func lintNames(names, known []string, tell func(string)) {
	for _, name := range names {
		if g, ok := newGlob(name); ok && !(globs{g}).some(known) {
			tell(name)
		}
	}
}

// about returns the actions that a rule is about.
func (r *rule) about(actions []*bot.ActionSpec) []*bot.ActionSpec {
	var list []*bot.ActionSpec
	for _, spec := range actions {
		fits := true
		for _, c := range r.checks {
			fits = fits && (c.kind != what || c.is(&question{Call: bot.Call{Action: spec}}) == yes)
		}
		if fits {
			list = append(list, spec)
		}
	}
	return list
}

func anyHas(actions []*bot.ActionSpec, g glob) bool {
	for _, spec := range actions {
		for _, p := range spec.Params {
			if g.match(p.Name) || (globs{g}).some(p.Spellings) {
				return true
			}
		}
	}
	return false
}
