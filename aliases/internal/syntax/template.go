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
	found := scanPieces(f, 0, len(f), matchOptional)
	var all []piece
	at := 0
	for _, p := range found {
		all = append(all, scanPieces(f, at, p.before, matchRequired)...)
		all = append(all, p)
		at = p.end
	}
	return append(all, scanPieces(f, at, len(f), matchRequired)...)
}

func scanPieces(f []rune, from, to int, match func(f []rune, at int) (piece, bool)) []piece {
	var out []piece
	floor := from
	for i := from; i+1 < to; {
		p, ok := match(f[:to], i)
		if !ok {
			i++
			continue
		}
		p.start, p.before = i, i
		for p.before > floor && IsSpace(f[p.before-1]) {
			p.before--
		}
		p.space = f[p.before:i]
		out = append(out, p)
		i, floor = p.end, p.end
	}
	return out
}

func opensAt(f []rune, i int) bool  { return i+1 < len(f) && f[i] == '{' && f[i+1] == '{' }
func closesAt(f []rune, i int) bool { return i+1 < len(f) && f[i] == '}' && f[i+1] == '}' }

func skipSpace(f []rune, i int) int {
	for i < len(f) && IsSpace(f[i]) {
		i++
	}
	return i
}

// matchRequired matches {{ name }} at a place.
func matchRequired(f []rune, at int) (piece, bool) {
	if !opensAt(f, at) {
		return piece{}, false
	}
	name := skipSpace(f, at+2)
	for e := name + 1; e <= len(f) && !IsSpace(f[e-1]); e++ {
		if c := skipSpace(f, e); closesAt(f, c) {
			return piece{end: c + 2, name: string(f[name:e])}, true
		}
	}
	return piece{}, false
}

// matchOptional matches {{ name = default }} at a place. StackStorm looks for defaults across lines, and for the place to put
// the parameter within one line: where the two disagree we take the one line, and across lines is only taken to be refused.
func matchOptional(f []rune, at int) (piece, bool) {
	if !opensAt(f, at) {
		return piece{}, false
	}
	if p, ok := matchOptionalIn(f, at, false); ok {
		return p, true
	}
	return matchOptionalIn(f, at, true)
}

func matchOptionalIn(f []rune, at int, lines bool) (piece, bool) {
	name := skipSpace(f, at+2)
	for e := name + 1; e <= len(f) && !IsSpace(f[e-1]); e++ {
		eq := skipSpace(f, e)
		if eq >= len(f) || f[eq] != '=' {
			continue
		}
		for v := skipSpace(f, eq+1); v > eq; v-- {
			if text, end, ok := matchDefault(f, v, lines); ok {
				return piece{end: end, name: string(f[name:e]), fallback: text, optional: true}, true
			}
		}
	}
	return piece{}, false
}

// matchDefault matches a default and the closing braces: "" and ” first, then quoted text, a {…} block, and any text.
func matchDefault(f []rune, v int, lines bool) (text string, end int, ok bool) {
	if v+1 < len(f) && f[v] == f[v+1] && quoteMark.Has(f[v]) {
		if c := skipSpace(f, v+2); closesAt(f, c) {
			return "", c + 2, true
		}
	}
	if v < len(f) {
		switch q := f[v]; q {
		case '"', '\'':
			if last, end, ok := untilClose(f, v, q, lines); ok {
				return string(f[v+1 : last]), end, true
			}
		case '{':
			if last, end, ok := untilClose(f, v, '}', lines); ok {
				return string(f[v : last+1]), end, true
			}
		}
	}
	for last := v + 1; last < len(f) && (lines || f[last-1] != '\n'); last++ {
		if c := skipSpace(f, last); closesAt(f, c) {
			return string(f[v:last]), c + 2, true
		}
	}
	return "", 0, false
}

// untilClose finds the first mark after the one at a place, and not next to it, that white space and }} follow.
func untilClose(f []rune, at int, mark rune, lines bool) (last, end int, ok bool) {
	for i := at + 2; i < len(f) && (lines || f[i-1] != '\n'); i++ {
		if f[i] != mark {
			continue
		}
		if c := skipSpace(f, i+1); closesAt(f, c) {
			return i, c + 2, true
		}
	}
	return 0, 0, false
}
