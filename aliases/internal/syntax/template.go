package syntax

import "slices"

// piece is a {{…}} parameter found in a format. Positions count characters of the format.
type piece struct {
	start, end int // from the first { to after the last }
	before     int // where the white space begins that an optional parameter takes into its optional part
	space      []rune
	name       string
	fallback   string // the default; empty without one
	optional   bool
}

// template finds the parameters of a format the way StackStorm's two patterns do: first those with a default over the whole
// format, then those without in what lies between. Names are the shortest run without white space that fits.
func template(f []rune) []piece {
	if !slices.Contains(f, '{') {
		return nil
	}
	s := newScanner(f)
	found := s.pieces(0, len(f), s.optional)
	var all []piece
	at := 0
	for _, p := range found {
		all = append(all, s.pieces(at, p.before, s.required)...)
		all = append(all, p)
		at = p.end
	}
	return append(all, s.pieces(at, len(f), s.required)...)
}

// scanner knows for each place of a format what comes next, so that no search walks over the same text again: formats come from
// people, and a blank can stand for itself in four thousand places. A table is made when it is first asked for; most formats need
// one of them.
type scanner struct {
	f      []rune
	solid  []int32          // the next character that is no white space
	tables map[rune][]int32 // by what they find; see next
}

// What tables find beside the marks " ' and }: places, not characters.
const (
	anyPlace  rune = -1 // from which }} follows, white space aside
	lineBreak rune = '\n'
)

func newScanner(f []rune) *scanner {
	s := &scanner{f: f, solid: make([]int32, len(f)+2)}
	s.fill(s.solid, func(i int) bool { return !IsSpace(f[i]) })
	return s
}

// fill writes for each place the next one, itself included, that is found; the length of the format where there is none.
func (s *scanner) fill(table []int32, found func(i int) bool) {
	n := len(s.f)
	table[n], table[n+1] = int32(n), int32(n)
	for i := n - 1; i >= 0; i-- {
		table[i] = table[i+1]
		if found(i) {
			table[i] = int32(i)
		}
	}
}

// next returns the next place from i on that is a line break, or from which }} follows (anyPlace), or that holds a mark behind which
// }} follows.
func (s *scanner) next(what rune, i int) int {
	table := s.tables[what]
	if table == nil {
		if s.tables == nil {
			s.tables = map[rune][]int32{}
		}
		table = make([]int32, len(s.f)+2)
		s.fill(table, func(i int) bool {
			switch what {
			case lineBreak:
				return s.f[i] == '\n'
			case anyPlace:
				return s.closes(i, len(s.f))
			}
			return s.f[i] == what && s.closes(i+1, len(s.f))
		})
		s.tables[what] = table
	}
	return int(table[min(i, len(s.f))])
}

func (s *scanner) opens(i, to int) bool { return i+1 < to && s.f[i] == '{' && s.f[i+1] == '{' }

// closes reports whether }} follows a place, white space aside, before the end to.
func (s *scanner) closes(i, to int) bool {
	c := s.skip(i)
	return c+1 < to && s.f[c] == '}' && s.f[c+1] == '}'
}

// after is the place behind the }} that follows.
func (s *scanner) after(i int) int { return s.skip(i) + 2 }

// skip is the next place that is no white space.
func (s *scanner) skip(i int) int { return int(s.solid[i]) }

func (s *scanner) pieces(from, to int, match func(at, to int) (piece, bool)) []piece {
	var out []piece
	floor := from
	for i := from; i+1 < to; {
		p, ok := match(i, to)
		if !ok {
			i++
			continue
		}
		p.start, p.before = i, i
		for p.before > floor && IsSpace(s.f[p.before-1]) {
			p.before--
		}
		p.space = s.f[p.before:i]
		out = append(out, p)
		i, floor = p.end, p.end
	}
	return out
}

// required matches {{ name }} at a place.
func (s *scanner) required(at, to int) (piece, bool) {
	if !s.opens(at, to) {
		return piece{}, false
	}
	name := s.skip(at + 2)
	for e := name + 1; e <= to && !IsSpace(s.f[e-1]); e++ {
		if s.closes(e, to) {
			return piece{end: s.after(e), name: string(s.f[name:e])}, true
		}
	}
	return piece{}, false
}

// optional matches {{ name = default }} at a place. StackStorm looks for defaults across lines, and for the place to put the parameter
// within one line: where the two disagree we take the one line, and across lines is only taken to be refused.
func (s *scanner) optional(at, to int) (piece, bool) {
	if !s.opens(at, to) {
		return piece{}, false
	}
	if p, ok := s.optionalIn(at, to, false); ok {
		return p, true
	}
	return s.optionalIn(at, to, true)
}

func (s *scanner) optionalIn(at, to int, lines bool) (piece, bool) {
	name := s.skip(at + 2)
	for e := name + 1; e <= to && !IsSpace(s.f[e-1]); e++ {
		eq := s.skip(e)
		if eq >= to || s.f[eq] != '=' {
			continue
		}
		for v := min(s.skip(eq+1), to); v > eq; v-- {
			if text, end, ok := s.fallback(v, to, lines); ok {
				return piece{end: end, name: string(s.f[name:e]), fallback: text, optional: true}, true
			}
		}
	}
	return piece{}, false
}

// fallback matches a default and the closing braces: "" and ” first, then quoted text, a {…} block, and any text.
func (s *scanner) fallback(v, to int, lines bool) (text string, end int, ok bool) {
	f := s.f
	if v+1 < to && f[v] == f[v+1] && quoteMark.Has(f[v]) && s.closes(v+2, to) {
		return "", s.after(v + 2), true
	}
	if v < to {
		switch q := f[v]; q {
		case '"', '\'':
			if last, ok := s.until(v, to, q, lines); ok {
				return string(f[v+1 : last]), s.after(last + 1), true
			}
		case '{':
			if last, ok := s.until(v, to, '}', lines); ok {
				return string(f[v : last+1]), s.after(last + 1), true
			}
		}
	}
	if last := s.next(anyPlace, v+1); s.closes(last, to) && (lines || s.next(lineBreak, v) >= last) {
		return string(f[v:last]), s.after(last), true
	}
	return "", 0, false
}

// until finds the first mark after the one at a place, and not next to it, that white space and }} follow.
func (s *scanner) until(at, to int, mark rune, lines bool) (last int, ok bool) {
	last = s.next(mark, at+2)
	return last, last < to && s.closes(last+1, to) && (lines || s.next(lineBreak, at+1) >= last)
}
