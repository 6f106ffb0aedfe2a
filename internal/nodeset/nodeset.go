package nodeset

import (
	"fmt"
	"strings"
)

// DefaultMax is the most names that one node set may hold when Options.Max is zero.
const DefaultMax = 10_000

// workFactor bounds the names that one call expands in all its operands and groups together, in multiples of Options.Max.
// Without it "a[1-9999]&a[1-9999]&…" would cost time without ever holding too many names.
const workFactor = 16

// Options says what a node set may refer to and how large it may be. The zero value has no groups and DefaultMax names.
type Options struct {
	// Groups gives the node set text of each group, by name without the "@". A text may refer to other groups.
	Groups map[string]string
	// Max is the most names that the result, each operand and each step between may hold.
	Max int
}

// Parse returns the names that text stands for, each once, in the order in which they first appear. A blank text is an error;
// an operation that leaves nothing, such as a1!a1, is not. Every error is a bot.Error of code invalid with a *SyntaxError in
// its chain.
func Parse(text string, o Options) ([]string, error) {
	if o.Max <= 0 {
		o.Max = DefaultMax
	}
	if strings.TrimSpace(text) == "" {
		return nil, asError(text, &SyntaxError{Column: 1, Problem: "there is no name", Example: exampleRange})
	}
	e := &evaluator{options: o, budget: workFactor * o.Max, resolved: map[string][]string{}}
	names, fault := e.evaluate(text)
	if fault != nil {
		return nil, asError(text, fault)
	}
	return names, nil
}

// evaluator turns texts into names. It lives for one Parse and is shared with the groups that the text refers to.
type evaluator struct {
	options  Options
	budget   int                 // names that may still be expanded
	resolved map[string][]string // groups that are done, so that each is worked out once
	open     []string            // groups being worked out, outermost first
}

// evaluate runs the operators of text from left to right; none binds tighter than another.
func (e *evaluator) evaluate(text string) ([]string, *SyntaxError) {
	s := &scanner{text: text}
	result := newSet(0)
	if s.skipSpace(); s.end() {
		return nil, nil // an empty group
	}
	for op, more := byte(union), true; more; {
		o, fault := s.operand()
		if fault != nil {
			return nil, fault
		}
		names, fault := e.names(s, o)
		if fault != nil {
			return nil, fault
		}
		result.apply(op, names)
		if result.size() > e.options.Max {
			problem := fmt.Sprintf("from here on more than %d nodes are named, which is the limit; name fewer at a time", e.options.Max)
			return nil, s.fault(o.at, exampleRange, problem)
		}
		op, more = s.operator()
	}
	return result.names(), nil
}

// names expands one operand. It counts before it spends.
func (e *evaluator) names(s *scanner, o operand) ([]string, *SyntaxError) {
	count := o.count()
	if count > uint64(e.options.Max) {
		problem := fmt.Sprintf("%s nodes are named here and the limit is %d; name fewer at a time", countText(count), e.options.Max)
		return nil, s.fault(o.at, exampleRange, problem)
	}
	if o.longest() > maxName {
		problem := fmt.Sprintf("the name that begins here is longer than %d characters", maxName)
		return nil, s.fault(o.at, exampleRange, problem)
	}
	names := o.expand(int(count))
	if o.group {
		return e.groups(s, o.at, names)
	}
	return names, e.spend(s, o.at, len(names))
}

// spend counts the work done. It is asked for each operand and each group in it.
func (e *evaluator) spend(s *scanner, at, names int) *SyntaxError {
	if e.budget -= names; e.budget < 0 {
		problem := fmt.Sprintf("the parts up to here name over %d nodes in sum; name fewer at a time", workFactor*e.options.Max)
		return s.fault(at, exampleRange, problem)
	}
	return nil
}
