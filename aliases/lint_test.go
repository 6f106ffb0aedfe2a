package aliases_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/petrelops/petrel/aliases"
)

// TestLint pins what lint says, and that each witness is matched by both formats.
func TestLint(t *testing.T) {
	twice := command("p.twice", "stop {{vm}}", "stop {{vm}}( now)?")
	many := command("p.many")
	many.Formats = []aliases.Format{{Representations: []string{`(?:\b|^)(?P<key>[A-Z]+-\d+)(?:\b|$)`}, Multiple: true, Source: "many.yaml:7"}}
	fixed := command("p.fixed", "pin {{host}}")
	fixed.Immutable = map[string]any{"level": 1}
	off := command("p.off", "run {{cmd}}")
	off.Enabled = false
	list := []*aliases.Alias{
		twice, many, fixed, off,
		command("p.run", "run {{cmd}}"),
		command("p.runon", "run {{cmd}} on {{host}}"),
		command("p.execute", "(run|execute) {{it}}"),
		command("p.maybe", "run {{cmd}}( now)?"),
		command("p.now", "{{what}} now"),
		command("p.anchored", "^deploy {{app}}$"),
		command("p.broken", "set ({{cmd}}"),
		command("p.never", `x(?P<n>\d)y(?=z) q`),
		command("p.pairs", `(?P<a>k=\d) (?P<b>l=\d)`),
	}
	actions := map[string][]aliases.ActionParam{
		"p.run":   {{Name: "cmd", Required: true}},
		"p.runon": {{Name: "cmd", Required: true}, {Name: "hosts", Required: true}},
		"p.fixed": {{Name: "host", Required: true}, {Name: "level", Required: true}},
		"p.now":   {},
	}
	findings := aliases.Lint(t.Context(), list, func(action string) ([]aliases.ActionParam, bool) {
		params, ok := actions[action]
		return params, ok
	})
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s: %s %s %q\n    %s\n", f.Source, f.Kind, f.Alias.Ref(), f.Format, f.Text)
		if f.Witness == "" {
			continue
		}
		for _, format := range []string{f.Format, f.Against} {
			if _, err := aliases.ParseFormat(format, f.Witness, false); err != nil {
				t.Errorf("the witness %q does not fit %q: %v", f.Witness, format, err)
			}
		}
	}
	golden(t, "lint.golden", b.String())
}

// TestLintMany: an installation is compared in a moment, and formats that begin differently are no concern.
func TestLintMany(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 30
	}
	for _, f := range aliases.Lint(t.Context(), shapes(n), nil) {
		if f.Kind != aliases.FindingOverlap && f.Kind != aliases.FindingAmbiguous || f.Witness == "" {
			t.Errorf("%s %s: %s", f.Kind, f.Alias.Ref(), f.Text)
		}
	}
}
