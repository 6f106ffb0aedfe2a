package nodeset

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// nearestGroups is how many known groups the error for an unknown one names.
const nearestGroups = 3

// groups returns the names in all the groups, one after the other. at is where the text refers to them.
func (e *evaluator) groups(s *scanner, at int, names []string) ([]string, *SyntaxError) {
	var all []string
	for _, name := range names {
		if fault := e.resolve(name); fault != nil {
			return nil, s.fault(at, fault.Example, fault.Problem)
		}
		if fault := e.spend(s, at, len(e.resolved[name])); fault != nil {
			return nil, fault
		}
		all = append(all, e.resolved[name]...)
	}
	return all, nil
}

// resolve works out one group, if that was not done yet. The column of a fault is left to the caller, who knows where the group was named.
func (e *evaluator) resolve(name string) *SyntaxError {
	if _, ok := e.resolved[name]; ok {
		return nil
	}
	text, ok := e.options.Groups[name]
	if !ok {
		return e.unknown(name)
	}
	e.open = append(e.open, name)
	if slices.Contains(e.open[:len(e.open)-1], name) {
		return &SyntaxError{Problem: "the group refers to itself: @" + strings.Join(e.open, " to @"), Example: exampleRange}
	}
	names, fault := e.evaluate(text)
	e.open = e.open[:len(e.open)-1]
	if fault != nil {
		problem := fmt.Sprintf("the configured text of group @%s is wrong at character %d: %s", name, fault.Column, fault.Problem)
		return &SyntaxError{Problem: problem, Example: fault.Example}
	}
	e.resolved[name] = names
	return nil
}

func (e *evaluator) unknown(name string) *SyntaxError {
	known := slices.Collect(maps.Keys(e.options.Groups))
	if len(known) == 0 {
		return &SyntaxError{Problem: fmt.Sprintf("group @%s is not known, and no group is configured", name), Example: exampleRange}
	}
	distance := make(map[string]int, len(known))
	for _, k := range known {
		distance[k] = editDistance(name, k)
	}
	slices.SortFunc(known, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance[a], distance[b]), cmp.Compare(a, b))
	})
	near := known[:min(len(known), nearestGroups)]
	problem := fmt.Sprintf("group @%s is not known, the nearest known: @%s", name, strings.Join(near, ", @"))
	return &SyntaxError{Problem: problem, Example: "@" + near[0]}
}

// editDistance counts the letters to insert, delete or replace between two names (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
