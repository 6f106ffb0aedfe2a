package packtest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/packtest"
)

var suite = func() packtest.Suite {
	index, problems := aliases.Compile([]*aliases.Alias{
		{Pack: "lab", Name: "run", Action: "lab.run", Enabled: true, Formats: []aliases.Format{{Representations: []string{"run {{what}} on {{host=h0}}"}}}},
		{Pack: "lab", Name: "runall", Action: "lab.run", Enabled: true, Formats: []aliases.Format{{Representations: []string{"run all"}}}},
		{Pack: "lab", Name: "one", Action: "lab.run", Enabled: true, Formats: []aliases.Format{{Representations: []string{"same {{what}}"}}}},
		{Pack: "lab", Name: "two", Action: "lab.run", Enabled: true, Formats: []aliases.Format{{Representations: []string{"same {{host}}"}}}},
	}, aliases.Options{})
	if len(problems) > 0 {
		panic(problems[0].Text)
	}
	spec := &bot.ActionSpec{Pack: "lab", Name: "run", Params: []bot.Param{
		{Name: "what", Type: "string"},
		{Name: "host", Type: "string"},
		{Name: "times", Type: "integer", Spellings: []string{"tims"}},
	}}
	return packtest.Suite{Pack: "lab", Index: index, Action: func(ref string) (*bot.ActionSpec, bool) { return spec, ref == "lab.run" }}
}()

func TestRun(t *testing.T) {
	tests := []struct {
		name string
		file string
		want []string // a part of each failure
	}{
		{"all holds", `
alias: run
match:
  - {text: run date on h1, params: {what: date, host: h1}}
  - {text: run date on h1 times=3, params: {what: date, host: h1, times: 3}}
  - {text: run date on h1 tims=3, params: {what: date, host: h1, times: 3}}
no_match: [run, run all, walk]`, nil},
		{"wrong value", "alias: run\nmatch: [{text: run date on h1, params: {what: date, host: h2}}]", []string{`"run date on h1" gives {"host":"h1","what":"date"} and not {"host":"h2","what":"date"}`}},
		{"wrong type", "alias: run\nmatch: [{text: run date on h1 times=many, params: {what: date}}]", []string{"gives parameters that the action cannot take"}},
		{"a parameter too much", "alias: run\nmatch: [{text: run date on h1}]", []string{"and not {}"}},
		{"another alias takes it", "alias: run\nmatch: [{text: run all, params: {what: all}}]", []string{"is taken by lab.runall and not by lab.run"}},
		{"nobody takes it", "alias: run\nmatch: [{text: walk}]", []string{"is taken by no alias"}},
		{"ambiguous", "alias: one\nmatch: [{text: same x, params: {what: x}}]", []string{"fits several aliases equally well: lab.one, lab.two"}},
		{"taken though it must not be", "alias: run\nno_match: [run date on h1]", []string{`"run date on h1" must not be taken by run`}},
		{"nothing in it", "alias: run", []string{"must name its alias and at least one text"}},
		{"every failure is told", "alias: run\nmatch: [{text: walk}]\nno_match: [run date on h1]", []string{"is taken by no alias", "must not be taken"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, err := packtest.Read(fstest.MapFS{"aliases/run_test.yaml": {Data: []byte(tt.file)}}, "lab")
			if err != nil {
				t.Fatal(err)
			}
			failures := suite.Run(files)
			if len(failures) != len(tt.want) {
				t.Fatalf("got %v, want %d failures", failures, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(failures[i].Text, want) {
					t.Errorf("got %q, want %q in it", failures[i].Text, want)
				}
				if diff := cmp.Diff("lab/aliases/run_test.yaml", failures[i].Source); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key": "alias: run\nmatches: []",
		"wrong type":  "alias: [run]",
		"no YAML":     "alias: [",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := packtest.Read(fstest.MapFS{"aliases/run_test.yaml": {Data: []byte(text)}}, "lab")
			if bot.ErrorCode(err) != bot.CodeInvalid || !strings.HasPrefix(bot.ErrorText(err), "lab/aliases/run_test.yaml: ") {
				t.Errorf("got %v", err)
			}
		})
	}
}
