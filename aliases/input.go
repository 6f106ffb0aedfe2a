package aliases

import "unicode/utf8"

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
