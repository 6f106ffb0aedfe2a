package expr

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// Options are the knobs of an Engine.
type Options struct {
	// Output is how many bytes a render may write, and how large a value may be on the way. Zero is 1 MiB.
	Output int
	// Time is how long a render may take. Zero is one second.
	Time time.Duration
	// Work is how many steps a render may take: one for each expression and each item of a list, and one for every 16 bytes of
	// text that is read or made. Zero is four million, which is a good part of a second.
	Work int
	// Clock tells the time. Nil is the clock of the machine.
	Clock clock.Clock
	// AllowUndefined makes what is not there empty instead of an error, as StackStorm does for the formats of ack and result.
	AllowUndefined bool
}

// Lookup reads the values of the datastore when a template asks for them. Put one among the variables, as st2kv:
// {{ st2kv.system.name }} and {{ st2kv.user.name }} then call it with the scope and the name, which may have dots in it.
//
// Get returns CodeNotFound for a value that is not there, which is empty text as in StackStorm. Decrypt is for the filter
// decrypt_kv; it refuses what the one for whom the template is rendered may not read. One render asks for each value once.
type Lookup interface {
	Get(ctx context.Context, scope, name string) (string, error)
	Decrypt(ctx context.Context, scope, name string) (string, error)
}

// Engine compiles templates. It never changes, so any number of goroutines may use it.
type Engine struct {
	options Options
	filters map[string]filter
	tests   map[string]test
	globals map[string]any
}

// New returns an engine.
func New(o Options) *Engine {
	if o.Output <= 0 {
		o.Output = 1 << 20
	}
	if o.Time <= 0 {
		o.Time = time.Second
	}
	if o.Work <= 0 {
		o.Work = 4_000_000
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	return &Engine{options: o, filters: filters(), tests: tests(), globals: globals()}
}

// IsTemplate reports whether the text has anything to render in it.
func IsTemplate(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#")
}

// Render returns a copy of value in which each string is rendered by Template.Value. Maps and lists are walked; keys stay as they
// are. One account pays for all of it.
func (e *Engine) Render(ctx context.Context, value any, vars map[string]any) (any, error) {
	return e.render(value, newRun(ctx, e, vars))
}

func (e *Engine) render(value any, r *run) (any, error) {
	switch v := value.(type) {
	case string:
		t, err := e.Compile(v)
		if err != nil {
			return nil, err
		}
		return t.value(r)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = e.render(v[i], r); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, key := range sortedKeys(v) {
			var err error
			if out[key], err = e.render(v[key], r); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return value, nil
}

// Text renders one template as StackStorm renders a parameter: to text, or to nil where the filter use_none asks for it.
func (e *Engine) Text(ctx context.Context, template string, vars map[string]any) (any, error) {
	t, err := e.Compile(template)
	if err != nil {
		return nil, err
	}
	text, err := t.Text(ctx, vars)
	if err != nil {
		return nil, err
	}
	if text == noneMark {
		return nil, nil
	}
	return text, nil
}

// Names returns the variables that the templates in value use, sorted. What a template sets itself is not among them.
func (e *Engine) Names(value any) ([]string, error) {
	found := map[string]bool{}
	if err := e.names(value, found); err != nil {
		return nil, err
	}
	return sortedKeys(found), nil
}

func (e *Engine) names(value any, found map[string]bool) error {
	switch v := value.(type) {
	case string:
		t, err := e.Compile(v)
		if err != nil {
			return err
		}
		for _, name := range t.names() {
			found[name] = true
		}
	case []any:
		for _, item := range v {
			if err := e.names(item, found); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if err := e.names(v[key], found); err != nil {
				return err
			}
		}
	}
	return nil
}

// Equal reports whether two values of JSON are the same by Python's ==: 1, 1.0 and true are, "1" and 1 are not.
func Equal(a, b any) bool { return same(a, b) }

// Truth reports whether Python takes the value for true: everything but null, false, zero and what is empty.
func Truth(value any) bool {
	v, err := plain(value)
	return err == nil && truth(v)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
