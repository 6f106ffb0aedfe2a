package aliases_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
)

// vector is one recorded answer of StackStorm's parser.
type vector struct {
	Format   string          `json:"format"`
	Command  string          `json:"command"`
	Multiple bool            `json:"multiple"`
	OK       bool            `json:"ok"`
	Params   json.RawMessage `json:"params"`
}

// differences are the recorded answers that Petrel gives otherwise on purpose, by the name that docs/aliases.md gives the case.
var differences = []struct {
	name string
	is   func(vector) bool
}{
	{"repeated-tail", func(v vector) bool { return repeatedTail(v.Command) }},
	{"needs-backtracking", func(v vector) bool {
		return regexp.MustCompile(`\\[1-9]|\(\?(P=|=|!|<=|<!|>|\()|[*+?}]\+`).MatchString(v.Format)
	}},
	{"default-over-lines", func(v vector) bool { return regexp.MustCompile(`(?s)\{\{[^}]*=.*\n`).MatchString(v.Format) }},
}

// repeatedTail reports whether the pairs that end a text also stand somewhere before.
func repeatedTail(text string) bool {
	for i := range text {
		if tail := text[i:]; strings.HasPrefix(tail, " ") && strings.Contains(tail, "=") && strings.Count(text, tail) > 1 {
			return true
		}
	}
	return false
}

// vectorFolder finds the recorded answers, which are not part of this repository.
func vectorFolder(t *testing.T) string {
	t.Helper()
	dir, ok := os.LookupEnv("PETREL_VECTORS") //nolint:forbidigo // a test outside the repository has no other way to tell
	if !ok {
		dir = filepath.Join("..", "..", "shared", "vectors")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the recorded vectors are absent: set PETREL_VECTORS to their folder (%v)", err)
	}
	return dir
}

func TestVectors(t *testing.T) {
	dir := vectorFolder(t)
	var parser aliases.Parser
	for _, name := range []string{"alias_tests.jsonl", "alias_grid.jsonl"} {
		passed, different := 0, map[string]int{}
		for _, v := range readVectors(t, filepath.Join(dir, name)) {
			got, want := answer(t, &parser, v), expectation(t, v)
			if cmp.Equal(want, got) {
				passed++
				continue
			}
			if why := intended(v); why != "" {
				different[why]++
				continue
			}
			t.Errorf("%s: format %q, command %q:\n%s", name, v.Format, v.Command, cmp.Diff(want, got))
		}
		t.Logf("%s: %d vectors pass, intended differences: %v", name, passed, different)
	}
}

func intended(v vector) string {
	for _, d := range differences {
		if d.is(v) {
			return d.name
		}
	}
	return ""
}

func readVectors(t *testing.T, path string) []vector {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// answer is what Petrel says, in the form of JSON values; nil is a refusal.
func answer(t *testing.T, p *aliases.Parser, v vector) any {
	t.Helper()
	params, err := p.Parse(v.Format, v.Command, v.Multiple)
	if err != nil {
		return nil
	}
	if v.Multiple {
		return plain(t, params)
	}
	return plain(t, params[0])
}

func expectation(t *testing.T, v vector) any {
	t.Helper()
	if !v.OK {
		return nil
	}
	return plain(t, v.Params)
}

func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDifferences holds what Petrel does in the cases where it differs; docs/aliases.md lists each by its name.
func TestDifferences(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "aliases.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range differences {
		if !strings.Contains(string(page), "`"+d.name+"`") {
			t.Errorf("docs/aliases.md does not explain %s", d.name)
		}
	}
	for _, c := range []struct {
		name, format, text string
		want               map[string]string // nil: refused
	}{
		{"repeated-tail", "run {{cmd}}", "run do x=1 then x=1", map[string]string{"cmd": "do x=1 then", "x": "1"}},
		{"needs-backtracking", `(a)\1 {{x}}`, "aa b", nil},
		{"needs-backtracking", `{{x}}(?=bc)`, "a", nil},
		{"needs-backtracking", `(?:ab)?+ {{x}}`, "ab c", nil},
		{"default-over-lines", "say {{x='a\nb'}}", "say", nil},
		{"default-over-lines", "say {{x=\"}}\n{{y=\"z\"}}", "say", map[string]string{"x": `"`, "y": "z"}},
	} {
		got, err := aliases.ParseFormat(c.format, c.text, false)
		if c.want == nil {
			if err == nil {
				t.Errorf("%s: %q is taken: %v", c.name, c.format, flat(got))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff([]map[string]string{c.want}, flat(got)); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}
