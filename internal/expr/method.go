package expr

import (
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
)

func gonjaConfig() *config.Config {
	c := config.New()
	c.StrictUndefined = true
	return c
}

// textMethod calls a method of Python's str.
func (r *run) textMethod(text, name string, a args) (any, error) {
	if err := r.measure(text); err != nil {
		return nil, err
	}
	for i := range a.list {
		if err := r.argument(&a.list[i]); err != nil {
			return nil, err
		}
	}
	out, err := r.textMethodOf(text, name, a)
	if err != nil {
		return nil, named("method "+name, err)
	}
	if s, ok := out.(string); ok {
		return s, r.spendText(len(s))
	}
	return out, r.measure(out)
}

func (r *run) textMethodOf(text, name string, a args) (any, error) {
	switch name {
	case "join":
		given, err := a.bind("items", 1)
		if err != nil {
			return nil, err
		}
		return r.join(given[0], text)
	case "replace":
		given, err := a.bind("old new count", 2)
		if err != nil {
			return nil, err
		}
		return r.replace(text, given)
	}
	method, ok := builtins.Methods.Str.Get(name)
	if !ok {
		return nil, faultf("a text has no such method")
	}
	return r.gonja(text, a, func(v *exec.Value, p *exec.VarArgs) (any, error) {
		return method(text, v, p)
	})
}

// join puts a text between the texts of items.
func (r *run) join(items any, between string) (any, error) {
	list, err := r.items(items)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(list))
	size := 0
	for i, item := range list {
		if texts[i], err = r.text(item); err != nil {
			return nil, err
		}
		size += len(texts[i]) + len(between)
	}
	if err := r.spendText(max(0, size-len(between))); err != nil {
		return nil, err
	}
	return strings.Join(texts, between), nil
}

// replace takes the arguments old, new and count.
func (r *run) replace(text string, given []any) (any, error) {
	before, err := word(given[0], "")
	if err != nil {
		return nil, err
	}
	after, err := r.text(given[1])
	if err != nil {
		return nil, err
	}
	count, err := whole(or(given[2], nil), -1)
	if or(given[2], nil) == nil {
		count, err = -1, nil
	}
	if err != nil {
		return nil, err
	}
	n := strings.Count(text, before)
	if count >= 0 {
		n = int(min(int64(n), count))
	}
	if err := r.spendText(len(text) + n*(len(after)-len(before))); err != nil {
		return nil, err
	}
	return strings.Replace(text, before, after, n), nil
}
