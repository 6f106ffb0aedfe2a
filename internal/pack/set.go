package pack

import (
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/trigger"
)

// Set is the packs of one installation. It does not change; a reload makes a new one.
type Set struct {
	packs    []*Pack // by name
	actions  map[string]*bot.ActionSpec
	aliases  []*aliases.Alias
	policies []*policy.Policy
	triggers trigger.Types
	rules    []*rule.Rule
}

// NewSet puts packs together. Of two packs with one name the later is left out; an alias whose action does not exist is left
// out; both are errors among the problems. A nil pack is skipped, so that what Load returned can be passed on.
func NewSet(packs ...*Pack) (*Set, []Problem) {
	s := &Set{actions: map[string]*bot.ActionSpec{}, triggers: trigger.Types{}}
	var problems []Problem
	for _, p := range packs {
		if p == nil {
			continue
		}
		if other, ok := s.Pack(p.Name); ok {
			problems = append(problems, Problem{Source: p.Source, Severity: Error, Text: "The pack name " + p.Name + " is taken by " + other.Source + "; remove one of them, or give this one another ref."})
			continue
		}
		s.packs = append(s.packs, p)
		for _, a := range p.Actions {
			s.actions[a.Ref()] = a
		}
		for _, t := range p.Triggers {
			s.triggers[t.Ref()] = t
		}
	}
	slices.SortFunc(s.packs, func(a, b *Pack) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range s.packs {
		for _, a := range p.Aliases {
			if faults := s.checkAlias(p, a); len(faults) > 0 {
				problems = append(problems, faults...)
				if HasErrors(faults) {
					continue
				}
			}
			s.aliases = append(s.aliases, a)
		}
		for _, q := range p.Policies {
			faults := s.checkPolicy(q)
			problems = append(problems, faults...)
			if !HasErrors(faults) {
				s.policies = append(s.policies, q)
			}
		}
		for _, r := range p.Rules {
			faults := s.checkRule(r)
			problems = append(problems, faults...)
			if !HasErrors(faults) {
				s.rules = append(s.rules, r)
			}
		}
	}
	return s, problems
}

// checkAlias checks what an alias refers to.
func (s *Set) checkAlias(p *Pack, a *aliases.Alias) []Problem {
	action, ok := s.actions[a.Action]
	if !ok {
		return []Problem{{Source: a.Source, Severity: Error, Text: "The alias names the action " + a.Action + s.unknownAction(a.Action)}}
	}
	// The parameters of runners that do not exist here are not known.
	if action.NotRunnable != "" {
		return nil
	}
	severity := Warning
	if p.strict {
		severity = Error
	}
	var faults []Problem
	for _, name := range sortedKeys(a.Immutable) {
		if _, ok := action.Param(name); !ok {
			faults = append(faults, Problem{Source: a.Source, Severity: severity, Text: "The alias sets the parameter " + name + ", which " + a.Action + " does not have" + spell.Hint(name, paramNames(action))})
		}
	}
	return faults
}

// unknownAction ends a sentence about an action that does not exist.
func (s *Set) unknownAction(ref string) string {
	return ", which does not exist" + spell.Hint(ref, sortedKeys(s.actions))
}

func paramNames(a *bot.ActionSpec) []string {
	names := make([]string, len(a.Params))
	for i, p := range a.Params {
		names[i] = p.Name
	}
	return names
}

// Packs returns the packs by name.
func (s *Set) Packs() []*Pack { return slices.Clone(s.packs) }

// Pack returns the pack of this name.
func (s *Set) Pack(name string) (*Pack, bool) {
	for _, p := range s.packs {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// Action returns the action of this ref, pack.name.
func (s *Set) Action(ref string) (*bot.ActionSpec, bool) {
	a, ok := s.actions[ref]
	return a, ok
}

// Actions returns all actions: pack by pack, by name.
func (s *Set) Actions() []*bot.ActionSpec {
	var out []*bot.ActionSpec
	for _, p := range s.packs {
		out = append(out, p.Actions...)
	}
	return out
}

// Aliases returns the aliases whose actions exist: pack by pack, by name. Disabled ones are among them.
func (s *Set) Aliases() []*aliases.Alias { return slices.Clone(s.aliases) }

// Policies returns the policies whose actions exist: pack by pack, by name. Disabled ones are among them.
func (s *Set) Policies() []*policy.Policy { return slices.Clone(s.policies) }

// Rules returns the rules whose actions exist: pack by pack, by name. Disabled ones are among them.
func (s *Set) Rules() []*rule.Rule { return slices.Clone(s.rules) }

// Sensors returns the sensors of all packs, pack by pack, by class.
func (s *Set) Sensors() []*Sensor {
	var list []*Sensor
	for _, p := range s.packs {
		list = append(list, p.Sensors...)
	}
	return list
}

// Triggers returns the trigger types of all packs.
func (s *Set) Triggers() trigger.Types { return maps.Clone(s.triggers) }
