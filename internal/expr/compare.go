package expr

import (
	"cmp"
	"strings"
)

// equal is Python's ==. Values of different kinds are not equal, except numbers and truth values.
func (r *run) equal(left, right any) (bool, error) {
	a, err := r.deep(left)
	if err != nil {
		return false, err
	}
	b, err := r.deep(right)
	if err != nil {
		return false, err
	}
	if err := r.measure(a, b); err != nil {
		return false, err
	}
	return same(a, b), nil
}

func same(left, right any) bool {
	if a, ok := numeric(left); ok {
		b, ok := numeric(right)
		if !ok {
			return false
		}
		i, iWhole := a.(int64)
		j, jWhole := b.(int64)
		if iWhole && jWhole {
			return i == j
		}
		return toFloat(a) == toFloat(b)
	}
	switch a := left.(type) {
	case nil:
		return right == nil
	case string:
		b, ok := right.(string)
		return ok && a == b
	case []any:
		b, ok := right.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := right.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !same(v, w) {
				return false
			}
		}
		return true
	}
	return false
}

// compare orders numbers, texts and lists; anything else has no order, as in Python.
func (r *run) compare(left, right any) (int, error) {
	if err := r.measure(left, right); err != nil {
		return 0, err
	}
	return r.order(left, right)
}

// order is compare for values that were paid for.
func (r *run) order(left, right any) (int, error) {
	left, err := r.resolve(left)
	if err != nil {
		return 0, err
	}
	if right, err = r.resolve(right); err != nil {
		return 0, err
	}
	a, aNumber := numeric(left)
	b, bNumber := numeric(right)
	if aNumber && bNumber {
		i, iWhole := a.(int64)
		j, jWhole := b.(int64)
		if iWhole && jWhole {
			return cmp.Compare(i, j), nil
		}
		return cmp.Compare(toFloat(a), toFloat(b)), nil
	}
	switch a := left.(type) {
	case string:
		if b, ok := right.(string); ok {
			return strings.Compare(a, b), nil
		}
	case []any:
		b, ok := right.([]any)
		if !ok {
			break
		}
		for i := range min(len(a), len(b)) {
			if n, err := r.order(a[i], b[i]); n != 0 || err != nil {
				return n, err
			}
		}
		return cmp.Compare(len(a), len(b)), nil
	}
	return 0, faultf("%s and %s have no order", kind(left), kind(right))
}

// contains is item in container.
func (r *run) contains(container, item any) (bool, error) {
	container, err := r.deep(container)
	if err != nil {
		return false, err
	}
	if item, err = r.deep(item); err != nil {
		return false, err
	}
	if err := r.measure(container, item); err != nil {
		return false, err
	}
	switch c := container.(type) {
	case string:
		text, ok := item.(string)
		if !ok {
			return false, faultf("%s cannot be looked for in a text", kind(item))
		}
		return strings.Contains(c, text), nil
	case []any:
		for _, v := range c {
			if same(v, item) {
				return true, nil
			}
		}
		return false, nil
	case map[string]any:
		text, ok := item.(string)
		_, found := c[text]
		return ok && found, nil
	}
	return false, faultf("%s has nothing in it to look for", kind(container))
}
