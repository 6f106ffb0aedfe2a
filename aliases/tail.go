package aliases

import (
	"strings"
	"unicode/utf8"

	"github.com/petrelops/petrel/aliases/internal/syntax"
)

// pair is one key=value of the tail of a text.
type pair struct{ key, value string }

// suffix says what the rest of a text, from some place on, can be. Each field names the piece that comes first; the pieces of a
// pair follow in the order white space, key, white space, =, value.
type suffix struct {
	loop   bool // more pairs, or the end
	after  bool // white space, then loop
	space  bool // the white space before a key
	key    bool // a key, or the rest of one
	blank  bool // white space, or none, before the =
	equal  bool // the =
	value  bool // a value
	word   bool // the rest of an unquoted value
	brace  bool // the rest of a {…} value with at least one character before the }
	closes bool // the } of such a value
	double bool // the rest of a "…" value
	single bool // the rest of a '…' value
}

// before extends the text by one character to the left.
func (s suffix) before(r rune, first bool) suffix {
	white := syntax.IsSpace(r)
	t := suffix{
		space:  white && (s.key || s.space),
		key:    !white && (s.blank || s.key),
		equal:  r == '=' && s.value,
		word:   !white && (s.after || s.word),
		brace:  s.brace || s.closes,
		closes: r == '}' && s.after,
		double: s.double || r == '"' && s.after,
		single: s.single || r == '\'' && s.after,
	}
	t.value = t.word || r == '"' && s.double || r == '\'' && s.single || r == '{' && s.brace
	t.blank = t.equal || white && s.blank
	t.loop = t.space || first && t.key
	t.after = t.loop || white && s.after
	return t
}

// tailStart finds where the longest run of key=value pairs that ends a text begins, white space before it included, or
// len(text) when there is none. It reads the text once, from its end. Source: StackStorm, match_kv_pairs_at_end.
func tailStart(text string) int {
	start := len(text)
	if !strings.Contains(text, "=") {
		return start
	}
	s := suffix{loop: true, after: true}
	for i := len(text); i > 0 && s != (suffix{}); {
		r, size := utf8.DecodeLastRuneInString(text[:i])
		i -= size
		s = s.before(r, i == 0)
		if s.loop {
			start = i
		}
	}
	return start
}

// tailPairs reads the pairs of a tail from its start, each as short as it can be.
func tailPairs(tail string) []pair {
	var pairs []pair
	none := [utf8.RuneSelf]bool{} // closing marks that are known not to come any more
	for i := 0; i < len(tail); {
		key := skipText(tail, i, true)
		if key == i && i > 0 {
			i = skipText(tail, i, false)
			continue
		}
		p, end := readPair(tail, key, &none)
		if end > 0 {
			pairs = append(pairs, p)
			i = end
			continue
		}
		i = skipText(tail, key, false)
	}
	return pairs
}

// skipText returns the first place at or after i whose character is no white space (or is, with white false).
func skipText(s string, i int, white bool) int {
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if syntax.IsSpace(r) != white {
			break
		}
		i += size
	}
	return i
}

// readPair reads a pair whose key begins at a place. end is 0 when there is none.
func readPair(s string, key int, none *[utf8.RuneSelf]bool) (p pair, end int) {
	word := skipText(s, key, false)
	if word == key {
		return pair{}, 0
	}
	_, size := utf8.DecodeRuneInString(s[key:])
	for i := key + size; i < word; i++ {
		if s[i] == '=' && i+1 < word {
			value, end := readValue(s, i+1, none)
			return pair{s[key:i], value}, end
		}
	}
	equal := skipText(s, word, true)
	if equal >= len(s) || s[equal] != '=' || skipText(s, equal+1, true) != equal+1 || equal+1 == len(s) {
		return pair{}, 0
	}
	value, end := readValue(s, equal+1, none)
	return pair{s[key:word], value}, end
}

// readValue reads "", ”, "…", '…' or {…} where they close, and a word otherwise.
func readValue(s string, at int, none *[utf8.RuneSelf]bool) (value string, end int) {
	mark := s[at]
	switch mark {
	case '"', '\'':
		if at+1 < len(s) && s[at+1] == mark {
			return "", at + 2
		}
		if last := closing(s, at, mark, none); last > 0 {
			return s[at+1 : last], last + 1
		}
	case '{':
		if last := closing(s, at, '}', none); last > 0 {
			return s[at : last+1], last + 1
		}
	}
	end = skipText(s, at, false)
	return s[at:end], end
}

// closing finds the first mark with at least one character before it, or 0.
func closing(s string, at int, mark byte, none *[utf8.RuneSelf]bool) int {
	if at+1 >= len(s) || none[mark] {
		return 0
	}
	_, size := utf8.DecodeRuneInString(s[at+1:])
	from := at + 1 + size
	i := strings.IndexByte(s[from:], mark)
	if i < 0 {
		none[mark] = true
		return 0
	}
	return from + i
}
