package expr

import "strings"

// absent stands for an argument that was not given.
type absent struct{}

// bind puts arguments in the order of the names; the first ones are needed.
func (a args) bind(names string, needed int) ([]any, error) {
	order := strings.Fields(names)
	if len(a.list) > len(order) {
		return nil, faultf("%d arguments are given and at most %d are taken", len(a.list), len(order))
	}
	out := make([]any, len(order))
	taken := 0
	for i, name := range order {
		v, named := a.named[name]
		switch {
		case i < len(a.list) && named:
			return nil, faultf("the argument %s is given twice", name)
		case i < len(a.list):
			out[i] = a.list[i]
		case named:
			out[i] = v
			taken++
		case i < needed:
			return nil, faultf("the argument %s is missing", name)
		default:
			out[i] = absent{}
		}
	}
	if taken < len(a.named) {
		for _, name := range sortedKeys(a.named) {
			if !strings.Contains(" "+names+" ", " "+name+" ") {
				return nil, faultf("there is no argument %s; the names are %s", name, strings.Join(order, ", "))
			}
		}
	}
	return out, nil
}

// or returns the argument, or otherwise where it was not given.
func or(argument, otherwise any) any {
	if argument == (absent{}) {
		return otherwise
	}
	return argument
}

// whole returns an argument that must be a whole number.
func whole(argument any, otherwise int64) (int64, error) {
	n, ok := or(argument, otherwise).(int64)
	if !ok {
		return 0, faultf("%s is given where a whole number is needed", kind(argument))
	}
	return n, nil
}

// word returns an argument that must be text.
func word(argument any, otherwise string) (string, error) {
	s, ok := or(argument, otherwise).(string)
	if !ok {
		return "", faultf("%s is given where a text is needed", kind(argument))
	}
	return s, nil
}
