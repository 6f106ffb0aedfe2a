package expr_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/expr"
)

// bombs are templates that a careless engine would die of.
var bombs = map[string]string{
	"a text times a billion":          `{{ 'x' * 1000000000 }}`,
	"a billion times a text":          `{{ 1000000000 * 'x' }}`,
	"a list times a billion":          `{{ [1] * 1000000000 }}`,
	"a product that goes round":       `{{ ('x' * 1000) * 9223372036854775807 }}`,
	"nested loops":                    `{% for i in range(3000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}`,
	"nested loops with output":        `{% for i in range(3000) %}{% for j in range(1000) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}`,
	"a large range":                   `{{ range(1000000000) | length }}`,
	"a backward range":                `{{ range(0, -9223372036854775807, -1) }}`,
	"text that doubles":               `{% set x = 'xxxxxxxx' %}` + strings.Repeat(`{% set x = x ~ x %}`, 40) + `{{ x }}`,
	"text that doubles by +":          `{% set x = 'xxxxxxxx' %}` + strings.Repeat(`{% set x = x + x %}`, 40) + `{{ x }}`,
	"lists in lists that double":      `{% set x = [1, 1] %}` + strings.Repeat(`{% set x = [x, x] %}`, 40) + `{{ x }}`,
	"the same as JSON":                `{% set x = [1, 1] %}` + strings.Repeat(`{% set x = [x, x] %}`, 40) + `{{ x | to_json_string }}`,
	"the same compared":               `{% set x = [1, 1] %}` + strings.Repeat(`{% set x = [x, x] %}`, 40) + `{{ x == x }}`,
	"a list deep in lists":            `{% set n = namespace(a=[]) %}{% for i in range(5000) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}`,
	"a macro that calls itself":       `{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}`,
	"two macros in turns":             `{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}`,
	"a macro that calls itself twice": `{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(50) }}`,
	"a loop that calls itself":        `{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}`,
	"center":                          `{{ 'x' | center(1000000000) }}`,
	"indent":                          `{{ "a\nb" | indent(1000000000) }}`,
	"indent of many lines":            `{{ ("a\n" * 100000) | indent(100000) }}`,
	"replace":                         `{{ ('x' * 100000) | replace('x', 'y' * 100000) }}`,
	"replace of nothing":              `{{ ('x' * 100000) | replace('', 'y' * 100000) }}`,
	"the method replace":              `{{ ('x' * 100000).replace('x', 'y' * 100000) }}`,
	"join":                            `{{ range(100000) | join('y' * 100000) }}`,
	"the method join":                 `{{ ('y' * 100000).join(range(100000)) }}`,
	"ljust":                           `{{ 'x'.ljust(1000000000) }}`,
	"zfill":                           `{{ 'x'.zfill(1000000000) }}`,
	"expandtabs":                      `{{ ("\t" * 100000).expandtabs(100000) }}`,
	"a width in a format":             `{{ '{:1000000000}'.format('x') }}`,
	"many widths in a format":         `{{ ('{0:999999}' * 10000).format('x') }}`,
	"a width behind %":                `{{ '%1000000000d' % 1 }}`,
	"a precision behind %":            `{{ '%.1000000000f' % 1 }}`,
	"wordwrap":                        `{{ ('x ' * 100000) | wordwrap(1, true, 'y' * 100000) }}`,
	"an indent of JSON":               `{{ [[1]] | tojson(indent=1000000000) }}`,
	"batch":                           `{{ [1] | batch(1000000000, 'x') }}`,
	"slice":                           `{{ [1] | slice(1000000000) }}`,
	"regex on a long text":            `{{ ('a' * 1000000) | regex_search('(a?){100}(a*)*b') }}`,
	"regex that repeats repeats":      `{{ 'a' | regex_search('((a{100}){100}){100}') }}`,
	"regex_replace":                   `{{ ('x' * 100000) | regex_replace('x', 'y' * 100000) }}`,
	"regex_replace with groups":       `{{ ('x' * 100000) | regex_replace('(x+)', '\\1' * 10000) }}`,
	"many regex":                      `{% for i in range(100000) %}{{ ('ab' * 5000) | regex_search('(a|b|ab)*c') }}{% endfor %}`,
	"filters in a loop":               `{% for i in range(100000) %}{% set x = ('ab' * 50000) | upper %}{% endfor %}`,
	"sort in a loop":                  `{% for i in range(100000) %}{% set x = range(10000) | sort %}{% endfor %}`,
	"anchors of YAML":                 "{{ 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]' | from_yaml_string }}",
	"JSON deep in itself":             `{{ ('[' * 500000) | from_json_string }}`,
	"jsonpath into everything":        `{% set x = [1, 1] %}` + strings.Repeat(`{% set x = [x, x] %}`, 30) + `{{ x | jsonpath_query('$..*') }}`,
	"an integer power":                `{{ 10 ** 1000000000 }}`,
	"output in a loop":                `{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}`,
	"a set block that grows":          `{% set n = namespace(a='x') %}{% for i in range(100) %}{% set x %}{{ n.a }}{{ n.a }}{% endset %}{% set n.a = x %}{% endfor %}`,
	"many reads of the datastore":     `{% for i in range(100000) %}{{ st2kv.system['k' ~ i] }}{% endfor %}`,
	"map of a filter":                 `{{ range(10000) | map('center', 100000) | list | length }}`,
}

func TestBombsEnd(t *testing.T) {
	var options expr.Options
	if testing.Short() {
		options.Work = 10_000
	}
	e := expr.New(options)
	for name, source := range bombs {
		t.Run(name, func(t *testing.T) {
			tmpl, err := e.Compile(source)
			if err != nil {
				t.Fatalf("it is no bomb: %v", err)
			}
			out, err := tmpl.Text(t.Context(), map[string]any{"st2kv": datastore{}})
			if err == nil {
				t.Fatalf("it rendered to %d bytes", len(out))
			}
			if code := bot.ErrorCode(err); code != bot.CodeInvalid && code != bot.CodeTimeout {
				t.Errorf("code %s: %v", code, err)
			}
		})
	}
}

func render(t *testing.T, e *expr.Engine, source string, vars map[string]any) (string, error) {
	t.Helper()
	tmpl, err := e.Compile(source)
	if err != nil {
		return "", err
	}
	return tmpl.Text(t.Context(), vars)
}

// ticking is a clock that goes on by a second with each look at it.
type ticking struct{ *clock.Fake }

func (c ticking) Now() time.Time {
	c.Advance(time.Second)
	return c.Fake.Now()
}

func TestTimeIsUp(t *testing.T) {
	e := expr.New(expr.Options{Time: 10 * time.Second, Clock: ticking{clock.NewFake(time.Unix(0, 0))}})
	_, err := render(t, e, `{% for i in range(100000) %}{{ i }}{% endfor %}`, nil)
	if bot.ErrorCode(err) != bot.CodeTimeout || !strings.Contains(bot.ErrorText(err), "10s") {
		t.Errorf("got %v", err)
	}
}

func TestContextEnds(t *testing.T) {
	tmpl, err := expr.New(expr.Options{}).Compile(`{{ 1 }}`)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tmpl.Text(ended, nil); bot.ErrorCode(err) != bot.CodeCanceled {
		t.Errorf("got %v", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := tmpl.Text(late, nil); bot.ErrorCode(err) != bot.CodeTimeout {
		t.Errorf("got %v", err)
	}
}

func TestKnobs(t *testing.T) {
	for _, c := range []struct {
		name    string
		options expr.Options
		source  string
		want    string // in the error; empty where it renders
	}{
		{"output below", expr.Options{Output: 10}, `{{ 'x' * 10 }}`, ""},
		{"output above", expr.Options{Output: 10}, `{{ 'x' * 5 }}{{ 'x' * 6 }}`, "more than 10 bytes"},
		{"work below", expr.Options{Work: 1000}, `{% for i in range(50) %}{{ i }}{% endfor %}`, ""},
		{"work above", expr.Options{Work: 100}, `{% for i in range(50) %}{{ i }}{% endfor %}`, "the 100 steps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := render(t, expr.New(c.options), c.source, nil)
			if c.want == "" && err != nil || c.want != "" && !strings.Contains(bot.ErrorText(err), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A template that is too large or too deep is refused before gonja's parser, which recurses, reads it.
func TestSourcesThatAreRefused(t *testing.T) {
	e := expr.New(expr.Options{})
	for name, source := range map[string]string{
		"long":                       "{{ 1 }}" + strings.Repeat("x", 70_000),
		"brackets":                   "{{ " + strings.Repeat("(", 30_000) + "1" + strings.Repeat(")", 30_000) + " }}",
		"lists":                      "{{ " + strings.Repeat("[", 30_000) + " }}",
		"a string that does not end": "{{ 'a }}",
		"an unknown sign":            "{{ a ? b }}",
	} {
		if _, err := e.Compile(source); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, source := range map[string]string{
		"blocks in blocks": strings.Repeat("{% if 1 %}", 3000) + strings.Repeat("{% endif %}", 3000),
		"a long sum":       "{{ 1" + strings.Repeat("+1", 20_000) + " }}",
		"a long chain":     "{{ a" + strings.Repeat(".a", 20_000) + " }}",
	} {
		if _, err := render(t, e, source, nil); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

type secretive struct{ Password string }

func (secretive) Reveal() string { return "revealed" }

func TestNothingIsReached(t *testing.T) {
	e := expr.New(expr.Options{})
	vars := map[string]any{"s": secretive{"hunter2"}, "p": &secretive{"hunter2"}, "f": func() string { return "called" }, "m": map[string]any{"s": secretive{"hunter2"}}, "st2kv": datastore{"system.x": "v"}}
	for _, source := range []string{
		`{% include '/etc/passwd' %}`, `{% import '/etc/passwd' as x %}`, `{% from 'x' import y %}`, `{% extends '/etc/passwd' %}`,
		`{% block x %}{% endblock %}`, `{{ s.Password }}`, `{{ p.Password }}`, `{{ s.Reveal() }}`, `{{ p.Reveal() }}`, `{{ f() }}`,
		`{{ m.s.Password }}`, `{{ m }}`, `{{ s }}`, `{{ m | tojson }}`, `{{ [s] | map(attribute='Password') | list }}`, `{{ s | attr('Reveal') }}`,
		`{{ ''.__class__ }}`, `{{ range.__globals__ }}`, `{{ self }}`, `{{ gonja.version }}`, `{{ lipsum() }}`, `{{ [1] | random }}`,
		`{{ st2kv.Get('system', 'x') }}`, `{{ st2kv.lookup }}`, `{{ st2kv }}`, `{{ st2kv.system }}`, `{{ loop }}`, `{{ range }}`,
	} {
		got, err := render(t, e, source, vars)
		if bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%s: got %q, %v", source, got, err)
		}
		if strings.Contains(fmt.Sprint(got, err), "hunter2") || strings.Contains(fmt.Sprint(got), "root:") {
			t.Errorf("%s: it was told: %q, %v", source, got, err)
		}
	}
}

// silent is a datastore that answers only when it is told to stop.
type silent struct{ datastore }

func (silent) Get(ctx context.Context, _, _ string) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestADatastoreThatDoesNotAnswer(t *testing.T) {
	// The clock stands still, so only the datastore can be late.
	e := expr.New(expr.Options{Time: time.Millisecond, Clock: clock.NewFake(time.Unix(0, 0))})
	_, err := render(t, e, `{{ st2kv.system.name }}`, map[string]any{"st2kv": silent{}})
	if bot.ErrorCode(err) != bot.CodeTimeout || !strings.Contains(bot.ErrorText(err), "did not answer in time") {
		t.Errorf("got %v", err)
	}
}
