package expr_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
)

func TestExpressions(t *testing.T) {
	cases{
		{`{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 3 }} {{ 2 ** -1 }} {{ 1.5 + 1 }}`, "3 -4 2 3.5 8 0.5 2.5"},
		{`{{ 1 / 0 }}`, "! division by zero"},
		{`{{ 1 % 0 }}`, "! division by zero"},
		{`{{ 4000000000000000000 + 4000000000000000000 }}`, "! too large"},
		{`{{ 'a' + 'b' }}{{ 'a' ~ 1 }}{{ 'ab' * 2 }}{{ [1] + [2] }}`, "aba1abab[1, 2]"},
		{`{{ 'a' + 1 }}`, "! cannot be added; ~ makes text of both"},
		{`{{ '%s=%d %5.2f %%' % ('x', 3, 1.5) }}{{ '%(b)s' % map }}`, "x=3  1.50 %1"},
		{`{{ '%s' % (1, 2) }}`, "! more values than the text asks for"},
		{`{{ 1 == 1.0 }}{{ 'a' == 'a' }}{{ [1] == [1] }}{{ 1 == '1' }}{{ 1 < 2 }}{{ 'a' < 'b' }}`, "TrueTrueTrueFalseTrueTrue"},
		{`{{ 1 < 'a' }}`, "! have no order"},
		{`{{ 1 in list }}{{ 9 not in list }}{{ 'ex' in text }}{{ 'a' in map }}`, "TrueTrueTrueTrue"},
		{`{{ '' or 'x' }}{{ 0 and nothing }}{{ not yes }}`, "x0False"},
		{`{{ 'x' if yes else 'y' }}{{ 'x' if not yes else 'y' }}`, "xy"},
		{`{{ list[0] }}{{ list[-1] }}{{ list.1 }}{{ map['a'] }}{{ map.a }}{{ text[2] }}`, "321xxt"},
		{`{{ list[1:] }}{{ text[::-1] }}{{ list[:-1] }}{{ list[5:] }}`, "[1, 2]txet a[3, 1][]"},
		{`{{ list[::0] }}`, "! the step"},
		{`{{ n }} {{ yes }} {{ half }} {{ 1e20 }} {{ [n, "it's", 'a"b'] }} {{ map }}`, `None True 0.5 1e+20 [None, "it's", 'a"b'] {'a': 'x', 'b': 1}`},
		{`{{ 'a\tb\\d\d' }}`, "a\tb\\d\\d"},
		{`{{ text.upper() }}{{ 'a,b'.split(',') }}{{ 'x'.join(words) }}{{ '{}-{}'.format(1, 'y') }}{{ ' x '.strip() }}`, "A TEXT['a', 'b']xxy1-yx"},
		{`{{ map.items() }}{{ map.keys() }}{{ map.get('z', 5) }}{{ six.iteritems(map) }}`, "[['a', 'x'], ['b', 1]]['a', 'b']5[['a', 'x'], ['b', 1]]"},
		{`{{ list.append(1) }}`, "! has no method append"},
		{`{{ map.update(x=1) }}`, "! nothing can be changed"},
		{`{{ text() }}`, "! text is a text and cannot be called"},
		{`{{ range(1, 7, 2) | list }}{{ dict(a=1) }}`, "[1, 3, 5]{'a': 1}"},
		{`{{ one is defined }}{{ nothing is defined }}{{ n is none }}{{ one is odd }}{{ 4 is divisibleby(2) }}{{ map is mapping }}{{ text is string }}`, "TrueFalseTrueTrueTrueTrueTrue"},
		{`{{ 1 is strange }}`, "! there is no test strange"},
		{`{{ nothing }}`, "! nothing is not defined"},
		{`{{ map.c }}`, "! map.c is not defined"},
		{`{{ map['c'] }}`, "! map['c'] is not defined"},
		{`{{ nothing.at.all }}`, "! nothing is not defined"},
		{`{{ nothing + 1 }}`, "! nothing is not defined"},
		{"line one\nline {{ nothing }}", "! line 2: nothing is not defined"},
	}.run(t, expr.Options{})
}

// What gonja's parser does not read as Jinja does; docs/templates.md tells of it.
func TestGapsOfTheParser(t *testing.T) {
	cases{
		{`{{ ('a' if yes else 'b') ~ 'c' }}`, "! cannot be read"},
		{`{{ 1 in list + [7] }}`, "! cannot be read"},
		{`{{ 7 in (list + [7]) }}`, "True"},
		{`{{ 3 < 2 < 1 }}`, "True"},
		{`{{ 'a\\' }}`, "! cannot be read"},
	}.run(t, expr.Options{})
}

func TestBlocks(t *testing.T) {
	cases{
		{`{% if one == 2 %}a{% elif yes %}b{% else %}c{% endif %}`, "b"},
		{`{% if nothing %}a{% endif %}`, "! nothing is not defined"},
		{`{% for x in list %}{{ loop.index }}{{ x }}{{ ',' if not loop.last else '' }}{% else %}-{% endfor %}`, "13,21,32"},
		{`{% for x in [] %}a{% else %}-{% endfor %}`, "-"},
		{`{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}`, "a=x;b=1;"},
		{`{% for x in list if x > 1 %}{{ x }}{% endfor %}`, "32"},
		{`{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}`, "3"},
		{`{% break %}`, "! break stands outside of a loop"},
		{`{% for x in [1, [2, [3]]] recursive %}{% if x is number %}{{ x }}{% else %}({{ loop(x) }}){% endif %}{% endfor %}`, "1(2(3))"},
		{`{% for x in list %}{{ loop.cycle('a', 'b') }}{% if loop.changed(x > 1) %}!{% endif %}{% endfor %}`, "a!b!a!"},
		{`{% set x = 1 %}{% for y in list %}{% set x = y %}{% endfor %}{{ x }}`, "1"},
		{`{% set a, b = [1, 2] %}{{ b }}{{ a }}{% set c %}<{{ a }}>{% endset %}{{ c }}`, "21<1>"},
		{`{% set n = namespace(total=0) %}{% for y in list %}{% set n.total = n.total + y %}{% endfor %}{{ n.total }}`, "6"},
		{`{% set map.a = 1 %}`, "! map is no namespace"},
		{`{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}`, "12False"},
		{`{% macro f(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}{{ f(2, b='y') }}`, "1x2y"},
		{`{% macro f(a) %}{{ a }}{% endmacro %}{{ f() }}`, "! the argument a of the macro f was not given"},
		{`{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}`, "! takes at most 1"},
		{`{% macro f(a) %}[{{ a }}{{ caller() }}]{% endmacro %}{% call f(1) %}in{{ one }}{% endcall %}`, "[1in1]"},
		{`{% raw %}{{ x }}{% endraw %}{# no #}{% do one %}`, "{{ x }}"},
		{"  {% if yes %}\n  x\n  {% endif %}\ny {{- ' z' }}\n", "  x\ny z"},
		{"{{ one }} {% if yes %} x {% endif %} y", "1  x  y"},
		{"a\n  {%+ if yes %}x{% endif %}\n", "a\n  x"},
		{"a\n  {# gone #}\nb", "a\nb"},
		{`{% if %}x{% endif %}`, "! cannot be read: line 1"},
		{`{% if one %}x`, "! cannot be read"},
		{`{% nothing %}`, "! templates have no block nothing"},
		{`{% include 'x' %}`, "! templates have no block include"},
	}.run(t, expr.Options{})
}

func TestDatastore(t *testing.T) {
	cases{
		{`{{ st2kv.system.name }} {{ st2kv.user.name }} {{ st2kv.system.a.b }} {{ st2kv['system']['a.b'] }}`, "value mine dotted dotted"},
		{`[{{ st2kv.system.none }}]`, "[]"},
		{`{{ st2kv.system.name.upper() }}{{ st2kv.system.name | upper }}{{ st2kv.system.name ~ 'x' }}{{ st2kv.system.name == 'value' }}`, "VALUEVALUEvaluexTrue"},
		{`{{ st2kv.pack.x }}`, "! st2kv.pack is not defined"},
	}.run(t, expr.Options{})
}

func TestUndefinedIsAllowed(t *testing.T) {
	cases{
		{`[{{ nothing }}{{ map.c }}{% if nothing %}x{% endif %}{% for x in nothing %}x{% endfor %}]`, "[]"},
		{`{{ nothing.at }}`, "! nothing is not defined"},
	}.run(t, expr.Options{AllowUndefined: true})
}

func TestValueKeepsTheType(t *testing.T) {
	e := expr.New(expr.Options{})
	value := map[string]any{
		"int": "{{ one }}", "list": "{{ words }}", "null": "{{ n | use_none }}", "text": "{{ one }} ", "plain": "a { b",
		"in": []any{"{{ half }}", 7, "{{ map }}"}, "trimmed": "{{ yes }}\n", "lazy": "{{ st2kv.system.name }}",
	}
	want := map[string]any{
		"int": int64(1), "list": []any{"x", "y"}, "null": nil, "text": "1 ", "plain": "a { b",
		"in": []any{0.5, 7, map[string]any{"a": "x", "b": int64(1)}}, "trimmed": true, "lazy": "value",
	}
	got, err := e.Render(t.Context(), value, vars())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := e.Render(t.Context(), []any{"{{ nothing }}"}, vars()); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Errorf("got %v", err)
	}
}

// What comes out of a render is never rendered.
func TestNothingIsRenderedTwice(t *testing.T) {
	got, err := expr.New(expr.Options{}).Render(t.Context(), map[string]any{"a": "{{ x }}"}, map[string]any{"x": "{{ 1 + 1 }}"})
	if diff := cmp.Diff(any(map[string]any{"a": "{{ 1 + 1 }}"}), got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestExpressionAndTruth(t *testing.T) {
	e := expr.New(expr.Options{})
	for source, want := range map[string]bool{
		"one": true, "one > 1": false, "n": false, "text": true, "''": false, "[]": false, "map": true, "half": true, "0.0": false, "'x' if n else ''": false,
	} {
		tmpl, err := e.Expression(source)
		if err != nil {
			t.Fatal(err)
		}
		v, err := tmpl.Value(t.Context(), vars())
		if err != nil || expr.Truth(v) != want {
			t.Errorf("%s: %v, %v", source, v, err)
		}
	}
	for _, source := range []string{"", "1 }} {{ 2", "1 +", "1 }}{# ", "1 }}x"} {
		if _, err := e.Expression(source); bot.ErrorCode(err) != bot.CodeInvalid {
			t.Errorf("%q: %v", source, err)
		}
	}
}

func TestNames(t *testing.T) {
	got, err := expr.New(expr.Options{}).Names(map[string]any{
		"a": `{{ x.y[z] | default(d) }}{% for i in l if i > m %}{{ i }}{{ loop.index }}{% endfor %}`,
		"b": []any{`{% set own = 1 %}{{ own }}{% macro f(p, q=r) %}{{ p }}{% endmacro %}{{ f(1) }}{{ range(2) }}`, "plain", 7},
	})
	if diff := cmp.Diff([]string{"d", "l", "m", "r", "x", "z"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestErrorTexts(t *testing.T) {
	for _, c := range [][2]string{
		{"ok\n{{ a b }}", `The template cannot be read: line 2, column 6: '}}' expected here, in "{{ a b }}". Mend it where it is written.`},
		{"{{ nothing }}", `The template "{{ nothing }}" could not be rendered: line 1: nothing is not defined. Mend it where it is written.`},
	} {
		_, err := render(t, expr.New(expr.Options{}), c[0], nil)
		if got := bot.ErrorText(err); got != c[1] {
			t.Errorf("got %s\nwant %s", got, c[1])
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	tmpl, err := expr.New(expr.Options{}).Compile(`{% set x = one %}{% for p in people %}{{ p.name }}{{ st2kv.system.name }}{% endfor %}{{ map }}{{ x }}`)
	if err != nil {
		t.Fatal(err)
	}
	given := vars()
	before := fmt.Sprint(given)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := tmpl.Text(t.Context(), given)
			if err != nil || !strings.HasPrefix(got, "Annvaluebob") {
				t.Error(got, err)
			}
		})
	}
	wg.Wait()
	if fmt.Sprint(given) != before {
		t.Error("the variables were changed")
	}
}
