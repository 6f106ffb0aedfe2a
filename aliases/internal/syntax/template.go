package syntax

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
// people, and a blank can stand for itself in four thousand places.
type scanner struct {
	f        []rune
	solid    []int          // the next character that is no white space
	newline  []int          // the next line break
	closing  []int          // the next place from which }} follows, white space aside
	lastMark map[rune][]int // by mark: the next one behind which }} follows, white space aside
}

func newScanner(f []rune) *scanner {
	n := len(f)
	table := func() []int {
		t := make([]int, n+2)
		t[n], t[n+1] = n, n
		return t
	}
	s := &scanner{f: f, solid: table(), newline: table(), closing: table(), lastMark: map[rune][]int{'"': table(), '\'': table(), '}': table()}}
	for i := n - 1; i >= 0; i-- {
		s.solid[i], s.newline[i], s.closing[i] = s.solid[i+1], s.newline[i+1], s.closing[i+1]
		if !IsSpace(f[i]) {
			s.solid[i] = i
		}
		if f[i] == '\n' {
			s.newline[i] = i
		}
		if s.closes(i, n) {
			s.closing[i] = i
		}
		for mark, t := range s.lastMark {
			t[i] = t[i+1]
			if f[i] == mark && s.closes(i+1, n) {
				t[i] = i
			}
		}
	}
	return s
}

func (s *scanner) opens(i, to int) bool { return i+1 < to && s.f[i] == '{' && s.f[i+1] == '{' }

// closes reports whether }} follows a place, white space aside, before the end to.
func (s *scanner) closes(i, to int) bool {
	c := s.solid[i]
	return c+1 < to && s.f[c] == '}' && s.f[c+1] == '}'
}

// after is the place behind the }} that follows.
func (s *scanner) after(i int) int { return s.solid[i] + 2 }

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
	name := s.solid[at+2]
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
	name := s.solid[at+2]
	for e := name + 1; e <= to && !IsSpace(s.f[e-1]); e++ {
		eq := s.solid[e]
		if eq >= to || s.f[eq] != '=' {
			continue
		}
		for v := min(s.solid[eq+1], to); v > eq; v-- {
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
	if last := s.closing[min(v+1, len(f))]; s.closes(last, to) && (lines || s.newline[v] >= last) {
		return string(f[v:last]), s.after(last), true
	}
	return "", 0, false
}

// until finds the first mark after the one at a place, and not next to it, that white space and }} follow.
func (s *scanner) until(at, to int, mark rune, lines bool) (last int, ok bool) {
	last = s.lastMark[mark][min(at+2, len(s.f))]
	return last, last < to && s.closes(last+1, to) && (lines || s.newline[at+1] >= last)
}
