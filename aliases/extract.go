package aliases

import "unicode/utf8"

// scratch is the memory of one matching. It is used by one goroutine at a time and kept for the next.
type scratch struct {
	input input
	reach reach
	walk  walk
}

// keepScratch is how large a scratch may have grown to be kept.
const keepScratch = 1 << 21

func (s *scratch) small() bool {
	return 8*cap(s.reach.rows)+4*cap(s.input.offset)+2*cap(s.input.around) < keepScratch
}

// message is a text cut into what formats match and the key=value tail.
type message struct {
	text  string
	pairs []pair
	blank bool
}

func newMessage(text string) message {
	m := message{text: text}
	if start := tailStart(text); start < len(text) {
		m.text, m.pairs = text[:start], tailPairs(text[start:])
	}
	r, _ := utf8.DecodeRuneInString(m.text)
	m.blank = isSpace(r) && skipText(m.text, 0, true) == len(m.text) || m.text == ""
	return m
}

// put receives the values of one match. With set false the named part of the format took no part in the match.
type put func(name, value string, set bool)

// extract matches a format against a message whose characters are in s.input. For each match it asks next where to put the
// values; only the first match is taken without multiple. ok is false when the text does not fit.
func (f *format) extract(p *program, m message, s *scratch, next func() put, multiple bool) (ok bool) {
	if !s.reach.run(p, &s.input) {
		return multiple
	}
	w := &s.walk
	w.begin(&s.reach, 2*len(f.params))
	ok = multiple
	w.each(func() bool {
		// StackStorm refuses a match of blank text that yields no value.
		ok = !m.blank || f.text == "" || f.yields(w, m)
		if ok {
			f.collect(w, m, next())
		}
		return ok && multiple
	})
	return ok
}

// collect reads the captures, then the defaults, then the pairs of the tail, which win.
func (f *format) collect(w *walk, m message, put put) {
	for i, p := range f.params {
		from, to := w.slots[2*i], w.slots[2*i+1]
		switch set := from >= 0 && to >= from; {
		case set && to > from:
			put(p.name, w.in.slice(from, to), true)
		default:
			put(p.name, p.fallback, set || p.optional)
		}
	}
	for _, p := range m.pairs {
		put(p.key, p.value, true)
	}
}

// yields reports whether a match yields any text.
func (f *format) yields(w *walk, m message) bool {
	some := false
	f.collect(w, m, func(_, value string, _ bool) { some = some || value != "" })
	return some
}
