package app

import (
	"context"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/pack"
)

// Lint checks the aliases of packs against each other and against their actions.
func Lint(ctx context.Context, set *pack.Set) []aliases.Finding {
	return aliases.Lint(ctx, set.Aliases(), func(ref string) ([]aliases.ActionParam, bool) {
		spec, ok := set.Action(ref)
		if !ok || spec.NotRunnable != "" { // what a missing runner would add is not known
			return nil, false
		}
		var list []aliases.ActionParam
		for _, p := range spec.Params {
			list = append(list, aliases.ActionParam{Name: p.Name, Required: p.Required && !p.HasDefault && !p.Immutable})
			for _, s := range p.Spellings {
				list = append(list, aliases.ActionParam{Name: s})
			}
		}
		return list, true
	})
}

// IsNote reports whether a finding is worth knowing and yet no fault: one alias always wins, as its author may have meant.
func IsNote(f aliases.Finding) bool {
	return f.Kind == aliases.FindingOverlap || f.Kind == aliases.FindingUnchecked
}

// warnOfFaults logs what is wrong with the aliases. It runs beside the work, because comparing many aliases takes longer than a start
// may.
func (a *App) warnOfFaults(ctx context.Context) error {
	for _, f := range Lint(ctx, a.set) {
		if !IsNote(f) {
			a.log.WarnContext(ctx, "an alias has a fault", "op", "app.content.lint", "place", f.Source, "why", f.Text)
		}
	}
	return nil
}
