package aliases_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// command is an alias pack.name with formats that are shown as they are written.
func command(ref string, formats ...string) *aliases.Alias {
	pack, name, _ := strings.Cut(ref, ".")
	a := &aliases.Alias{Pack: pack, Name: name, Action: ref, Enabled: true, Source: name + ".yaml:1"}
	for _, f := range formats {
		a.Formats = append(a.Formats, aliases.Format{Display: f, Representations: []string{f}})
	}
	return a
}

// told writes an outcome in one line.
func told(o aliases.Outcome) string {
	switch {
	case o.Err != nil:
		return "error: " + bot.ErrorText(o.Err)
	case len(o.Ambiguous) > 0:
		var refs []string
		for _, c := range o.Ambiguous {
			refs = append(refs, c.Alias.Ref())
		}
		return "ambiguous: " + strings.Join(refs, " ")
	case len(o.Matches) == 0:
		return "nothing"
	}
	var all []string
	for _, m := range o.Matches {
		all = append(all, fmt.Sprintf("%s %d.%d %v", m.Alias.Ref(), m.Format, m.Representation, m.Params))
	}
	return strings.Join(all, "; ")
}

func TestMatch(t *testing.T) {
	multiple := command("jira.keys")
	multiple.Formats = []aliases.Format{{Representations: []string{`(?:\b|^)(?P<key>[A-Z]+-\d+)(?:\b|$)`}, Multiple: true}}
	fixed := command("p.fixed", "pin {{host}} {{level=1}}")
	fixed.Immutable = map[string]any{"user": "root", "level": 2}
	hidden := command("p.hidden", "secret")
	hidden.Enabled = false
	shown := command("p.shown")
	shown.Formats = []aliases.Format{{Display: "only for help"}}
	several := command("p.several")
	several.Formats = []aliases.Format{{Display: "stop it", Representations: []string{"halt {{x}}", "stop {{x}}", "(stop) {{x}}"}}}
	list := []*aliases.Alias{
		multiple, fixed, hidden, shown, several,
		command("p.run", "run {{cmd}}"),
		command("p.runon", "run {{cmd}} on {{host}}"),
		command("p.nine", "svc9 {{service}}"),
		command("p.ninetynine", "svc99 {{service}}"),
		command("p.ticket", `show (?P<id>[0-9]+)`),
		command("p.show", "show {{what}}"),
		command("p.one", "same {{a}}"),
		command("p.two", "same {{b}}"),
		command("p.plain", "go {{where}}"),
		command("p.optional", "go {{where}}( fast)?"),
		command("p.any", "{{text}} please"),
		command("p.broken", "broken ({{x}}", "mended {{x}}"),
		command("p.search", `(^|.*)coffee(.*|$)`),
		command("p.empty", "{{maybe=}}( now)?"),
	}
	index, problems := aliases.Compile(list, aliases.Options{})
	if len(problems) != 2 {
		t.Errorf("got problems %+v, want those of p.broken and p.empty", problems)
	}
	for _, c := range []struct{ name, text, want string }{
		{"one", "run date", "p.run 0.0 map[cmd:date]"},
		{"more literal text wins", "run date on web1", "p.runon 0.0 map[cmd:date host:web1]"},
		{"a word is a whole word", "svc99 api", "p.ninetynine 0.0 map[service:api]"},
		{"the shorter word still matches", "svc9 api", "p.nine 0.0 map[service:api]"},
		{"a class wins over a parameter", "show 12", "p.ticket 0.0 map[id:12]"},
		{"unless it does not fit", "show it", "p.show 0.0 map[what:it]"},
		{"equal rank is a question", "same x", "ambiguous: p.one p.two"},
		{"fewer parts that may be missing win", "go home fast", "p.plain 0.0 map[where:home fast]"},
		{"a parameter first", "run please", "p.any 0.0 map[text:run]"},
		{"a broken format harms no other", "mended y", "p.broken 1.0 map[x:y]"},
		{"the first representation of an alias counts", "stop it", "p.several 0.1 map[x:it]"},
		{"a search", "time for coffee, all", "p.search 0.0 map[]"},
		{"several executions", "A-1 and B-2", "jira.keys 0.0 map[key:A-1]; jira.keys 0.0 map[key:B-2]"},
		{"only where nothing else matches", "run A-1", "p.run 0.0 map[cmd:A-1]"},
		{"pairs", "run date timeout=5", "p.run 0.0 map[cmd:date timeout:5]"},
		{"what an alias fixes cannot be set", "pin h user=ann", "error: p.fixed fixes level, user. Leave that out and send the command again."},
		{"disabled", "secret", "nothing"},
		{"a display is not a format", "only for help", "nothing"},
		{"blank", "  ", "nothing"},
		{"empty", "", "nothing"},
		{"nothing", "make tea", "nothing"},
		{"long", "run " + strings.Repeat("x", 1<<18), "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(index.Match(c.text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestOrder: the order in which aliases are loaded never matters.
func TestOrder(t *testing.T) {
	list := []*aliases.Alias{
		command("b.x", "do {{a}}"), command("a.y", "do {{b}}"), command("c.z", "do {{c}} now"), command("a.b", "{{d}} now"),
	}
	texts := []string{"do it", "do it now", "now now", "do now"}
	want := make([]string, len(texts))
	for turn := range 24 {
		list[turn%3], list[turn%4] = list[turn%4], list[turn%3]
		index := compile(t, list)
		for i, text := range texts {
			got := told(index.Match(text))
			if want[i] == "" {
				want[i] = got
			}
			if got != want[i] {
				t.Fatalf("turn %d, %q: got %s, before %s", turn, text, got, want[i])
			}
		}
	}
}

// TestMany: each of ten thousand aliases is found by its own text, by many at once.
func TestMany(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 1000
	}
	index := compile(t, shapes(n))
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for i := worker; i < n; i += 4 {
				out := index.Match(line(i))
				if len(out.Matches) != 1 || out.Matches[0].Alias.Name != fmt.Sprintf("a%05d", i) {
					t.Errorf("%q: %s", line(i), told(out))
					return
				}
			}
		})
	}
	wait.Wait()
}

// TestMatchAllocations: what one match allocates does not grow with the number of aliases. The race detector empties pools at random, so
// a few more are no growth.
func TestMatchAllocations(t *testing.T) {
	few, many := compile(t, shapes(100)), compile(t, shapes(5000))
	count := func(x *aliases.Index) float64 {
		return testing.AllocsPerRun(200, func() { x.Match("cluster node set5 drained on web-5") })
	}
	const chance = 8
	if a, b := count(few), count(many); b > a+chance {
		t.Errorf("%v allocations among 100 aliases, %v among 5,000", a, b)
	}
}

func TestExplain(t *testing.T) {
	index := compile(t, []*aliases.Alias{
		command("p.run", "run {{cmd}}", "run {{cmd}} ?"),
		command("p.runon", "run {{cmd}} on {{host}}"),
		command("p.tie", "run {{x}} on {{y}}"),
	})
	got := index.Explain("run date on web1 n=1")
	if got.Text != "run date on web1" || !slices.Equal(got.Pairs, []string{"n=1"}) || told(got.Outcome) != "ambiguous: p.runon p.tie" {
		t.Errorf("got %+v", got)
	}
	var lost []string
	for _, l := range got.Lost {
		lost = append(lost, fmt.Sprintf("%s %q: %s", l.Alias.Ref(), l.Shown(), l.Why))
	}
	want := []string{
		`p.run "run {{cmd}}": the winner comes first: it asks for more fixed characters (8 against 4)`,
		`p.run "run {{cmd}} ?": the winner comes first: it asks for more fixed characters (8 against 4)`,
	}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Error(diff)
	}
	if got := index.Explain("run date"); len(got.Lost) != 1 || got.Lost[0].Why != "the winner comes first: it has fewer parts that may be missing (0 against 1)" {
		t.Errorf("got %+v", got.Lost)
	}
	if got := index.Explain("tea"); told(got.Outcome) != "nothing" || len(got.Lost) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSearch(t *testing.T) {
	a, b, c := command("aws.list", "list {{what}}"), command("k8s.list", "pods"), command("aws.stop", "stop {{vm}}")
	b.Description = "Lists the Pods of a namespace."
	index := compile(t, []*aliases.Alias{c, b, a})
	for _, tc := range []struct {
		words string
		want  string
	}{
		{"", "aws.list aws.stop k8s.list"},
		{"LIST", "aws.list k8s.list"},
		{"aws list", "aws.list"},
		{"namespace pods", "k8s.list"},
		{"vm", "aws.stop"},
		{"tea", ""},
	} {
		var refs []string
		for _, a := range index.Search(strings.Fields(tc.words), nil) {
			refs = append(refs, a.Ref())
		}
		if got := strings.Join(refs, " "); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.words, got, tc.want)
		}
	}
	if got := index.Search(nil, func(x *aliases.Alias) bool { return x.Pack != "aws" }); len(got) != 1 || got[0] != b {
		t.Errorf("hidden aliases are listed: %v", got)
	}
}
