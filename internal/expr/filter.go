package expr

import (
	"fmt"
	"maps"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
)

// filter is what stands behind | in a template.
type filter struct {
	takes string // the names of the arguments in their order
	needs int    // how many of them must be given
	// raw filters get the value as it is: not there, or a key that was not read yet. All others get data that was paid for.
	raw bool
	do  func(r *run, in any, a []any) (any, error)
	// gonja is the filter of gonja that does it, in place of do.
	gonja exec.FilterFunction
}

func filters() map[string]filter {
	all := map[string]filter{}
	for _, some := range []map[string]filter{stackstormFilters(), textFilters(), numberFilters(), listFilters(), pickFilters()} {
		maps.Copy(all, some)
	}
	// Nothing of these makes more text than it is given, but for what bulk guards.
	for _, name := range []string{
		"capitalize", "title", "truncate", "wordcount", "wordwrap", "urlize", "striptags", "xmlattr", "filesizeformat",
		"escape", "e", "forceescape", "pprint",
	} {
		if f, ok := builtins.Filters.Get(name); ok {
			all[name] = filter{gonja: f}
		}
	}
	return all
}

func (r *run) evalFiltered(n *nodes.FilteredExpression) (any, error) {
	v, err := r.eval(n.Expression)
	if err != nil {
		return nil, err
	}
	return r.filtered(v, n.Filters)
}

func (r *run) filtered(v any, chain []*nodes.FilterCall) (any, error) {
	for _, call := range chain {
		a, err := r.evalArgs(call.Args, call.Kwargs)
		if err != nil {
			return nil, err
		}
		if v, err = r.filter(call.Name, v, a); err != nil {
			return nil, at(call.Token.Line, err)
		}
	}
	return v, nil
}

// filter runs one filter. The value that comes out is plain.
func (r *run) filter(name string, in any, a args) (any, error) {
	f, ok := r.engine.filters[name]
	if !ok {
		return nil, faultf("there is no filter %s", name)
	}
	if !f.raw {
		var err error
		if in, err = r.deep(in); err != nil {
			return nil, err
		}
		if err := r.measure(in); err != nil {
			return nil, err
		}
	}
	for i := range a.list {
		if err := r.argument(&a.list[i]); err != nil {
			return nil, err
		}
	}
	for key, v := range a.named {
		if err := r.argument(&v); err != nil {
			return nil, err
		}
		a.named[key] = v
	}
	out, err := r.call(f, in, a)
	if err != nil {
		return nil, named("filter "+name, err)
	}
	if text, ok := out.(string); ok {
		if err := r.spendText(len(text)); err != nil {
			return nil, err
		}
	}
	return plain(out)
}

func (r *run) argument(v *any) error {
	value, err := r.deep(*v)
	if err != nil {
		return err
	}
	*v = value
	return r.measure(value)
}

func (r *run) call(f filter, in any, a args) (any, error) {
	if f.gonja != nil {
		return r.gonja(in, a, func(v *exec.Value, p *exec.VarArgs) (any, error) {
			e := &exec.Evaluator{Config: gonjaConfig(), Environment: &exec.Environment{Context: exec.EmptyContext()}}
			out := f.gonja(e, v, p)
			if out.IsError() {
				return nil, faultf("%s", sentence(out.Error()))
			}
			return out.ToGoSimpleType(false), nil
		})
	}
	given, err := a.bind(f.takes, f.needs)
	if err != nil {
		return nil, err
	}
	return f.do(r, in, given)
}

// named says in which filter or method a fault happened.
func named(what string, err error) error {
	if f, ok := err.(*fault); ok && f.line == 0 && !strings.HasPrefix(f.text, "the "+what) { //nolint:errorlint // faults are not wrapped inside the package
		f.text = "the " + what + ": " + f.text
	}
	return err
}

// gonja calls one of gonja's own filters or methods, which have no bounds: bulk is refused before.
func (r *run) gonja(in any, a args, call func(*exec.Value, *exec.VarArgs) (any, error)) (out any, err error) {
	if err := r.bulk(in, a); err != nil {
		return nil, err
	}
	p := &exec.VarArgs{KwArgs: map[string]*exec.Value{}}
	for _, v := range a.list {
		p.Args = append(p.Args, exec.AsValue(forGonja(v)))
	}
	for name, v := range a.named {
		p.KwArgs[name] = exec.AsValue(forGonja(v))
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, faultf("it cannot take %s (%v)", kind(in), p)
		}
	}()
	if out, err = call(exec.AsValue(forGonja(in)), p); err != nil {
		return nil, faultf("%s", sentence(err.Error()))
	}
	if failed, ok := out.(error); ok {
		return nil, faultf("%s", sentence(failed.Error()))
	}
	return plain(out)
}

// forGonja gives whole numbers the type that gonja's functions look for.
func forGonja(v any) any {
	if n, ok := v.(int64); ok {
		return int(n)
	}
	return v
}

// maxBulk is how much text one of gonja's functions could make at the most: the length of what it is given, times that of what it
// may put in.
const maxBulk = 32 << 20

func (r *run) bulk(in any, a args) error {
	size, more := len(fmt.Sprint(in)), 1
	for _, v := range append([]any{in}, a.list...) {
		more = weigh(v, more)
	}
	for _, v := range a.named {
		more = weigh(v, more)
	}
	if more > maxBulk || (size+1)*more > maxBulk {
		return faultf("it could make more than %d bytes of this; give it less", maxBulk)
	}
	return r.spend(size*more/(1<<10) + 1)
}

// weigh adds how much text an argument may bring in each time: a width, or the text itself. A format has widths written in it.
func weigh(v any, sum int) int {
	switch v := v.(type) {
	case int64:
		return sum + int(min(max(v, 0), maxBulk))
	case string:
		return sum + longestNumber(v)
	}
	return sum + len(fmt.Sprint(v))
}

// longestNumber is the largest number that is written in a text, or the text's length where that is more.
func longestNumber(text string) int {
	best, n := 0, 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			n = 0
			continue
		}
		n = min(n*10+int(c-'0'), maxBulk+1)
		best = max(best, n)
	}
	return max(best, len(text))
}
