package expr

import (
	"strconv"
	"strings"
)

// pickFilters take parts of items, or items by their parts. Those that run a filter or a test take its arguments, so they bind none.
func pickFilters() map[string]filter {
	return map[string]filter{
		"attr":       {takes: "name", needs: 1, do: func(r *run, in any, a []any) (any, error) { return r.path(in, a[0]) }},
		"groupby":    {takes: "attribute default", needs: 1, do: groupFilter},
		"map":        {takes: "name 1 2 3 attribute default", do: mapFilter},
		"select":     {takes: "test 1", do: func(r *run, in any, a []any) (any, error) { return pick(r, in, append([]any{absent{}}, a...), true) }},
		"reject":     {takes: "test 1", do: func(r *run, in any, a []any) (any, error) { return pick(r, in, append([]any{absent{}}, a...), false) }},
		"selectattr": {takes: "attribute test 1", needs: 1, do: func(r *run, in any, a []any) (any, error) { return pick(r, in, a, true) }},
		"rejectattr": {takes: "attribute test 1", needs: 1, do: func(r *run, in any, a []any) (any, error) { return pick(r, in, a, false) }},
	}
}

// path is the part of a value under a path such as a.b.0, or undefined.
func (r *run) path(value, path any) (any, error) {
	name, ok := path.(string)
	if !ok {
		return r.item(value, path, "the item")
	}
	for part := range strings.SplitSeq(name, ".") {
		var err error
		if i, number := strconv.ParseInt(part, 10, 64); number == nil {
			if _, isMap := value.(map[string]any); !isMap {
				if value, err = r.item(value, i, "the part "+name); err != nil {
					return nil, err
				}
				continue
			}
		}
		if value, err = r.attribute(value, part, "the part "+name); err != nil {
			return nil, err
		}
	}
	return value, nil
}

// attributes returns the part of each item, or the items themselves without a path. A part that is not there is an error without
// another value for it.
func (r *run) attributes(in, path, otherwise any) ([]any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = item
		if or(path, nil) == nil {
			continue
		}
		if out[i], err = r.path(item, path); err != nil {
			return nil, err
		}
		if u, gone := out[i].(undefined); gone {
			out[i] = or(otherwise, u)
		}
		if out[i], err = r.use(out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func mapFilter(r *run, in any, a []any) (any, error) {
	if a[4] != (absent{}) {
		return r.attributes(in, a[4], a[5])
	}
	name, err := word(a[0], "")
	if err != nil || name == "" {
		return nil, faultf("it needs the name of a filter, or attribute=")
	}
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(list))
	for i, item := range list {
		if out[i], err = r.filter(name, item, args{list: given(a[1:4])}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// given returns the arguments up to the first that is absent.
func given(list []any) []any {
	out := []any{}
	for _, v := range list {
		if v == (absent{}) {
			break
		}
		out = append(out, v)
	}
	return out
}

// pick keeps the items whose part passes a test. The arguments are the path, the test and what the test takes; without a test it is
// the part's truth.
func pick(r *run, in any, a []any, keep bool) (any, error) {
	list, err := r.items(in)
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, item := range list {
		part := item
		if a[0] != (absent{}) {
			if part, err = r.path(item, a[0]); err != nil {
				return nil, err
			}
		}
		passes := truth(part)
		if a[1] != (absent{}) {
			name, err := word(a[1], "")
			if err != nil {
				return nil, err
			}
			if passes, err = r.test(name, part, given(a[2:])); err != nil {
				return nil, err
			}
		}
		if passes == keep {
			out = append(out, item)
		}
	}
	return out, nil
}

// groupFilter returns lists of a part's value and the items that have it, in the order of the values.
func groupFilter(r *run, in any, a []any) (any, error) {
	sorted, err := sortFilter(r, in, []any{absent{}, true, a[0]})
	if err != nil {
		return nil, err
	}
	by, err := r.attributes(sorted, a[0], a[1])
	if err != nil {
		return nil, err
	}
	list, _ := sorted.([]any)
	out := []any{}
	for i, item := range list {
		if n := len(out) - 1; n >= 0 {
			last, _ := out[n].([]any)
			if equal, err := r.equal(last[0], by[i]); err != nil {
				return nil, err
			} else if equal {
				items, _ := last[1].([]any)
				last[1] = append(items, item)
				continue
			}
		}
		out = append(out, []any{by[i], []any{item}})
	}
	return out, nil
}
