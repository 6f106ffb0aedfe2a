package rule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/rule"
)

func now() time.Time { return time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC) }

func decode(tb testing.TB, text string) any {
	tb.Helper()
	v, err := rule.Decode([]byte(text))
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}

func TestOperators(t *testing.T) {
	const yes, no, fault = "yes", "no", "fault"
	tests := []struct{ op, value, pattern, want string }{
		{"equals", `1`, `true`, yes},
		{"eq", `1`, `1.0`, yes},
		{"eq", `"1"`, `1`, no},
		{"eq", `[1,{"a":2}]`, `[1,{"a":2}]`, yes},
		{"eq", `null`, `null`, no},
		{"neq", `1`, `null`, yes},
		{"nequals", `"a"`, `"a"`, no},
		{"ieq", `"AbC"`, `"aBc"`, yes},
		{"iequals", `1`, `"1"`, fault},
		{"contains", `"haystack"`, `"stack"`, yes},
		{"contains", `[1,2]`, `2`, yes},
		{"contains", `{"a":1}`, `"a"`, yes},
		{"contains", `{"a":1}`, `1`, no},
		{"contains", `{"a":1}`, `[]`, fault},
		{"contains", `5`, `5`, fault},
		{"contains", `"1"`, `1`, fault},
		{"contains", `null`, `"a"`, fault},
		{"ncontains", `"abc"`, `"z"`, yes},
		{"ncontains", `5`, `5`, fault},
		{"ncontains", `"abc"`, `null`, no},
		{"icontains", `"ABC"`, `"b"`, yes},
		{"incontains", `"ABC"`, `"b"`, no},
		{"icontains", `["b"]`, `"b"`, fault},
		{"startswith", `"abc"`, `"a"`, yes},
		{"startswith", `"Abc"`, `"a"`, no},
		{"istartswith", `"Abc"`, `"a"`, yes},
		{"endswith", `"abc"`, `"C"`, no},
		{"iendswith", `"abc"`, `"C"`, yes},
		{"lt", `1`, `2`, yes},
		{"lt", `"10"`, `"9"`, yes},
		{"gt", `"10"`, `9`, fault},
		{"gt", `[1,{},3]`, `[1,{},2]`, yes},
		{"lt", `[1]`, `[1,0]`, yes},
		{"lt", `{}`, `{}`, fault},
		{"gt", `true`, `0.5`, yes},
		{"matchregex", `"abc"`, `"b"`, no},
		{"matchregex", `"a\nb"`, `"a.b"`, yes},
		{"regex", `"a\nb"`, `"a.b"`, no},
		{"regex", `"abc"`, `"b"`, yes},
		{"iregex", `"ABC"`, `"b"`, yes},
		{"regex", `"abc\n"`, `"c$"`, yes},
		{"regex", `"abc\n\n"`, `"c$"`, no},
		{"regex", `"abc\n"`, `"c\\Z"`, no},
		{"regex", `"a"`, `"("`, fault},
		{"regex", `"aa"`, `"(a)\\1"`, fault},
		{"regex", `"a"`, `")|(a"`, fault},
		{"matchwildcard", `"abc"`, `"a*"`, yes},
		{"matchwildcard", `"a/b\nc"`, `"a*c"`, yes},
		{"matchwildcard", `"abc"`, `"A*"`, no},
		{"matchwildcard", `"a"`, `"[!b]"`, yes},
		{"matchwildcard", `"]"`, `"[]]"`, yes},
		{"matchwildcard", `"["`, `"["`, yes},
		{"matchwildcard", `"^"`, `"[^]"`, yes},
		{"matchwildcard", `"b"`, `"[c-a]"`, no},
		{"matchwildcard", `"b"`, `"[!c-a]"`, yes},
		{"matchwildcard", `"x.y"`, `"x.y"`, yes},
		{"matchwildcard", `"xzy"`, `"x.y"`, no},
		{"exists", `0`, `null`, yes},
		{"exists", `null`, `true`, no},
		{"nexists", `null`, `true`, yes},
		{"in", `"b"`, `"abc"`, yes},
		{"inside", `1`, `[1.0]`, yes},
		{"nin", `1`, `[2]`, yes},
		{"nin", `1`, `null`, no},
		{"in", `1`, `1`, fault},
		{"td_lt", `"2026-11-25T08:59:55"`, `10`, yes},
		{"td_gt", `"2026-11-25T08:59:55Z"`, `"4"`, yes},
		{"timediff_lt", `"2026-11-26"`, `0`, yes},
		{"timediff_gt", `"2026-11-25T10:59:00+02:00"`, `59`, yes},
		{"td_gt", `1700000000`, `1`, fault},
		{"td_gt", `"soon"`, `1`, fault},
		{"td_gt", `"2026-11-25"`, `"x"`, fault},
		{"bogus", `1`, `1`, fault},
	}
	k := compiler()
	for _, tt := range tests {
		got := no
		holds, err := k.Operate(tt.op, decode(t, tt.value), decode(t, tt.pattern), rule.Facts{Now: now()})
		if holds {
			got = yes
		}
		if err != nil {
			got = fault
		}
		if got != tt.want {
			t.Errorf("%s %s %s: %s (%v), want %s", tt.value, tt.op, tt.pattern, got, err, tt.want)
		}
	}
}

const payload = `{"s": "v1", "i": 7, "n": null, "l": ["v1", 2], "d": {"k-x": "dash", "sp ace": 1, "deep": {"er": [1, {"z": "zz"}]}},
	"items": [{"name": "a", "lvl": 43}, {"name": "b", "lvl": 55}], "headers": {"X-Hub": "push"}, "none": []}`

func TestCriteria(t *testing.T) {
	tests := []struct {
		name, criteria string
		match          bool
		fault          string
	}{
		{"all must hold", `{"trigger.s": {"type": "eq", "pattern": "v1"}, "trigger.i": {"type": "gt", "pattern": 7}}`, false, ""},
		{"a tag makes keys unique", `{"trigger.i#1": {"type": "gt", "pattern": 6}, "trigger.i#2": {"type": "lt", "pattern": 8}}`, true, ""},
		{"no type", `{"trigger.s": {"pattern": "v1"}}`, false, ""},
		{"operators in any case", `{"trigger.s": {"type": "EQ", "pattern": "v1"}}`, true, ""},
		{"quotes", `{"trigger.d['sp ace']": {"type": "eq", "pattern": 1}, "trigger.headers[\"X-Hub\"]": {"type": "eq", "pattern": "push"}, "trigger.d.k-x": {"type": "exists", "pattern": true}}`, true, ""},
		{"an index", `{"trigger.items[1].name": {"type": "eq", "pattern": "b"}, "trigger.l[-1]": {"type": "eq", "pattern": 2}}`, true, ""},
		{"the first of many", `{"trigger.items[*].name": {"type": "eq", "pattern": "a"}, "trigger..z": {"type": "eq", "pattern": "zz"}}`, true, ""},
		{"a number for a name", `{"trigger.l.0": {"type": "exists", "pattern": true}}`, false, "cannot be read"},
		{"present but null", `{"trigger.n": {"type": "nexists", "pattern": true}}`, true, ""},
		{"a template keeps its type", `{"trigger.i": {"type": "eq", "pattern": "{{ trigger.i }}"}}`, true, ""},
		{"a template in a text", `{"trigger.s": {"type": "eq", "pattern": "v{{ 1 }}"}}`, true, ""},
		{"the datastore", `{"trigger.s": {"type": "eq", "pattern": "{{ st2kv.system.test_value_2 }}"}}`, true, ""},
		{"a name that is not there", `{"trigger.s": {"type": "eq", "pattern": "x{{ trigger.nope }}"}}`, false, "nope"},
		{"a template that cannot be read", `{"trigger.s": {"type": "eq", "pattern": "{{ ( }}"}}`, false, "cannot be read"},
		{"any", `{"trigger.items": {"type": "search", "condition": "any", "pattern": {"item.name": {"type": "eq", "pattern": "b"}, "item.lvl": {"type": "gt", "pattern": 50}}}}`, true, ""},
		{"any, no single item", `{"trigger.items": {"type": "search", "condition": "any", "pattern": {"item.name": {"type": "eq", "pattern": "a"}, "item.lvl": {"type": "gt", "pattern": 50}}}}`, false, ""},
		{"any2any", `{"trigger.items": {"type": "search", "condition": "any2any", "pattern": {"item.name": {"type": "eq", "pattern": "z"}, "item.lvl": {"type": "gt", "pattern": 50}}}}`, true, ""},
		{"all2any", `{"trigger.items": {"type": "search", "condition": "all2any", "pattern": {"item.name": {"type": "eq", "pattern": "a"}, "item.lvl": {"type": "gt", "pattern": 50}}}}`, true, ""},
		{"all of nothing", `{"trigger.none": {"type": "search", "condition": "all", "pattern": {"item.name": {"type": "eq", "pattern": "a"}}}}`, true, ""},
		{"a map is one item", `{"trigger.d": {"type": "search", "condition": "any", "pattern": {"item.k-x": {"type": "eq", "pattern": "{{ item['k-x'] }}"}}}}`, true, ""},
		{"search in search", `{"trigger.d": {"type": "search", "condition": "all", "pattern": {"item.deep.er": {"type": "search", "condition": "any", "pattern": {"item.z": {"type": "eq", "pattern": "zz"}}}}}}`, true, ""},
		{"trigger is not seen in items", `{"trigger.items": {"type": "search", "condition": "any", "pattern": {"item.name": {"type": "eq", "pattern": "{{ trigger.s }}"}}}}`, false, "trigger"},
		{"a fault in one item", `{"trigger.l": {"type": "search", "condition": "any2any", "pattern": {"item": {"type": "startswith", "pattern": "v"}}}}`, true, "takes a text"},
		{"search in large letters", `{"trigger.items": {"type": "Search", "condition": "any", "pattern": {}}}`, false, "small letters"},
		{"no list", `{"trigger.i": {"type": "search", "condition": "any", "pattern": {}}}`, false, "looks through a list"},
		{"unknown in a search", `{"trigger.items": {"type": "search", "condition": "any", "pattern": {"item.name": {"type": "bogus", "pattern": 1}}}}`, false, "no operator bogus"},
	}
	k := compiler()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, err := rule.ReadCriteria([]byte(tt.criteria))
			if err != nil {
				t.Fatal(err)
			}
			criteria, problems := k.Compile(list)
			got := criteria.Match(t.Context(), rule.Facts{Payload: decode(t, payload), Keys: keys(), Now: now()})
			faults := strings.Join(got.Faults, "\n")
			if got.Match != tt.match || (tt.fault == "") != (faults == "") || !strings.Contains(faults, tt.fault) || got.Unknown != nil {
				t.Errorf("%+v, problems %q", got, problems)
			}
		})
	}
}

func TestEmptyPayloadNeverMatchesCriteria(t *testing.T) {
	k := compiler()
	criteria, _ := k.Compile([]rule.Criterion{{Key: "trigger.a", Type: "nexists", Pattern: true}})
	none, _ := k.Compile(nil)
	for _, payload := range []any{nil, map[string]any{}} {
		if criteria.Match(t.Context(), rule.Facts{Payload: payload}).Match {
			t.Errorf("criteria match %v", payload)
		}
		if !none.Match(t.Context(), rule.Facts{Payload: payload}).Match {
			t.Errorf("no criteria do not match %v", payload)
		}
	}
}

func TestPathsThatMultiplyAreStopped(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 300) + `1` + strings.Repeat(`}`, 300)
	criteria, _ := compiler().Compile([]rule.Criterion{{Key: "trigger..*..*..*..*", Type: "exists", Pattern: true}})
	got := criteria.Match(t.Context(), rule.Facts{Payload: decode(t, deep)})
	if got.Match || len(got.Faults) != 1 || !strings.Contains(got.Faults[0], "without ..") {
		t.Errorf("%+v", got.Faults)
	}
}

func TestStepsExplain(t *testing.T) {
	list, err := rule.ReadCriteria([]byte(`{"trigger.b": {"type": "gt", "pattern": "{{ trigger.a }}"}, "trigger.a": {"type": "eq", "pattern": 2}, "trigger.c": {"type": "exists", "pattern": true}}`))
	if err != nil {
		t.Fatal(err)
	}
	criteria, _ := compiler().Compile(list)
	got := criteria.Match(t.Context(), rule.Facts{Payload: decode(t, `{"a": 1, "b": 5}`)})
	want := rule.Verdict{Steps: []rule.Step{
		{Key: "trigger.b", Type: "gt", Pattern: int64(1), Value: int64(5), Holds: true},
		{Key: "trigger.a", Type: "eq", Pattern: int64(2), Value: int64(1)},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompileTellsWhatCanNeverHold(t *testing.T) {
	for criteria, want := range map[string]string{
		`{"trigger.a": {"type": "equal", "pattern": 1}}`:                                            "equals",
		`{"trigger.a": {"pattern": 1}}`:                                                             "no type",
		`{"trigger.a.0": {"type": "eq", "pattern": 1}}`:                                             "cannot be read",
		`{"trigger.a": {"type": "regex", "pattern": "(?=a)"}}`:                                      "look-around",
		`{"trigger.a": {"type": "eq", "pattern": "{{ a"}}`:                                          "template",
		`{"trigger.a": {"type": "search", "pattern": {}}}`:                                          "condition",
		`{"trigger.a": {"type": "search", "condition": "any", "pattern": 1}}`:                       "mapping",
		`{"trigger.a": {"type": "search", "condition": "any", "pattern": {"item": {"type": "x"}}}}`: "no operator",
	} {
		list, err := rule.ReadCriteria([]byte(criteria))
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := compiler().Compile(list); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("%s: %q, want %q", criteria, problems, want)
		}
	}
}
