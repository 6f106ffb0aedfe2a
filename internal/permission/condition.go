package permission

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

// Condition is what a rule asks of the values of a parameter. All that is set must fit; of a list, one entry. An allow rule needs every
// value to fit, a deny rule one: of the elements of a list, and of the parameters where the name is a glob.
type Condition struct {
	Equal   []string // the value as a text
	Glob    []string // over the value as a text
	Within  string   // a node set that holds every node of the value
	Outside string   // a node set that holds no node of the value
	Touches string   // a node set that holds a node of the value
}

// condition is a Condition that was checked.
type condition struct {
	names globs // of parameters
	tests []test
	deny  bool
}

// test is one part of a condition: what it asks of one value.
type test struct {
	want string
	is   func(q *question, text string) answer
	// odd returns what of the value decided, for people; nil where the whole value did.
	odd func(q *question, text string) []string
}

func (c *compiler) param(r *rule, name string, written Condition) {
	g, ok := newGlob(name)
	if !ok {
		c.fault("params: %q is not a pattern. Write a parameter's name, where * stands for any text.", name)
	}
	p := &condition{names: globs{g}, deny: r.Deny}
	if len(written.Equal) > 0 {
		p.tests = append(p.tests, equal(written.Equal))
	}
	c.glob(p, name, written.Glob)
	c.nodes(p, name, nodeTest{"within", "within", written.Within, func(in, all int) bool { return in == all }, false})
	c.nodes(p, name, nodeTest{"outside", "outside", written.Outside, func(in, _ int) bool { return in == 0 }, true})
	c.nodes(p, name, nodeTest{"touches", "touching", written.Touches, func(in, _ int) bool { return in > 0 }, true})
	if reflect.DeepEqual(written, Condition{}) {
		c.fault("params: %s asks for nothing; write for example %s: {within: \"@gpu\"} or {equal: [true]}", name, name)
	}
	wants := make([]string, len(p.tests))
	for i, t := range p.tests {
		wants[i] = t.want
	}
	r.checks = append(r.checks, check{kind: with, name: name, want: strings.Join(wants, " and "), is: p.is, has: p.has})
}

func equal(list []string) test {
	return test{want: "equal to " + strings.Join(list, " or "), is: func(_ *question, text string) answer {
		for _, e := range list {
			if e == text {
				return yes
			}
		}
		return no
	}}
}

func (c *compiler) glob(p *condition, name string, list []string) {
	var compiled globs
	for _, text := range list {
		g, ok := newGlob(text)
		if !ok {
			c.fault("params: %s: %q is not a pattern. Write a text, where * stands for any text.", name, text)
		}
		compiled = append(compiled, g)
	}
	if len(list) > 0 {
		p.tests = append(p.tests, test{want: "like " + strings.Join(list, " or "), is: func(_ *question, text string) answer {
			return answerOf(compiled.match(text))
		}})
	}
}

// nodeTest asks how many of the nodes of a value are in a node set.
type nodeTest struct {
	name   string // as it is written
	phrase string
	set    string
	fits   func(in, all int) bool
	told   bool // those that are in it are what people are told, not those that are not
}

func (c *compiler) nodes(p *condition, name string, n nodeTest) {
	if n.set == "" {
		return
	}
	list, err := target.Expand(n.set, c.options.Groups)
	if err != nil {
		c.fault("params: %s: %s: %s", name, n.name, bot.ErrorText(err))
		return
	}
	members := make(map[string]bool, len(list))
	for _, node := range list {
		members[node] = true
	}
	p.tests = append(p.tests, test{
		want: n.phrase + " " + n.set,
		is: func(q *question, text string) answer {
			nodes, err := q.nodes(text)
			if err != nil {
				return broken
			}
			in := 0
			for _, node := range nodes {
				if members[node] {
					in++
				}
			}
			return answerOf(len(nodes) > 0 && n.fits(in, len(nodes)))
		},
		odd: func(q *question, text string) []string {
			nodes, _ := q.nodes(text) // a set that cannot be read has none
			var list []string
			for _, node := range nodes {
				if members[node] == n.told {
					list = append(list, node)
				}
			}
			return list
		},
	})
}

// value is a value of a parameter that a condition is about.
type value struct {
	param string
	text  string
	plain bool // it has a text
	shown bool // it may be told
}

// values returns what a condition is about; known is false when the action has no such parameter.
func (p *condition) values(q *question) (list []value, known bool) {
	for _, spec := range q.Action.Params {
		if !p.names.match(spec.Name) && !p.names.some(spec.Spellings) {
			continue
		}
		known = true
		given := q.Params[spec.Name]
		elements, isList := given.([]any)
		if !isList {
			elements = []any{given}
		}
		for _, e := range elements {
			if e == nil {
				continue
			}
			text, ok := textOf(e)
			list = append(list, value{spec.Name, text, ok, !spec.Secret})
		}
	}
	return list, known
}

// textOf returns a value as a rule would write it; an object has no text.
func textOf(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool, int, int64, json.Number:
		return fmt.Sprint(v), true
	}
	return "", false
}

// is implements check.
func (p *condition) is(q *question) answer {
	list, known := p.values(q)
	switch {
	case !known:
		return no
	case q.Params == nil:
		return open
	}
	return p.over(list, func(v value) answer { return p.one(q, v) })
}

// over joins the answers about values: an allow rule needs yes from all, a deny rule from one.
func (p *condition) over(list []value, of func(value) answer) answer {
	if len(list) == 0 {
		return no
	}
	seen := map[answer]bool{}
	for _, v := range list {
		seen[of(v)] = true
	}
	order := []answer{broken, no, yes} // an allow rule is as good as its worst value
	if p.deny {
		order = []answer{yes, broken, no} // a deny rule is as bad as its worst value
	}
	for _, a := range order {
		if seen[a] {
			return a
		}
	}
	return no
}

// one says whether one value fits all tests.
func (p *condition) one(q *question, v value) answer {
	if !v.plain {
		return broken
	}
	worst := yes
	for _, t := range p.tests {
		switch t.is(q, v.text) {
		case no:
			return no
		case broken:
			worst = broken
		}
	}
	return worst
}

// maxTold is how much of a value is told to people.
const maxTold = 200

// has implements check: it tells the values, or the nodes of them, that an allow rule refuses or a deny rule is about.
func (p *condition) has(q *question) string {
	list, known := p.values(q)
	switch {
	case !known:
		return "the action has no such parameter"
	case q.Params == nil:
		return "it depends on the value"
	case len(list) == 0:
		return "no value was given"
	}
	var told []string
	for _, v := range list {
		a := p.one(q, v)
		if p.deny && a != no || !p.deny && a != yes {
			told = append(told, p.tell(q, v))
		}
	}
	if told == nil {
		return "nothing like that"
	}
	text := strings.Join(told, ", ")
	if len(text) > maxTold {
		text = strings.ToValidUTF8(text[:maxTold], "") + "…"
	}
	return text
}

func (p *condition) tell(q *question, v value) string {
	if !v.shown {
		return "a secret"
	}
	if !v.plain {
		return "an object, which no rule can judge"
	}
	for _, t := range p.tests {
		a := t.is(q, v.text)
		if a == broken {
			return v.text + ", which is no node set"
		}
		if t.odd != nil && (a == yes) == p.deny {
			if list := t.odd(q, v.text); len(list) > 0 {
				return target.Fold(list)
			}
		}
	}
	return v.text
}
