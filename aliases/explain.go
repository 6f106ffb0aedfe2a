package aliases

import "slices"

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
	if c := e.rank.Compare(o.rank); c != 0 {
		return c
	}
	return e.positionNo - o.positionNo
}

// beats says why an entry wins over another.
func (e *entry) beats(o *entry) string {
	switch {
	case e.multiple != o.multiple:
		return "match_multiple formats are only asked when no other matches"
	case e.rank == o.rank:
		return "another format of the same alias comes first"
	}
	return "the winner comes first: " + e.rank.because(o.rank)
}
