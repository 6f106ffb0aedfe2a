package expr_test

import (
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/expr"
)

// vars are what the tables of this package render with.
func vars() map[string]any {
	people := []any{
		map[string]any{"name": "Ann", "age": 40, "on": true},
		map[string]any{"name": "bob", "age": 7, "on": false},
		map[string]any{"name": "Cid", "age": 40, "on": true},
	}
	return map[string]any{
		"n": nil, "one": 1, "half": 0.5, "yes": true, "text": "a text", "list": []any{3, 1, 2}, "map": map[string]any{"b": 1, "a": "x"},
		"people": people, "empty": "", "words": []string{"x", "y"}, "st2kv": datastore{
			"system.name": "value", "user.name": "mine", "system.a.b": "dotted", "system.json": `{"k": [1]}`, "system.secret": "sealed:s3cret",
		},
	}
}

// cases are templates with what they render to; a want that begins with "! " is a part of the error instead.
type cases [][2]string

func (c cases) run(t *testing.T, options expr.Options) {
	t.Helper()
	e := expr.New(options)
	for _, pair := range c {
		source, want := pair[0], pair[1]
		got, err := render(t, e, source, vars())
		if wrong, ok := strings.CutPrefix(want, "! "); ok {
			if code := bot.ErrorCode(err); code != bot.CodeInvalid && code != bot.CodeNotFound || !strings.Contains(bot.ErrorText(err), wrong) {
				t.Errorf("%s\n got %q, %v\nwant the error %s", source, got, err, wrong)
			}
			continue
		}
		if err != nil || got != want {
			t.Errorf("%s\n got %q, %v\nwant %q", source, got, err, want)
		}
	}
}

func TestStackStormFilters(t *testing.T) {
	cases{
		{`{{ st2kv.system.secret | decrypt_kv }}`, "s3cret"},
		{`{{ st2kv.system.none | decrypt_kv }}`, "! st2kv.system.none could not be read"},
		{`{{ 'x' | decrypt_kv }}`, "! it takes a value of the datastore"},
		{`{{ ('{"k": [1, 2.5, null, true]}' | from_json_string).k }}`, "[1, 2.5, None, True]"},
		{`{{ st2kv.system.json | from_json_string }}`, "{'k': [1]}"},
		{`{{ '{' | from_json_string }}`, "! it is no JSON"},
		{`{{ '{} {}' | from_json_string }}`, "! something follows the value"},
		{`{{ 'a: [1, yes]' | from_yaml_string }}`, "{'a': [1, True]}"},
		{`{{ 'a: [' | from_yaml_string }}`, "! it cannot be read: line 1"},
		{`{{ 'say "hi"\n' | json_escape }}`, `say \"hi\"\n`},
		{`{{ 'ü😀' | json_escape }}`, `\u00fc\ud83d\ude00`},
		{`{{ people | jsonpath_query('[*].name') }}`, "['Ann', 'bob', 'Cid']"},
		{`{{ people | jsonpath_query('$[0].age') }}`, "[40]"},
		{`{{ people | jsonpath_query('[-1].name') }}`, "['Cid']"},
		{`{{ people | jsonpath_query('[0:2].name') }}`, "['Ann', 'bob']"},
		{`{{ {'a': {'b': {'name': 1}}, 'name': 2} | jsonpath_query('$..name') }}`, "[2, 1]"},
		{`{{ map | jsonpath_query('*') }}`, "['x', 1]"},
		{`{{ map | jsonpath_query("['a']") }}`, "['x']"},
		{`{{ map | jsonpath_query('nothing.at.all') }}`, "None"},
		{`{{ map | jsonpath_query('a[?(@.b)]') }}`, "! cannot be read from"},
		{`{{ {'b': [1, 'x'], 'a': none} | to_complex }}`, `{"a": null, "b": [1, "x"]}`},
		{`{{ text | to_complex }}`, `"a text"`},
		{`{{ {'a': [1, 2]} | to_json_string }}`, `{"a": [1,2]}`},
		{`{{ {'a': [1], 'b': {}} | to_json_string(indent=2) }}`, "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}"},
		{`{{ [1, 2] | to_json_string(separators=(', ', ':')) }}`, `[1, 2]`},
		{`{{ {'b': [1, {'c': 'yes'}], 'a': 'x'} | to_yaml_string }}`, "a: x\nb:\n- 1\n- c: 'yes'\n"},
		{`{{ 1 | to_yaml_string }}`, "1\n...\n"},
		{`{{ 'abc' | regex_match('b') }}`, "False"},
		{`{{ 'abc' | regex_match('A', ignorecase=true) }}`, "True"},
		{`{{ 12 | regex_match('\d+$') }}`, "True"},
		{`{{ 'abc' | regex_search('b|x') }}`, "True"},
		{`{{ 'abc' | regex_search('(?=b)') }}`, "! the pattern cannot be used"},
		{`{{ 'aa' | regex_search('(a)\\1') }}`, "! the pattern cannot be used"},
		{`{{ 'ann@x bob@y' | regex_replace('(\w+)@(?P<at>\w)', '\g<at>:\1 $1') }}`, "x:ann $1 y:bob $1"},
		{`{{ 'x' | regex_replace('x', '\\2') }}`, "! the pattern has no group 2"},
		{`{{ 'a1 b2' | regex_substring('[a-z]\d', 1) }}`, "b2"},
		{`{{ 'a1 b2' | regex_substring('([a-z])(\d)', -1) }}`, "['b', '2']"},
		{`{{ 'a' | regex_substring('b') }}`, "! the pattern is found 0 times"},
		{`{{ 12345 | to_human_time_from_seconds }}`, "3h25m45s"},
		{`{{ 90061 | to_human_time_from_seconds }}`, "1d1h1m1s"},
		{`{{ 59.6 | to_human_time_from_seconds }}`, "1m0s"},
		{`{{ 0.25 | to_human_time_from_seconds }}`, "0.25μs"},
		{`{{ 'x' | to_human_time_from_seconds }}`, "! no number of seconds"},
		{`{{ '1.2.3' | version_compare('1.2.3-rc.1') }}`, "1"},
		{`{{ '1.2.3-rc.2' | version_compare('1.2.3-rc.10') }}`, "-1"},
		{`{{ '1.2.3+x' | version_equal('1.2.3') }}`, "True"},
		{`{{ '1.2.3' | version_more_than('1.2.2') }}`, "True"},
		{`{{ '1.2.3' | version_less_than('1.2.2') }}`, "False"},
		{`{{ '1.2.3' | version_match('>=1.2.3') }}`, "True"},
		{`{{ '1.2.3' | version_match('!=1.2.3') }}`, "False"},
		{`{{ '1.2.3-rc.1' | version_bump_patch }}`, "1.2.4"},
		{`{{ '1.2.3' | version_bump_minor }}`, "1.3.0"},
		{`{{ '1.2.3' | version_bump_major }}`, "2.0.0"},
		{`{{ '1.2.3' | version_strip_patch }}`, "1.2"},
		{`{{ '1.2' | version_strip_patch }}`, "! the text is no version"},
		{`{{ 1 | use_none }}`, "1"},
		{`{{ n | use_none }}`, "%*****__%NONE%__*****%"},
		{`{{ '/a/b/c.txt' | basename }}`, "c.txt"},
		{`{{ '/a' | dirname }}`, "/"},
		{`{{ 'a' | dirname }}`, ""},
		{`{{ '/a//b' | dirname }}`, "/a"},
	}.run(t, expr.Options{})
}

func TestJinjaFilters(t *testing.T) {
	cases{
		{`{{ -3 | abs }}`, "3"},
		{`{{ 'x' | abs }}`, "! no number"},
		{`{{ map | attr('a') }}`, "x"},
		{`{{ list | batch(2, 0) }}`, "[[3, 1], [2, 0]]"},
		{`{{ range(5) | slice(2) }}`, "[[0, 1, 2], [3, 4]]"},
		{`{{ 'hELLO' | capitalize }}`, "Hello"},
		{`[{{ 'x' | center(4) }}]`, "[ x  ]"},
		{`{{ nothing | default('d') }}{{ map.c | d('e') }}{{ empty | default('f', true) }}{{ empty | default('g') }}`, "def"},
		{`{{ map | dictsort }}`, "[['a', 'x'], ['b', 1]]"},
		{`{{ '<a>' | escape }}`, "&lt;a&gt;"},
		{`{{ list | first }}{{ list | last }}`, "32"},
		{`{{ [] | first }}`, "! there is nothing in it"},
		{`{{ '2.5' | float }}{{ 'x' | float(1.5) }}`, "2.51.5"},
		{`{{ '%s is %d' | format('x', 2) }}`, "x is 2"},
		{`{% for age, who in people | groupby('age') %}{{ age }}:{{ who | length }} {% endfor %}`, "7:1 40:2 "},
		{`{{ "a\nb" | indent }}`, "a\n    b"},
		{`{{ '42' | int }}{{ 'x' | int(7) }}{{ 'ff' | int(base=16) }}{{ 3.9 | int }}`, "4272553"},
		{`{{ map | items }}`, "[['a', 'x'], ['b', 1]]"},
		{`{{ list | join(', ') }}{{ people | join('/', attribute='name') }}`, "3, 1, 2Ann/bob/Cid"},
		{`{{ list | length }}{{ 'äb' | count }}`, "32"},
		{`{{ 5 | length }}`, "! a number has no length"},
		{`{{ 'ab' | list }}`, "['a', 'b']"},
		{`{{ 'Ab' | lower }}{{ 'Ab' | upper }}`, "abAB"},
		{`{{ people | map(attribute='name') | list }}`, "['Ann', 'bob', 'Cid']"},
		{`{{ words | map('upper') | join }}`, "XY"},
		{`{{ list | max }}{{ list | min }}{{ people | map(attribute='name') | min }}`, "31Ann"},
		{`{{ people | selectattr('on') | map(attribute='name') | join }}`, "AnnCid"},
		{`{{ people | rejectattr('age', 'gt', 10) | map(attribute='name') | join }}`, "bob"},
		{`{{ people | selectattr('name', 'in', ['bob', 'x']) | map(attribute='age') | join }}`, "7"},
		{`{{ list | select('odd') }}{{ list | reject('odd') }}`, "[3, 1][2]"},
		{`{{ 'aaa' | replace('a', 'b', 2) }}`, "bba"},
		{`{{ 'abc' | reverse }}{{ list | reverse }}`, "cba[2, 1, 3]"},
		{`{{ 2.675 | round(2) }} {{ 2.5 | round }} {{ 2.1 | round(0, 'ceil') }}`, "2.67 2.0 3.0"},
		{`{{ list | sort }}{{ people | sort(attribute='name', reverse=true) | map(attribute='name') | join }}`, "[1, 2, 3]CidbobAnn"},
		{`{{ [1, 'x'] | sort }}`, "! have no order"},
		{`{{ 1 | string ~ 1 }}`, "11"},
		{`{{ list | sum }}{{ people | sum(attribute='age') }}`, "687"},
		{`{{ 'a b' | title }}`, "A B"},
		{`{{ {'a': "<'"} | tojson }}`, `{"a": "\u003c\u0027"}`},
		{`{{ ' x ' | trim }}`, "x"},
		{`{{ 'a long text here' | truncate(9) }}`, "a..."},
		{`{{ ['a', 'A', 'b'] | unique }}`, "['a', 'b']"},
		{`{{ '/a b&c' | urlencode }}?{{ {'q': 'a/b', 'n': 1} | urlencode }}`, "/a%20b%26c?n=1&q=a%2Fb"},
		{`{{ 'a b c' | wordcount }}`, "3"},
		{`{% filter upper %}x{{ text }}{% endfilter %}`, "XA TEXT"},
		{`{{ 1 | nothing }}`, "! there is no filter nothing"},
		{`{{ 'x' | replace('x') }}`, "! the filter replace: the argument new is missing"},
		{`{{ 'x' | trim(a=1) }}`, "! there is no argument a"},
	}.run(t, expr.Options{})
}
