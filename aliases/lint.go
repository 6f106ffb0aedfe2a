package aliases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// FindingKind says what a finding is about.
type FindingKind string

// The kinds of findings, most serious first.
const (
	FindingRefused   FindingKind = "refused"   // the format cannot be taken
	FindingNever     FindingKind = "never"     // no text matches the format, or another format always wins
	FindingAmbiguous FindingKind = "ambiguous" // two aliases of equal rank match one text
	FindingUnknown   FindingKind = "unknown"   // the action has no such parameter
	FindingMissing   FindingKind = "missing"   // no format sets a required parameter
	FindingOverlap   FindingKind = "overlap"   // two aliases match one text, and one wins by rank: usually as meant
	FindingUnchecked FindingKind = "unchecked" // there were too many pairs of formats to compare them all
)

// Finding is one thing that lint has to say.
type Finding struct {
	Kind    FindingKind
	Alias   *Alias
	Source  string // file:line
	Format  string // the representation
	Other   *Alias // the other alias of a pair
	Against string // its representation
	Witness string // a text that both match
	Text    string // a sentence that says what to do
}

// ActionParam is a parameter of an action, as far as lint must know it.
type ActionParam struct {
	Name     string
	Required bool
}

// maxPairs is how many pairs of formats lint compares.
const maxPairs = 300000

// Lint checks aliases: formats that are refused, that never match or never win, or that match a text together with another alias;
// parameters that the action does not have, and required ones that no format sets. lookup tells an action's parameters; ok is
// false for an action that is not known, which is not lint's concern. Disabled aliases are not compared.
func Lint(list []*Alias, lookup func(action string) (params []ActionParam, ok bool)) []Finding {
	l := &linter{}
	x, problems := Compile(list, Options{})
	for _, p := range problems {
		i := slices.IndexFunc(list, func(a *Alias) bool { return a.Ref() == p.Alias })
		l.findings = append(l.findings, Finding{
			Kind: FindingRefused, Alias: list[i], Source: p.Source, Format: p.Format,
			Text: fmt.Sprintf("The format is wrong at byte %d. %s", p.Offset, p.Text),
		})
	}
	l.index = x
	l.formats()
	for _, a := range x.aliases {
		l.parameters(a, lookup)
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Alias.Ref(), b.Alias.Ref()), cmp.Compare(a.Format, b.Format))
	})
	return l.findings
}

type linter struct {
	index    *Index
	parser   Parser
	findings []Finding
}

func (l *linter) report(kind FindingKind, e *entry, text string) *Finding {
	source := cmp.Or(e.alias.Formats[e.formatNo].Source, e.alias.Source)
	l.findings = append(l.findings, Finding{Kind: kind, Alias: e.alias, Source: source, Format: e.text, Text: text})
	return &l.findings[len(l.findings)-1]
}

// formats looks at each format alone and then at the pairs that could match one text: where one literal beginning is the start
// of the other. Sorted by their beginnings, those of one format stand in one run.
func (l *linter) formats() {
	var alive []*entry
	for _, e := range l.index.entries {
		if _, ok := l.shortest(e); !ok {
			l.report(FindingNever, e, "No text can match this format. A text begins and ends with a blank for it: write ^\\s* and \\s*$ for anchors of its own.")
			continue
		}
		alive = append(alive, e)
	}
	slices.SortStableFunc(alive, func(a, b *entry) int { return cmp.Compare(a.prefix, b.prefix) })
	pairs := 0
	for i, a := range alive {
		for _, b := range alive[i+1:] {
			if !strings.HasPrefix(b.prefix, a.prefix) {
				break
			}
			if a.alias == b.alias && a.rank != b.rank || a.multiple != b.multiple {
				continue
			}
			if pairs++; pairs > maxPairs {
				l.report(FindingUnchecked, a, fmt.Sprintf("More than %d pairs of formats begin alike; the rest was not compared. Begin formats with a word.", maxPairs))
				return
			}
			l.pair(a, b)
		}
	}
}

// shortest is a shortest text that a format matches.
func (l *linter) shortest(e *entry) (string, bool) {
	text, ok, sure := newPairing(l.index.automaton.alphabet, e.program, e.program).find(true, l.fits(e))
	return text, ok || !sure
}

// fits checks a text of the search with the whole matcher, which also cuts off the tail.
func (l *linter) fits(entries ...*entry) func(string) bool {
	return func(text string) bool {
		return !slices.ContainsFunc(entries, func(e *entry) bool {
			params, err := l.parser.Parse(e.text, text, e.multiple)
			return err != nil || len(params) == 0
		})
	}
}

// pair compares two formats.
func (l *linter) pair(a, b *entry) {
	if a.rank.Compare(b.rank) > 0 || a.rank == b.rank && a.positionNo > b.positionNo {
		a, b = b, a
	}
	witness, ok, _ := newPairing(l.index.automaton.alphabet, a.program, b.program).find(true, l.fits(a, b))
	if !ok {
		return
	}
	wins := a.rank != b.rank || a.alias == b.alias
	if wins && l.covers(a, b) {
		l.against(FindingNever, b, a, witness).Text = fmt.Sprintf("Whatever matches this format also matches %q of %s, which wins. Take it away, or make it more exact.", a.text, a.alias.Ref())
		return
	}
	if a.alias == b.alias {
		return
	}
	if !wins {
		l.against(FindingAmbiguous, a, b, witness).Text = fmt.Sprintf("%q also matches %q of %s, and neither is more exact: people would be asked each time. Add a word to one of them.", witness, b.text, b.alias.Ref())
		return
	}
	l.against(FindingOverlap, b, a, witness).Text = fmt.Sprintf("%q also matches %q of %s, which wins because %s.", witness, a.text, a.alias.Ref(), a.rank.because(b.rank))
}

func (l *linter) against(kind FindingKind, e, other *entry, witness string) *Finding {
	f := l.report(kind, e, "")
	f.Other, f.Against, f.Witness = other.alias, other.text, witness
	return f
}

// covers reports whether a surely matches every text that b matches.
func (l *linter) covers(a, b *entry) bool {
	_, ok, sure := newPairing(l.index.automaton.alphabet, b.program, a.program).find(false, func(string) bool { return true })
	return !ok && sure
}

// because says in words why r wins over s.
func (r Rank) because(s Rank) string {
	switch {
	case r.Literal != s.Literal:
		return fmt.Sprintf("it asks for more fixed characters (%d against %d)", r.Literal, s.Literal)
	case r.Free != s.Free:
		return fmt.Sprintf("it has fewer parts that take any text (%d against %d)", r.Free, s.Free)
	}
	return fmt.Sprintf("it has fewer parts that may be missing (%d against %d)", r.Optional, s.Optional)
}

// parameters compares what the formats of an alias set with what its action takes.
func (l *linter) parameters(a *Alias, lookup func(string) ([]ActionParam, bool)) {
	if lookup == nil {
		return
	}
	params, ok := lookup(a.Action)
	if !ok {
		return
	}
	set := make(map[string]bool)
	for name := range a.Immutable {
		set[name] = true
	}
	for _, e := range l.index.entries {
		if e.alias != a {
			continue
		}
		for _, p := range e.params {
			if set[p.name] {
				continue
			}
			set[p.name] = true
			if !slices.ContainsFunc(params, func(q ActionParam) bool { return q.Name == p.name }) {
				l.report(FindingUnknown, e, fmt.Sprintf("The action %s has no parameter %q. Use one of: %s.", a.Action, p.name, names(params)))
			}
		}
	}
	for _, p := range params {
		if p.Required && !set[p.Name] {
			text := fmt.Sprintf("No format sets %q, which %s needs: people must type %s=… each time. Add {{%s}} to a format.", p.Name, a.Action, p.Name, p.Name)
			l.findings = append(l.findings, Finding{Kind: FindingMissing, Alias: a, Source: a.Source, Text: text})
		}
	}
}

func names(params []ActionParam) string {
	if len(params) == 0 {
		return "none, it takes no parameters"
	}
	out := make([]string, len(params))
	for i, p := range params {
		out[i] = p.Name
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
