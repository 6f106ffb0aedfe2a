package rule

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/jsonpath"
	"github.com/petrelops/petrel/internal/spell"
)

// Criterion is one condition of a rule, as it is written.
type Criterion struct {
	Key       string // a path below trigger; what follows # only makes it different from another one
	Type      any    // an operator's name; nil when there is none, which never holds
	Condition string // of search: any, all, any2any or all2any
	Pattern   any
}

// Facts are what criteria look at.
type Facts struct {
	Payload any
	Keys    expr.Lookup // the datastore for patterns; nil where there is none
	Now     time.Time
}

// Step tells what became of one criterion.
type Step struct {
	Key       string `json:"key"`
	Type      string `json:"type"`
	Condition string `json:"condition,omitempty"`
	Pattern   any    `json:"pattern"` // rendered
	Value     any    `json:"value"`
	Holds     bool   `json:"holds"`
	Fault     string `json:"fault,omitempty"`
}

// Verdict is what a rule's criteria said of an event.
type Verdict struct {
	Match bool
	// Steps are the criteria that were looked at: all up to the first one that does not hold.
	Steps []Step
	// Faults are why criteria could not be decided; an item of a search that could not be is among them although the criterion may hold.
	Faults []string
	// Unknown says that a criterion with an operator that does not exist was reached. StackStorm gives up the whole rule then.
	Unknown error
}

// Criteria are the compiled conditions of one rule. They never change, so any number of goroutines may use them.
type Criteria struct {
	list []criterion
}

// Compiler reads criteria. It never changes.
type Compiler struct {
	engine    *expr.Engine
	operators map[string]operator
}

// NewCompiler returns a compiler whose patterns are rendered by the engine.
func NewCompiler(engine *expr.Engine) *Compiler {
	return &Compiler{engine: engine, operators: operators()}
}

// criterion is a compiled Criterion. What was found wrong with it comes up when it is looked at, in StackStorm's order.
type criterion struct {
	Criterion
	path     jsonpath.Path
	badPath  error
	names    []string // the path, where it is names only: most are, and need no walk
	kind     string   // the operator as it was written
	name     string   // the same in lower case
	operator operator
	known    bool
	template *patternTemplate // of a pattern that is a template
	compiled *pattern         // of a pattern that is a fixed regular expression
	items    []criterion      // of search
}

// searching reports whether the criterion is a search. StackStorm knows the name in small letters only.
func (c *criterion) searching() bool { return c.Type == Search }

// Compile reads criteria in their order. The problems are sentences about what can never hold as it is written; the criteria can be
// used nevertheless.
func (k *Compiler) Compile(list []Criterion) (*Criteria, []string) {
	out := &Criteria{list: make([]criterion, len(list))}
	var problems []string
	for i, c := range list {
		var wrong []string
		out.list[i], wrong = k.one(c)
		problems = append(problems, wrong...)
	}
	return out, problems
}

func (k *Compiler) one(written Criterion) (criterion, []string) {
	c := criterion{Criterion: written}
	var problems []string
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("The criterion %s: ", written.Key)+fmt.Sprintf(format, args...))
	}
	key, _, _ := strings.Cut(written.Key, "#")
	if c.path, c.badPath = jsonpath.Compile(key); c.badPath != nil {
		wrong("%s", bot.ErrorText(c.badPath))
	} else if names, plain := c.path.Names(); plain {
		c.names = names
	}
	c.kind = fmt.Sprint(written.Type)
	name, isText := written.Type.(string)
	c.name = strings.ToLower(name)
	c.operator, c.known = k.operators[c.name]
	switch {
	case written.Type == nil:
		wrong("it has no type, so it never holds; add one of the operators.")
	case isText && c.name == Search:
		if c.known = true; !c.searching() {
			wrong("write the type search in small letters.")
		}
		problems = append(problems, k.search(&c)...)
	case !c.known:
		wrong("there is no operator %v%s", written.Type, spell.Hint(fmt.Sprint(written.Type), Operators()))
	}
	if text, ok := written.Pattern.(string); ok {
		if expr.IsTemplate(text) {
			c.template = k.template(text)
			if c.template.bad != nil {
				wrong("its pattern is a template that cannot be read. %s", bot.ErrorText(c.template.bad))
			}
		} else if c.operator.compile != nil {
			var err error
			if c.compiled, err = c.operator.compile(text); err != nil {
				wrong("%s.", err)
			}
		}
	}
	return c, problems
}

// search compiles the patterns for the items.
func (k *Compiler) search(c *criterion) []string {
	patterns, ok := c.Pattern.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("The criterion %s: the pattern of search must be a mapping of paths below item to criteria.", c.Key)}
	}
	var problems []string
	for _, key := range slices.Sorted(maps.Keys(patterns)) {
		inner, wrong := k.one(Written(key, patterns[key]))
		c.items = append(c.items, inner)
		problems = append(problems, wrong...)
	}
	if !slices.Contains(conditions(), c.Condition) {
		problems = append(problems, fmt.Sprintf("The criterion %s: the condition of search must be one of %s, not %q.", c.Key, strings.Join(conditions(), ", "), c.Condition))
	}
	return problems
}

func conditions() []string { return []string{"any", "all", "any2any", "all2any"} }

// Written makes a criterion of what stands under a key in JSON or YAML.
func Written(key string, value any) Criterion {
	fields, _ := value.(map[string]any)
	condition, _ := fields["condition"].(string)
	return Criterion{Key: key, Type: fields["type"], Condition: condition, Pattern: fields["pattern"]}
}

// patternTemplate is a pattern with something to render in it. As in StackStorm it is first rendered with to_complex and read as JSON, so
// that types survive, and where that is no JSON it is text.
type patternTemplate struct {
	typed, plain *expr.Template
	bad          error
}

// expression is where StackStorm puts to_complex: into the last expression of each line.
var expression = regexp.MustCompile(`({{)\s*(.*)\s*(}})`)

func (k *Compiler) template(text string) *patternTemplate {
	t := &patternTemplate{}
	var err error
	if t.plain, err = k.engine.Compile(text); err != nil {
		t.bad = err
		return t
	}
	if expression.MatchString(text) {
		t.typed, t.bad = k.engine.Compile(expression.ReplaceAllString(text, "${1}${2} | to_complex${3}"))
	}
	return t
}

func (t *patternTemplate) render(ctx context.Context, vars map[string]any) (any, error) {
	if t.bad != nil {
		return nil, t.bad
	}
	if t.typed != nil {
		text, err := t.typed.Text(ctx, vars)
		if err != nil {
			return nil, err
		}
		if value, err := Decode([]byte(text)); err == nil {
			return value, nil
		}
	}
	return t.plain.Text(ctx, vars)
}

// explainable is the text of an error for people.
func explainable(err error) string {
	if _, ours := errors.AsType[*bot.Error](err); ours {
		return bot.ErrorText(err)
	}
	return err.Error()
}
