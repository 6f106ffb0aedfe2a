package aliases

import (
	"strings"
	"unicode/utf8"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// input is a text as classes. StackStorm puts a blank on either side of the text before it matches, so place 0 lies before
// the first blank. At place b the character before is around[b] and the one after is around[b+1].
type input struct {
	text   string
	around []class
	offset []int32 // byte offset of each place in text; -1 is the place before the first blank
}

// load reads a text. Bytes that are no UTF-8 count as U+FFFD.
func (in *input) load(a *alphabet, text string) {
	in.text = text
	blank := a.of(' ')
	in.around = append(in.around[:0], outside, blank)
	in.offset = append(in.offset[:0], -1, 0)
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		i += size
		in.around = append(in.around, a.of(r))
		in.offset = append(in.offset, int32(i))
	}
	in.around = append(in.around, blank, outside)
	in.offset = append(in.offset, int32(len(text)+1))
}

// end is the last place.
func (in *input) end() int { return len(in.offset) - 1 }

// slice is the text between two places, the blanks around it included.
func (in *input) slice(from, to int32) string {
	lo, hi := int(in.offset[from]), int(in.offset[to])
	if lo >= 0 && hi <= len(in.text) {
		return in.text[lo:hi]
	}
	return (" " + in.text + " ")[lo+1 : hi+1]
}

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
	m.blank = syntax.IsSpace(r) && skipText(m.text, 0, true) == len(m.text) || m.text == ""
	return m
}

// put receives the values of one match. With set false the named part of the format took no part in the match.
type put func(name, value string, set bool)

// extract matches a format against a message whose characters are in s.input. For each match it asks next where to put the
// values; only the first match is taken without multiple. ok is false when the text does not fit.
func (f *format) extract(p *program, m message, s *scratch, next func() put, multiple bool) bool {
	place, ok := f.begin(m.text)
	if !ok || !s.reach.run(p, &s.input, place) {
		return multiple
	}
	w := &s.walk
	w.begin(&s.reach, 2*len(f.Values))
	ok = multiple
	w.each(func() bool {
		// StackStorm refuses a match of blank text that yields no value.
		ok = !m.blank || f.Text == "" || f.yields(w, m)
		if ok {
			f.collect(w, m, next())
		}
		return ok && multiple
	})
	return ok
}

// begin finds the place after the prefix of a format. The last character of the prefix may be the blank after the text.
func (f *format) begin(text string) (place int, ok bool) {
	if f.Prefix == "" {
		return 0, true
	}
	rest := strings.TrimLeftFunc(text, syntax.IsSpace)
	if !strings.HasPrefix(rest, f.Prefix) {
		if before, blank := strings.CutSuffix(f.Prefix, " "); !blank || before != rest {
			return 0, false
		}
	}
	return 1 + utf8.RuneCountInString(text[:len(text)-len(rest)]) + utf8.RuneCountInString(f.Prefix), true
}

// collect reads the captures, then the defaults, then the pairs of the tail, which win.
func (f *format) collect(w *walk, m message, put put) {
	for i, p := range f.Values {
		from, to := w.slots[2*i], w.slots[2*i+1]
		switch set := from >= 0 && to >= from; {
		case set && to > from:
			put(p.Name, w.in.slice(from, to), true)
		default:
			put(p.Name, p.Default, set || p.Optional)
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
