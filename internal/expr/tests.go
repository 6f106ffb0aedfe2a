package expr

import (
	"strings"

	"github.com/nikolalohinski/gonja/v2/nodes"
)

// test is what stands behind is in a template. It gets the value as it is, so that it can be asked whether it is there.
type test func(r *run, v any, a []any) (bool, error)

func (r *run) evalTest(n *nodes.TestExpression) (any, error) {
	v, err := r.eval(n.Expression)
	if err != nil {
		return nil, err
	}
	a, err := r.evalArgs(n.Test.Args, n.Test.Kwargs)
	if err != nil {
		return nil, err
	}
	// Gonja reads the brackets of divisibleby(3) and of in (1, 2) alike.
	return r.test(n.Test.Name, v, a.list)
}

func (r *run) test(name string, v any, a []any) (bool, error) {
	t, ok := r.engine.tests[name]
	if !ok {
		return false, faultf("there is no test %s", name)
	}
	ok, err := t(r, v, a)
	if err != nil {
		return false, named("test "+name, err)
	}
	return ok, nil
}

func tests() map[string]test {
	all := map[string]test{
		"defined":   func(_ *run, v any, _ []any) (bool, error) { _, gone := v.(undefined); return !gone, nil },
		"undefined": func(_ *run, v any, _ []any) (bool, error) { _, gone := v.(undefined); return gone, nil },
		"none":      ofKind(func(v any) bool { return v == nil }),
		"string":    ofKind(func(v any) bool { _, ok := v.(string); return ok }),
		"boolean":   ofKind(func(v any) bool { _, ok := v.(bool); return ok }),
		"true":      ofKind(func(v any) bool { return v == true }),
		"false":     ofKind(func(v any) bool { return v == false }),
		"number":    ofKind(func(v any) bool { _, ok := numeric(v); return ok }),
		"integer":   ofKind(func(v any) bool { _, ok := v.(int64); return ok }),
		"float":     ofKind(func(v any) bool { _, ok := v.(float64); return ok }),
		"mapping":   ofKind(func(v any) bool { _, ok := v.(map[string]any); return ok }),
		"callable":  ofKind(func(v any) bool { _, ok := v.(function); return ok }),
		"iterable":  ofKind(isIterable),
		"sequence":  ofKind(isIterable),
		"lower":     ofText(func(s string) bool { return s == strings.ToLower(s) && s != strings.ToUpper(s) }),
		"upper":     ofText(func(s string) bool { return s == strings.ToUpper(s) && s != strings.ToLower(s) }),
		"in":        withOther(func(r *run, v, other any) (bool, error) { return r.contains(other, v) }),
		"odd":       divided(1),
		"even":      divided(0),
		"divisibleby": withOther(func(_ *run, v, other any) (bool, error) {
			n, ok := v.(int64)
			by, okBy := other.(int64)
			if !ok || !okBy || by == 0 {
				return false, faultf("it needs whole numbers, and not 0 to divide by")
			}
			return n%by == 0, nil
		}),
	}
	equal := withOther(func(r *run, v, other any) (bool, error) { return r.equal(v, other) })
	for _, name := range []string{"eq", "equalto", "sameas"} {
		all[name] = equal
	}
	all["ne"] = withOther(func(r *run, v, other any) (bool, error) {
		same, err := r.equal(v, other)
		return !same, err
	})
	for name, passes := range map[string]func(int) bool{
		"lt lessthan":    func(n int) bool { return n < 0 },
		"le":             func(n int) bool { return n <= 0 },
		"gt greaterthan": func(n int) bool { return n > 0 },
		"ge":             func(n int) bool { return n >= 0 },
	} {
		for name := range strings.FieldsSeq(name) {
			all[name] = withOther(func(r *run, v, other any) (bool, error) {
				n, err := r.compare(v, other)
				return passes(n), err
			})
		}
	}
	return all
}

func isIterable(v any) bool {
	switch v.(type) {
	case string, []any, map[string]any:
		return true
	}
	return false
}

func ofKind(is func(any) bool) test {
	return func(r *run, v any, _ []any) (bool, error) {
		v, err := r.use(v)
		return is(v), err
	}
}

func ofText(is func(string) bool) test {
	return func(r *run, v any, _ []any) (bool, error) {
		v, err := r.use(v)
		if err != nil {
			return false, err
		}
		text, err := r.text(v)
		if err != nil {
			return false, err
		}
		return is(text), r.measure(text)
	}
}

func withOther(is func(r *run, v, other any) (bool, error)) test {
	return func(r *run, v any, a []any) (bool, error) {
		v, err := r.use(v)
		if err != nil {
			return false, err
		}
		if len(a) != 1 {
			return false, faultf("it needs one value to hold against")
		}
		return is(r, v, a[0])
	}
}

// divided tests what is left of a number after it was divided by two.
func divided(left int64) test {
	return func(r *run, v any, _ []any) (bool, error) {
		v, err := r.use(v)
		if err != nil {
			return false, err
		}
		n, ok := v.(int64)
		if !ok {
			return false, faultf("%s is no whole number", kind(v))
		}
		return n&1 == left, nil
	}
}
