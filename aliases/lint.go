package aliases

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/aliases/internal/syntax"
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

// maxLintWork bounds the comparisons of one lint, in steps of the search: some ten seconds.
const maxLintWork = 200000000

// Lint checks aliases: formats that are refused, that never match or never win, or that match a text together with another alias;
// parameters that the action does not have, and required ones that no format sets. lookup tells an action's parameters; ok is
// false for an action that is not known, which is not lint's concern. Disabled aliases are not compared. When ctx ends Lint returns
// what it has found by then.
func Lint(ctx context.Context, list []*Alias, lookup func(action string) (params []ActionParam, ok bool)) []Finding {
	l := newLinter(list)
	l.formats(ctx)
	for _, a := range l.aliases {
		l.parameters(a, lookup)
	}
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Alias.Ref(), b.Alias.Ref()), cmp.Compare(a.Format, b.Format))
	})
	return l.findings
}

type linter struct {
	aliases  []*Alias
	entries  []*entry
	alphabet *alphabet
	steps    map[*entry]*stepper
	sample   map[*entry]string // a text that the format matches
	parser   Parser
	work     int
	findings []Finding
}

// newLinter parses the aliases and compiles each format as a match of the whole text.
func newLinter(list []*Alias) *linter {
	l := &linter{steps: make(map[*entry]*stepper), sample: make(map[*entry]string)}
	sets := newSetNumbers()
	for _, s := range []lookSet{{set: syntax.Space}, {set: syntax.Any}, {edge: true}} {
		sets.of(s)
	}
	for _, a := range sortAliases(list) {
		entries, problems := parseAlias(a, l.parser.Options.withDefaults())
		for _, p := range problems {
			l.findings = append(l.findings, Finding{
				Kind: FindingRefused, Alias: a, Source: p.Source, Format: p.Format,
				Text: fmt.Sprintf("The format is wrong at byte %d. %s", p.Offset, p.Text),
			})
		}
		if !a.Enabled {
			continue
		}
		l.aliases = append(l.aliases, a)
		for _, e := range entries {
			e.positionNo = len(l.entries)
			l.entries = append(l.entries, e)
			sets.tree(e.Tree)
		}
	}
	l.alphabet = sets.build()
	link := &linker{alphabet: l.alphabet}
	for _, e := range l.entries {
		whole := &format{&syntax.Format{Rest: syntax.Seq{Parts: wholeText(e.Tree)}}}
		l.steps[e] = newStepper(whole.compile(link))
	}
	return l
}

func (l *linter) report(kind FindingKind, e *entry, text string) *Finding {
	source := cmp.Or(e.alias.Formats[e.formatNo].Source, e.alias.Source)
	l.findings = append(l.findings, Finding{Kind: kind, Alias: e.alias, Source: source, Format: e.Text, Text: text})
	return &l.findings[len(l.findings)-1]
}

// formats looks at each format alone and then at the pairs that could match one text: where one literal beginning is the start
// of the other. Sorted by their beginnings, those of one format stand in one run.
func (l *linter) formats(ctx context.Context) {
	var alive []*entry
	for _, e := range l.entries {
		if ctx.Err() != nil {
			return
		}
		if why := l.never(e); why != "" {
			l.report(FindingNever, e, why)
			continue
		}
		alive = append(alive, e)
	}
	slices.SortStableFunc(alive, func(a, b *entry) int { return cmp.Compare(a.Prefix, b.Prefix) })
	for i, a := range alive {
		for _, b := range alive[i+1:] {
			if ctx.Err() != nil || !strings.HasPrefix(b.Prefix, a.Prefix) {
				break
			}
			if a.multiple != b.multiple {
				continue
			}
			if l.work > maxLintWork {
				l.report(FindingUnchecked, a, "Too many formats begin alike: this one and those after it were not compared with all others. Begin formats with a word.")
				return
			}
			l.pair(a, b)
		}
	}
}

// never says why no text matches a format, or nothing.
func (l *linter) never(e *entry) string {
	search := func(fits func(string) bool) bool {
		text, ok, sure := l.search(e, e, true, fits)
		l.sample[e] = text
		return ok || !sure
	}
	switch {
	case search(l.fits(e)):
		return ""
	case search(func(string) bool { return true }):
		return "No text can match this format: whatever would ends in key=value pairs, which are cut off first. Write the pairs as parameters."
	case e.OwnAnchors:
		return "No text can match this format: it sees a text with a blank on either side. Write ^\\s* and \\s*$, or leave the anchors out."
	}
	return "No text can match this format: its parts rule each other out. Change it or take it away."
}

// search looks for a text that a matches and b matches as well, or does not.
func (l *linter) search(a, b *entry, both bool, fits func(string) bool) (text string, ok, sure bool) {
	p := newPairing(l.alphabet, l.steps[a], l.steps[b])
	text, ok, sure = p.find(both, fits)
	l.work += p.work
	return text, ok, sure
}

// fits checks a text of the search with the whole matcher, which also cuts off the tail.
func (l *linter) fits(entries ...*entry) func(string) bool {
	return func(text string) bool {
		return !slices.ContainsFunc(entries, func(e *entry) bool {
			params, err := l.parser.Parse(e.Text, text, e.multiple)
			return err != nil || len(params) == 0
		})
	}
}

// pair compares two formats.
func (l *linter) pair(a, b *entry) {
	if a.Rank.Compare(b.Rank) > 0 || a.Rank == b.Rank && a.positionNo > b.positionNo {
		a, b = b, a
	}
	witness, ok, _ := l.search(a, b, true, l.fits(a, b))
	if !ok {
		return
	}
	wins := a.Rank != b.Rank || a.alias == b.alias
	if wins && l.covers(a, b) {
		l.against(FindingNever, b, a, witness).Text = fmt.Sprintf("Whatever matches this format also matches %q of %s, which wins. Take it away, or make it more exact.", a.Text, a.alias.Ref())
		return
	}
	if a.alias == b.alias {
		return
	}
	if !wins {
		l.against(FindingAmbiguous, a, b, witness).Text = fmt.Sprintf("%q also matches %q of %s, and neither is more exact: people would be asked each time. Add a word to one of them.", witness, b.Text, b.alias.Ref())
		return
	}
	l.against(FindingOverlap, b, a, witness).Text = fmt.Sprintf("%q also matches %q of %s, which wins because %s.", witness, a.Text, a.alias.Ref(), a.Rank.Because(b.Rank))
}

func (l *linter) against(kind FindingKind, e, other *entry, witness string) *Finding {
	f := l.report(kind, e, "")
	f.Other, f.Against, f.Witness = other.alias, other.Text, witness
	return f
}

// covers reports whether a surely matches every text that b matches.
func (l *linter) covers(a, b *entry) bool {
	if !l.fits(a)(l.sample[b]) {
		return false
	}
	_, ok, sure := l.search(b, a, false, func(string) bool { return true })
	return !ok && sure
}

// parameters compares what the formats of an alias set with what its action takes.
func (l *linter) parameters(a *Alias, lookup func(string) ([]ActionParam, bool)) {
	if lookup == nil || !slices.ContainsFunc(l.entries, func(e *entry) bool { return e.alias == a }) {
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
	for _, e := range l.entries {
		if e.alias != a {
			continue
		}
		for _, p := range e.Values {
			if set[p.Name] {
				continue
			}
			set[p.Name] = true
			if !slices.ContainsFunc(params, func(q ActionParam) bool { return q.Name == p.Name }) {
				l.report(FindingUnknown, e, fmt.Sprintf("The action %s has no parameter %q. Use one of: %s.", a.Action, p.Name, names(params)))
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
