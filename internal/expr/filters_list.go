package expr

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func listFilters() map[string]filter {
	length := filter{do: lengthFilter}
	return map[string]filter{
		"length": length, "count": length,
		"list":    {do: func(r *run, in any, _ []any) (any, error) { return r.items(in) }},
		"items":   {do: func(r *run, in any, _ []any) (any, error) { return pairs(r, in) }},
		"first":   {do: func(r *run, in any, _ []any) (any, error) { return end(r, in, false) }},
		"last":    {do: func(r *run, in any, _ []any) (any, error) { return end(r, in, true) }},
		"reverse": {do: reverseFilter},
		"batch":   {takes: "linecount fill_with", needs: 1, do: batchFilter},
		"slice":   {takes: "slices fill_with", needs: 1, do: sliceFilter},
		"sort":    {takes: "reverse case_sensitive attribute", do: sortFilter},
		"unique":  {takes: "case_sensitive attribute", do: uniqueFilter},
		"min":     {takes: "case_sensitive attribute", do: func(r *run, in any, a []any) (any, error) { return extreme(r, in, a, -1) }},
		"max":     {takes: "case_sensitive attribute", do: func(r *run, in any, a []any) (any, error) { return extreme(r, in, a, 1) }},
		"dictsort": {takes: "case_sensitive by reverse", do: func(r *run, in any, a []any) (any, error) {
			list, err := pairs(r, in)
			if err != nil {
				return nil, err
			}
			at := int64(0)
			if or(a[1], "key") == "value" {
				at = 1
			}
			return sortFilter(r, list, []any{a[2], a[0], at})
		}},
	}
}

func lengthFilter(_ *run, in any, _ []any) (any, error) {
	switch v := in.(type) {
	case string:
		return int64(utf8.RuneCountInString(v)), nil
	case []any:
		return int64(len(v)), nil
	case map[string]any:
		return int64(len(v)), nil
	}
	return nil, faultf("%s has no length", kind(in))
}

func pairs(r *run, in any) ([]any, error) {
	m, ok := in.(map[string]any)
	if !ok {
		return nil, faultf("%s is no map", kind(in))
	}
	v, err := r.mapMethod(m, "items", args{})
	list, _ := v.([]any)
	return list, err
}

func end(r *run, in any, last bool) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return undefined{"there is nothing in it"}, nil
	}
	if last {
		return list[len(list)-1], nil
	}
	return list[0], nil
}

func reverseFilter(r *run, in any, _ []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.Reverse(list)
	if _, ok := in.(string); ok {
		return r.join(list, "")
	}
	return list, nil
}

func batchFilter(r *run, in any, a []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	n, err := whole(a[0], 1)
	if err != nil || n < 1 || n > maxRange {
		return nil, faultf("a line has between 1 and %d items", maxRange)
	}
	out := []any{}
	for part := range slices.Chunk(list, int(n)) {
		line := slices.Clone(part)
		for fill := or(a[1], nil); fill != nil && len(line) < int(n); {
			line = append(line, fill)
		}
		out = append(out, line)
	}
	return out, r.spend(int(n))
}

func sliceFilter(r *run, in any, a []any) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	n, err := whole(a[0], 1)
	if err != nil || n < 1 || n > maxRange {
		return nil, faultf("there are between 1 and %d slices", maxRange)
	}
	out := []any{}
	each, more := len(list)/int(n), len(list)%int(n)
	for i, from := 0, 0; i < int(n); i++ {
		to := from + each
		if i < more {
			to++
		}
		line := slices.Clone(list[from:to])
		if fill := or(a[1], nil); fill != nil && i >= more && more > 0 {
			line = append(line, fill)
		}
		out, from = append(out, line), to
	}
	return out, r.spend(int(n))
}

// sorting is a value with what it is sorted by.
type sorting struct{ value, by any }

// sortings reads what each item is sorted by. Texts are compared without their case unless the argument asks for it.
func (r *run) sortings(in, sensitive, attribute any) ([]sorting, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	by, err := r.attributes(in, attribute, absent{})
	if err != nil {
		return nil, err
	}
	out := make([]sorting, len(list))
	for i := range list {
		if s, ok := by[i].(string); ok && !truth(or(sensitive, false)) {
			by[i] = strings.ToLower(s)
		}
		out[i] = sorting{list[i], by[i]}
	}
	return out, nil
}

func sortFilter(r *run, in any, a []any) (any, error) {
	list, err := r.sortings(in, a[1], a[2])
	if err != nil {
		return nil, err
	}
	sign := 1
	if truth(or(a[0], false)) {
		sign = -1
	}
	var wrong error
	slices.SortStableFunc(list, func(x, y sorting) int {
		if wrong != nil {
			return 0
		}
		var n int
		n, wrong = r.compare(x.by, y.by)
		return sign * n
	})
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i].value
	}
	return out, wrong
}

func uniqueFilter(r *run, in any, a []any) (any, error) {
	list, err := r.sortings(in, a[0], a[1])
	if err != nil {
		return nil, err
	}
	out, seen := []any{}, map[string]bool{}
	for _, item := range list {
		// The written form tells values apart as == does, but for 1 and 1.0.
		by, err := r.text([]any{item.by})
		if err != nil {
			return nil, err
		}
		if !seen[by] {
			seen[by] = true
			out = append(out, item.value)
		}
	}
	return out, nil
}

func extreme(r *run, in any, a []any, sign int) (any, error) {
	list, err := r.sortings(in, a[0], a[1])
	if err != nil || len(list) == 0 {
		return undefined{"there is nothing in it"}, err
	}
	best := list[0]
	for _, item := range list[1:] {
		n, err := r.compare(item.by, best.by)
		if err != nil {
			return nil, err
		}
		if n*sign > 0 {
			best = item
		}
	}
	return best.value, nil
}
