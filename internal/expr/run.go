package expr

import (
	"context"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// run is one render.
type run struct {
	account
	engine *Engine
	scope  *scope
	out    *strings.Builder
	stores map[string]*store // by the name of the variable
}

// scope holds the variables that a block set; those of the blocks around it are seen through it.
type scope struct {
	vars   map[string]any
	parent *scope
}

func newRun(ctx context.Context, e *Engine, vars map[string]any) *run {
	return &run{
		account: newAccount(ctx, &e.options), engine: e, out: &strings.Builder{}, stores: map[string]*store{},
		// What a template sets goes into a map of its own: the caller's is read only.
		scope: &scope{vars: map[string]any{}, parent: &scope{vars: vars, parent: &scope{vars: e.globals}}},
	}
}

func (s *scope) find(name string) (any, bool) {
	for ; s != nil; s = s.parent {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// within runs f with variables of its own, and puts those of before back.
func (r *run) within(parent *scope, f func() error) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer r.leave()
	before := r.scope
	r.scope = &scope{vars: map[string]any{}, parent: parent}
	defer func() { r.scope = before }()
	return f()
}

// capture returns what f writes.
func (r *run) capture(f func() error) (string, error) {
	before := r.out
	r.out = &strings.Builder{}
	defer func() { r.out = before }()
	err := f()
	return r.out.String(), err
}

func (r *run) write(text string) error {
	if err := r.fits(r.out.Len() + len(text)); err != nil {
		return err
	}
	if err := r.spendText(len(text)); err != nil {
		return err
	}
	r.out.WriteString(text)
	return nil
}

// resolve makes a value plain and reads it from the datastore where it is a key.
func (r *run) resolve(value any) (any, error) {
	v, err := plain(value)
	if err != nil {
		return nil, err
	}
	k, ok := v.(key)
	if !ok {
		return v, nil
	}
	return r.get(k)
}

// costOfRead is what a question to the datastore costs: a template may ask some hundreds.
const costOfRead = 10_000

func (r *run) get(k key) (string, error) {
	if text, ok := k.from.read[k]; ok {
		return text, nil
	}
	if err := r.spend(costOfRead); err != nil {
		return "", err
	}
	text, err := r.ask(k, k.from.lookup.Get)
	switch {
	case bot.ErrorCode(err) == bot.CodeNotFound:
		text = ""
	case err != nil:
		return "", lookupFault(k, err)
	}
	k.from.read[k] = text
	return text, nil
}

// ask calls a Lookup, which may wait no longer than the render has time.
func (r *run) ask(k key, read func(ctx context.Context, scope, name string) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(r.ctx, r.deadline.Sub(r.options.Clock.Now()))
	defer cancel()
	text, err := read(ctx, k.scope, k.name)
	if err != nil && r.ctx.Err() == nil && ctx.Err() != nil {
		return "", bot.E(bot.CodeTimeout, "expr.lookup.read", "The datastore did not answer in time. Try again.", err)
	}
	return text, err
}

// storeOf is the datastore behind a variable.
func (r *run) storeOf(name string, l Lookup) *store {
	if r.stores[name] == nil {
		r.stores[name] = &store{name, l, map[key]string{}}
	}
	return r.stores[name]
}

func lookupFault(k key, err error) error {
	text := k.String() + " could not be read"
	if why := bot.ErrorText(err); why != "" {
		text += ": " + why
	}
	return &fault{code: bot.ErrorCode(err), text: text, err: err}
}
