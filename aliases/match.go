package aliases

import (
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Match is one execution that a text asks for.
type Match struct {
	Alias          *Alias
	Format         int // index in Alias.Formats
	Representation int // index in the format's representations
	// Params are the values as typed, with defaults and the key=value pairs of the tail; a part of the format that took no part
	// in the match is absent.
	Params map[string]string
}

// Candidate is a representation that matches a text.
type Candidate struct {
	Alias          *Alias
	Format         int
	Representation int
	Rank           Rank
}

// Shown is the display text of the candidate's format.
func (c Candidate) Shown() string { return c.Alias.Formats[c.Format].Shown() }

// Outcome is the answer to one text. Nothing is set when no alias matches.
type Outcome struct {
	Matches   []Match     // one; several only for a match_multiple format
	Ambiguous []Candidate // two or more aliases of equal rank, ordered by ref; then there are no matches
	Err       error       // the text matches, but sets a parameter that the alias fixes; then there are no matches
}

// Match finds the alias that a text asks for.
func (x *Index) Match(text string) Outcome {
	if len(text) > x.options.MaxText {
		return Outcome{}
	}
	s := x.borrow()
	defer x.give(s)
	m := newMessage(text)
	found := x.matching(m, s)
	for _, multiple := range []bool{false, true} {
		if best := x.best(found, multiple); len(best) > 0 {
			return x.outcome(best, m, s)
		}
	}
	return Outcome{}
}

// matching finds the numbers of the entries that match. The list lives in the scratch.
func (x *Index) matching(m message, s *indexScratch) []int32 {
	s.input.load(x.automaton.alphabet, m.text)
	found := s.simulation.run(x.automaton, &s.input, x.options.CacheBytes)
	if !m.blank {
		return found
	}
	// Blank text fits every format whose parts may all be missing; only those that yield a value count.
	return slices.DeleteFunc(found, func(i int32) bool {
		e, some := x.entries[i], false
		e.extract(e.program, m, &s.scratch, func() put { some = true; return func(string, string, bool) {} }, false)
		return !some
	})
}

// best moves the entries of the highest rank to the front and returns them, in their order.
func (x *Index) best(found []int32, multiple bool) []int32 {
	n := 0
	for i, id := range found {
		e := x.entries[id]
		if e.multiple != multiple {
			continue
		}
		if n > 0 {
			switch c := e.Rank.Compare(x.entries[found[0]].Rank); {
			case c > 0:
				continue
			case c < 0:
				n = 0
			}
		}
		found[n], found[i] = found[i], found[n]
		n++
	}
	slices.Sort(found[:n])
	return found[:n]
}

// outcome reads the values for the winner. Entries are numbered by alias, so one alias is the winner if it holds the first and
// the last of them; of its representations the one that is written first counts.
func (x *Index) outcome(best []int32, m message, s *indexScratch) Outcome {
	e := x.entries[best[0]]
	if x.entries[best[len(best)-1]].alias != e.alias {
		return Outcome{Ambiguous: x.candidates(best)}
	}
	var out Outcome
	e.extract(e.program, m, &s.scratch, func() put {
		params := make(map[string]string, len(e.Values)+len(m.pairs))
		out.Matches = append(out.Matches, Match{e.alias, e.formatNo, e.repNo, params})
		return func(name, value string, set bool) {
			if set {
				params[name] = value
			}
		}
	}, e.multiple)
	for _, match := range out.Matches {
		if err := checkImmutable(match); err != nil {
			return Outcome{Err: err}
		}
	}
	return out
}

// candidates lists the aliases of entries, each once.
func (x *Index) candidates(ids []int32) []Candidate {
	var out []Candidate
	for _, id := range ids {
		e := x.entries[id]
		if len(out) == 0 || out[len(out)-1].Alias != e.alias {
			out = append(out, e.candidate())
		}
	}
	return out
}

func (e *entry) candidate() Candidate { return Candidate{e.alias, e.formatNo, e.repNo, e.Rank} }

// checkImmutable refuses a match that sets what the alias fixes, as StackStorm does.
func checkImmutable(m Match) error {
	var names []string
	for name := range m.Alias.Immutable {
		if _, ok := m.Params[name]; ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	text := fmt.Sprintf("%s fixes %s. Leave that out and send the command again.", m.Alias.Ref(), strings.Join(names, ", "))
	return bot.E(bot.CodeInvalid, "alias.index.match", text, nil)
}

// Explanation says how a text was matched, for people who write aliases.
type Explanation struct {
	Text    string   // what the formats were matched against: the text without its tail
	Pairs   []string // key=value of the tail, in order
	Outcome Outcome
	Lost    []Lost // those that also match, nearest to winning first
}

// Lost is a representation that matches but did not win.
type Lost struct {
	Candidate
	Why string
}

// Explain matches a text as Match does, and tells why the others that match did not win.
func (x *Index) Explain(text string) Explanation {
	m := newMessage(text)
	ex := Explanation{Text: m.text, Outcome: x.Match(text)}
	for _, p := range m.pairs {
		ex.Pairs = append(ex.Pairs, p.key+"="+p.value)
	}
	if len(text) > x.options.MaxText {
		return ex
	}
	s := x.borrow()
	defer x.give(s)
	found := slices.Clone(x.matching(m, s))
	best := slices.Clone(x.best(found, false))
	if len(best) == 0 {
		best = slices.Clone(x.best(found, true))
	}
	slices.SortFunc(found, func(a, b int32) int { return x.entries[a].order(x.entries[b]) })
	for _, id := range found {
		if e := x.entries[id]; id != best[0] && !(len(ex.Outcome.Ambiguous) > 0 && slices.Contains(best, id)) {
			ex.Lost = append(ex.Lost, Lost{e.candidate(), x.entries[best[0]].beats(e)})
		}
	}
	return ex
}

// order sorts entries by who wins.
func (e *entry) order(o *entry) int {
	if e.multiple != o.multiple {
		if o.multiple {
			return -1
		}
		return 1
	}
	if c := e.Rank.Compare(o.Rank); c != 0 {
		return c
	}
	return e.positionNo - o.positionNo
}

// beats says why an entry wins over another.
func (e *entry) beats(o *entry) string {
	switch {
	case e.multiple != o.multiple:
		return "match_multiple formats are only asked when no other matches"
	case e.Rank == o.Rank:
		return "another format of the same alias comes first"
	}
	return "the winner comes first: " + e.Rank.Because(o.Rank)
}
