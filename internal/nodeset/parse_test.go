package nodeset_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"plain", "irene4000", "irene4000"},
		{"host name", "login-1.cluster_a.example.org", "login-1.cluster_a.example.org"},
		{"address", "10.0.0.[1-2] fe80::1", "10.0.0.1 10.0.0.2 fe80::1"},
		{"range", "irene[4000-4002,4020]", "irene4000 irene4001 irene4002 irene4020"},
		{"order kept", "n[3,1-2],a", "n3 n1 n2 a"},
		{"each once", "n[1-2,2,1],n2,n1", "n1 n2"},
		{"padding", "n[08-10]", "n08 n09 n10"},
		{"no padding", "n[8-10]", "n8 n9 n10"},
		{"padding is part of the name", "n[1,01,001]", "n1 n01 n001"},
		{"zero is not padded", "n[0-10/5]", "n0 n5 n10"},
		{"step", "n[1-6/2]", "n1 n3 n5"},
		{"step beyond the end", "n[1-5/9]", "n1"},
		{"two brackets", "r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2"},
		{"text after", "n[1-2]-ib0", "n1-ib0 n2-ib0"},
		{"digit after", "n[1-2]3", "n13 n23"},
		{"digit before", "n1[08-10]", "n108 n109 n110"},
		{"only a bracket", "[1-2]", "1 2"},
		{"white space", " a\tb\n c , d ", "a b c d"},
		{"spaces in brackets", "n[ 1 - 3 / 2 , 5 ]", "n1 n3 n5"},
		{"exclusion", "a[1-4]!a3", "a1 a2 a4"},
		{"intersection keeps the left order", "a[3,2,1]&a[1-2]", "a2 a1"},
		{"symmetric difference", "a[1-3]^a[3-4]", "a1 a2 a4"},
		{"difference with a name twice", "a1^b[1,1]", "a1 b1"},
		{"spaces around operators", "a[1-3] ! a2", "a1 a3"},
		{"left to right", "a[1-9],b1!a3&b1", "b1"},
		{"taken out and back in", "a[1-3]!a1,a1", "a2 a3 a1"},
		{"nothing left", "a1!a1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := nodeset.Parse(tt.text, nodeset.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestParseGroups(t *testing.T) {
	t.Parallel()
	groups := map[string]string{
		"compute": "irene[4000-4002]", "login": "login[1-2]", "all": "@compute,@login", "rest": "@all!@login",
		"rack1": "a1", "rack2": "a2", "slurm:debug": "d1", "none": " ",
	}
	tests := []struct{ name, text, want string }{
		{"group", "@login", "login1 login2"},
		{"with operators", "@compute!irene4001", "irene4000 irene4002"},
		{"nested", "@rest", "irene4000 irene4001 irene4002"},
		{"range of groups", "@rack[1-2]", "a1 a2"},
		{"source", "@slurm:debug", "d1"},
		{"empty", "@none", ""},
		{"twice", "@login,@login", "login1 login2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := nodeset.Parse(tt.text, nodeset.Options{Groups: groups})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text    string
		column  int
		problem string
	}{
		{"", 1, "there is no name"},
		{" \n", 1, "there is no name"},
		{"irene[4000-", 6, "the bracket that opens here is not closed"},
		{"irene[4000", 6, "not closed"},
		{"irene[", 6, "not closed"},
		{"n1]", 3, "no bracket is open"},
		{"n[[1]]", 3, "a bracket cannot stand inside a bracket"},
		{"n[1[2]]", 4, "a bracket cannot stand inside a bracket"},
		{"n[]", 3, `"]" stands where a number is expected`},
		{"n[1,]", 5, `"]" stands where a number is expected`},
		{"n[,1]", 3, `"," stands where a number is expected`},
		{"n[-1]", 3, `"-" stands where a number is expected`},
		{"n[1–3]", 4, `"–" stands where "," or "]" is expected`},
		{"n[1 3]", 5, `"3" stands where "," or "]" is expected`},
		{"b n[1,9-1]", 7, "the range 9-1 runs backwards"},
		{"n[001-10]", 3, "padded with zeros to different lengths"},
		{"n[1-010]", 3, "padded with zeros to different lengths"},
		{"n1[8-11]", 4, "a digit stands before the bracket"},
		{"n[1-5/0]", 6, "the step is 0"},
		{"n[1-5/]", 7, `"]" stands where a number is expected`},
		{"n[5/2]", 4, "a step needs a range"},
		{"n[1-1234567890123456789]", 5, "more than 18 digits"},
		{"n[1-2][3-4]", 7, "a letter is missing"},
		{"n[1-2]0[3-4]", 8, "a letter is missing"},
		{"a!", 2, `a node name is missing after "!"`},
		{"a , ", 3, `a node name is missing after ","`},
		{"&a", 1, `a node name is missing before "&"`},
		{"a,,b", 3, `a node name is missing before ","`},
		{"a b\x07c", 4, `"\a" cannot stand in a name`},
		{"a\xff", 2, `"\xff" cannot stand in a name`},
		{"a,é[1-2]", 3, `"é" cannot stand in a name`},
		{"a/b", 2, `"/" cannot stand in a name`},
		{"\u00a0a\u200b", 3, `"\u200b" cannot stand in a name`},
		{"-oProxyCommand=x", 1, `a name cannot begin with "-"`},
		{"a ..", 3, `a name cannot begin with "."`},
		{"a@b", 2, `"@" may only stand at the beginning`},
		{"a,@", 3, "the name of the group is missing"},
		{"@,a", 1, "the name of the group is missing"},
		{"b @compte", 3, "group @compte is not known, the nearest known: @compute, @loop, @gpu"},
		{"@loop", 1, "the group refers to itself: @loop to @gpu to @loop"},
		{"a @bad", 3, "the configured text of group @bad is wrong at character 2: the bracket"},
		{strings.Repeat("a", 256), 1, "longer than 255 characters"},
		{strings.Repeat("b[1-2]", 200), 1, "at least 1000000000000000000 nodes"},
	}
	groups := map[string]string{"compute": "irene1", "bad": "a[", "loop": "@gpu", "gpu": "b,@loop"}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			_, err := nodeset.Parse(tt.text, nodeset.Options{Groups: groups})
			checkFault(t, err, tt.column, tt.problem)
		})
	}
}

// checkFault also proves that the example in the error is one that a person may type.
func checkFault(t *testing.T, err error, column int, problem string) {
	t.Helper()
	fault, ok := errors.AsType[*nodeset.SyntaxError](err)
	if !ok || bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("error %v (code %q), want a SyntaxError of code invalid", err, bot.ErrorCode(err))
	}
	if fault.Column != column || !strings.Contains(fault.Problem, problem) {
		t.Errorf("fault %q, want character %d: …%s…", fault, column, problem)
	}
	if _, err := nodeset.Parse(fault.Example, nodeset.Options{Groups: map[string]string{"compute": "a"}}); err != nil {
		t.Errorf("the example is wrong itself: %v", err)
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{
			"irene[4000-",
			`Node set "irene[4000-", character 6: the bracket that opens here is not closed. Write for example irene[4000-4010].`,
		},
		{
			strings.Repeat("é", 100),
			`Node set "` + strings.Repeat("é", 80) + `…", character 1: "é" cannot stand in a name, only letters a to z, digits, dot, ` +
				`dash, underscore and colon. Write for example irene[4000-4010].`,
		},
		{
			strings.Repeat("a", 100) + "[9-1]",
			`Node set "` + strings.Repeat("a", 80) + `…", character 102: the range 9-1 runs backwards. Write for example n[1-9].`,
		},
		{
			"@x",
			`Node set "@x", character 1: group @x is not known, and no group is configured. Write for example irene[4000-4010].`,
		},
	}
	for _, tt := range tests {
		_, err := nodeset.Parse(tt.text, nodeset.Options{})
		if diff := cmp.Diff(tt.want, bot.ErrorText(err)); diff != "" {
			t.Errorf("text of the error (-want +got):\n%s", diff)
		}
	}
}

func TestErrorForTheLog(t *testing.T) {
	t.Parallel()
	_, err := nodeset.Parse("a,é", nodeset.Options{})
	fault, ok := errors.AsType[*nodeset.SyntaxError](err)
	if !ok {
		t.Fatalf("error %v is not a SyntaxError", err)
	}
	if want := `character 3: "é" cannot stand`; !strings.HasPrefix(fault.Error(), want) {
		t.Errorf("error %q, want %q…", fault, want)
	}
}

func TestParseLimit(t *testing.T) {
	t.Parallel()
	groups := map[string]string{"big": "b[1-60]", "bigger": "@big,c[1-60]"}
	tests := []struct {
		text    string
		max     int
		column  int
		problem string // "" means that it fits
	}{
		{"a[1-100]", 100, 0, ""},
		{"a[1-100],a[1-100]", 100, 0, ""},
		{"a[0-100]", 100, 1, "101 nodes are named here and the limit is 100"},
		{"a[1-9999]", 0, 0, ""},
		{"a[0-999999999999]", 0, 1, "1000000000000 nodes are named here and the limit is 10000"},
		{"x a[1-9999]b[1-9999]", 0, 3, "99980001 nodes are named here"},
		{"a[1-60],b[1-60]", 100, 9, "more than 100 nodes"},
		{"a[1-60] @big", 100, 9, "more than 100 nodes"},
		{"@bigger", 100, 1, "more than 100 nodes"},
		{strings.Repeat("a[1-100]&", 15) + "a1", 100, 0, ""},
		{strings.Repeat("a[1-100]&", 20) + "a1", 100, 145, "name over 1600 nodes in sum"},
		{strings.Repeat("@big&", 40) + "a1", 100, 126, "name over 1600 nodes in sum"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			_, err := nodeset.Parse(tt.text, nodeset.Options{Max: tt.max, Groups: groups})
			if tt.problem != "" {
				checkFault(t, err, tt.column, tt.problem)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// A node set over the limit must be refused from its count alone.
func TestParseLimitSpendsNothing(t *testing.T) {
	for _, text := range []string{"a[0-999999999999]", "a[1-9999]b[1-9999]"} {
		allocs := testing.AllocsPerRun(10, func() {
			if _, err := nodeset.Parse(text, nodeset.Options{}); err == nil {
				t.Errorf("Parse(%q) was accepted", text)
			}
		})
		if allocs > 60 {
			t.Errorf("refusing %q took %.0f allocations", text, allocs)
		}
	}
}

func TestParseDoesNotShareGroups(t *testing.T) {
	t.Parallel()
	o := nodeset.Options{Groups: map[string]string{"g": "a[1-3]"}}
	got, err := nodeset.Parse("@g!a1,@g", o)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a2", "a3", "a1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
