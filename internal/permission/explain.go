package permission

import (
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// Verdict is what one rule says of a call.
type Verdict struct {
	Rule   Rule
	Speaks bool     // it allows or denies the call; otherwise it is silent
	Why    []string // the conditions: all of them when it speaks, else those that do not fit
}

// Explain decides like Allow and tells what each rule says, in the order of the rules.
func (l *List) Explain(call bot.Call) (bot.Decision, []Verdict) {
	q := l.question(call)
	verdicts := make([]Verdict, len(l.rules))
	for i, r := range l.rules {
		verdicts[i] = Verdict{Rule: r.Rule, Speaks: r.speaks(q)}
		if verdicts[i].Why, _ = r.misses(q); verdicts[i].Speaks {
			verdicts[i].Why = r.reasons(q)
		}
	}
	return l.Allow(call), verdicts
}

// misses returns the conditions that do not fit, for people, and the kinds of which all fit.
func (r *rule) misses(q *question) (list []string, fits map[kind]bool) {
	fits = map[kind]bool{who: true, what: true, where: true, with: true}
	for _, c := range r.checks {
		if r.fits(c.is(q)) {
			continue
		}
		fits[c.kind] = false
		list = append(list, c.miss(q))
	}
	return list, fits
}

func (c check) miss(q *question) string {
	has := c.has(q)
	if has == "" {
		has = "none"
	}
	return fmt.Sprintf("%s must be %s (here: %s)", c.name, c.want, has)
}

// reasons returns the conditions of a rule that speaks.
func (r *rule) reasons(q *question) []string {
	var list []string
	for _, c := range r.checks {
		text := c.name + " is " + c.want
		if c.kind == with && r.Deny || c.is(q) == open {
			text += ": " + c.has(q)
		}
		list = append(list, text)
	}
	return list
}
