package expr

import (
	"math"

	"github.com/nikolalohinski/gonja/v2/nodes"
)

func (r *run) evalSlice(n *nodes.GetSlice) (any, error) {
	from, err := r.needed(n.Node)
	if err != nil {
		return nil, err
	}
	bounds := [3]*int64{}
	for i, part := range []nodes.Node{n.Start, n.End, n.Step} {
		if part == nil {
			continue
		}
		v, err := r.needed(part)
		if err != nil {
			return nil, err
		}
		number, ok := v.(int64)
		if v != nil && !ok {
			return nil, faultf("%s cannot bound a part of a list; write a whole number", kind(v))
		}
		if ok {
			bounds[i] = &number
		}
	}
	if err := r.measure(from); err != nil {
		return nil, err
	}
	switch v := from.(type) {
	case []any:
		return cut(v, bounds)
	case string:
		out, err := cut([]rune(v), bounds)
		return string(out), err
	}
	return nil, faultf("%s has no parts to take from one place to another", kind(from))
}

// cut is Python's list[start:end:step].
func cut[T any](list []T, bounds [3]*int64) ([]T, error) {
	n := int64(len(list))
	step, start, end := int64(1), int64(0), n
	if bounds[2] != nil {
		step = *bounds[2]
	}
	if step == 0 || step == math.MinInt64 {
		return nil, faultf("the step of a part of a list cannot be %d", step)
	}
	low, high := int64(0), n
	if step < 0 {
		start, end, low, high = n-1, -1, -1, n-1
	}
	place := func(at *int64, otherwise int64) int64 {
		if at == nil {
			return otherwise
		}
		i := *at
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	start, end = place(bounds[0], start), place(bounds[1], end)
	out := []T{}
	step = min(max(step, -n-1), n+1)
	for i := start; step > 0 && i < end || step < 0 && i > end; i += step {
		out = append(out, list[i])
	}
	return out, nil
}
