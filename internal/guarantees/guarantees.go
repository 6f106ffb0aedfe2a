// Package guarantees turns the results of the fault harness, which lie in docs/guarantees, into the table of docs/guarantees.md. The
// numbers of the page come from nowhere else.
package guarantees

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Result is what was measured of one goal.
type Result struct {
	Goal     string `json:"goal"`      // R1 to R25
	Title    string `json:"title"`     // what it is about
	PassLine string `json:"pass_line"` // what was demanded of this run
	Measured string `json:"measured"`
	Passed   bool   `json:"passed"`
	Commit   string `json:"commit"`
	Scale    string `json:"scale"` // how far the run is from what is delivered
	Seed     uint64 `json:"seed"`
	Date     string `json:"date"`
}

// Mutant is a defect and by what it was caught.
type Mutant struct {
	Defect   string `json:"defect"`
	Scenario string `json:"scenario"`
	Caught   string `json:"caught_by"` // the invariants that it broke; empty: it was not caught
	Control  bool   `json:"control"`   // the same scenario breaks nothing without the defect
}

// Run is one file of results.
type Run struct {
	Results []Result       `json:"results"`
	Mutants []Mutant       `json:"mutants,omitempty"`
	Points  map[string]int `json:"points,omitempty"` // how often each failpoint killed a process
}

// The lines between which the table stands.
const (
	begin = "<!-- made by make guarantees from docs/guarantees/*.json -->"
	end   = "<!-- end of what make guarantees made -->"
)

// Page returns the page with its table made anew from the results in fsys.
func Page(page string, fsys fs.FS) (string, error) {
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("the page has no place for the table: %q and %q", begin, end)
	}
	runs, err := read(fsys)
	if err != nil {
		return "", err
	}
	return head + begin + "\n\n" + table(runs) + "\n" + end + tail, nil
}

func read(fsys fs.FS) ([]Run, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	runs := make([]Run, len(names))
	for i, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, &runs[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return runs, nil
}

func table(runs []Run) string {
	var results []Result
	var mutants []Mutant
	for _, r := range runs {
		results, mutants = append(results, r.Results...), append(mutants, r.Mutants...)
	}
	slices.SortStableFunc(results, func(a, b Result) int {
		return cmp.Or(cmp.Compare(number(a.Goal), number(b.Goal)), cmp.Compare(a.Scale, b.Scale))
	})
	var b strings.Builder
	b.WriteString("| goal | demanded | measured | | scale | commit, seed, date |\n|---|---|---|---|---|---|\n")
	for _, r := range results {
		verdict := "missed"
		if r.Passed {
			verdict = "kept"
		}
		row(&b, r.Goal+" "+r.Title, r.PassLine, r.Measured, verdict, r.Scale, fmt.Sprintf("%s, %d, %s", r.Commit, r.Seed, r.Date))
	}
	if len(mutants) == 0 {
		return b.String()
	}
	b.WriteString("\n| defect made on purpose | scenario | caught by invariant | the same without the defect |\n|---|---|---|---|\n")
	for _, m := range mutants {
		caught, control := m.Caught, "breaks none"
		if caught == "" {
			caught = "not caught"
		}
		if !m.Control {
			control = "breaks one too"
		}
		row(&b, m.Defect, m.Scenario, caught, control)
	}
	return b.String()
}

func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// number orders R2 before R10.
func number(goal string) int {
	n, err := strconv.Atoi(strings.TrimFunc(goal, func(r rune) bool { return r < '0' || r > '9' }))
	if err != nil {
		return 0
	}
	return n
}
