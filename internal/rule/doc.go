// Package rule decides whether an event is one that a rule waits for: StackStorm's criteria with its operators, path look-ups and
// templates in patterns (st2common/operators.py, st2reactor/rules/filter.py), and an index that finds the few rules that an event can
// match among many. It is pure: the event, the time and the datastore are handed in.
//
// A value is data of JSON: nil, bool, int64, float64, string, []any and map[string]any. A fault of a criterion is never an error of the
// program: the criterion does not hold, and the verdict says why.
package rule
