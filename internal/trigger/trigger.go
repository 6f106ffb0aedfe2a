// Package trigger holds the kinds of events that rules wait for (StackStorm's trigger types) and what is checked of an event before it is
// accepted.
package trigger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/spell"
)

// The trigger types that Petrel itself emits or listens for. Their names are StackStorm's.
const (
	Webhook       = "core.st2.webhook"
	IntervalTimer = "core.st2.IntervalTimer"
	DateTimer     = "core.st2.DateTimer"
	CronTimer     = "core.st2.CronTimer"
	Action        = "core.st2.generic.actiontrigger"
	Notify        = "core.st2.generic.notifytrigger"
	KeyCreate     = "core.st2.key_value_pair.create"
	KeyUpdate     = "core.st2.key_value_pair.update"
	KeyChange     = "core.st2.key_value_pair.value_change"
	KeyDelete     = "core.st2.key_value_pair.delete"
)

// Type is a kind of event.
type Type struct {
	Pack        string
	Name        string
	Description string
	Payload     map[string]any // JSON Schema of what an event carries; nil takes anything
	Parameters  map[string]any // JSON Schema of what a rule may ask of it
	Source      string         // file:line

	payload, parameters *param.Schema
}

// Ref returns pack.name.
func (t *Type) Ref() string { return t.Pack + "." + t.Name }

// Compile makes the schemas ready. Its error says which one cannot be used.
func (t *Type) Compile() error {
	for _, s := range []struct {
		key  string
		raw  map[string]any
		into **param.Schema
	}{{"payload_schema", t.Payload, &t.payload}, {"parameters_schema", t.Parameters, &t.parameters}} {
		if len(s.raw) == 0 {
			continue
		}
		compiled, err := param.Compile(s.raw)
		if err != nil {
			return fmt.Errorf("%s: %w", s.key, err)
		}
		*s.into = compiled
	}
	return nil
}

// CheckPayload returns what is wrong with the payload of an event.
func (t *Type) CheckPayload(payload any) []string { return check(t.payload, payload) }

// CheckParameters returns what is wrong with what a rule asks of the trigger.
func (t *Type) CheckParameters(parameters map[string]any) []string {
	if parameters == nil {
		parameters = map[string]any{}
	}
	return check(t.parameters, parameters)
}

func check(s *param.Schema, value any) []string {
	if s == nil {
		return nil
	}
	return s.Check(value)
}

// Types are the known types by ref. The map does not change.
type Types map[string]*Type

// Find returns a type. CodeNotFound has suggestions.
func (t Types) Find(ref string) (*Type, error) {
	if found := t[ref]; found != nil {
		return found, nil
	}
	return nil, bot.E(bot.CodeNotFound, "trigger.types.find", "There is no trigger "+ref+spell.Hint(ref, slices.Collect(maps.Keys(t))), nil)
}

// All returns the types by ref.
func (t Types) All() []*Type {
	return slices.SortedFunc(maps.Values(t), func(a, b *Type) int { return strings.Compare(a.Ref(), b.Ref()) })
}
