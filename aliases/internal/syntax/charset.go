package syntax

import (
	"slices"
	"strconv"
	"unicode"
)

// Set is a set of characters: sorted pairs (first, last), both inclusive, that neither overlap nor touch. It is immutable.
type Set []rune

// newSet builds a set from pairs (first, last) in any order.
func newSet(pairs ...rune) Set {
	type span struct{ lo, hi rune }
	spans := make([]span, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		spans = append(spans, span{pairs[i], pairs[i+1]})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.lo - b.lo) })
	set := make(Set, 0, len(pairs))
	for _, s := range spans {
		if n := len(set); n > 0 && s.lo <= set[n-1]+1 {
			set[n-1] = max(set[n-1], s.hi)
			continue
		}
		set = append(set, s.lo, s.hi)
	}
	return set
}

// single is the set of one character.
func single(r rune) Set { return Set{r, r} }

func (s Set) union(t Set) Set {
	return newSet(append(slices.Clone(s), t...)...)
}

// not is the complement.
func (s Set) not() Set {
	var out Set
	next := rune(0)
	for i := 0; i < len(s); i += 2 {
		if s[i] > next {
			out = append(out, next, s[i]-1)
		}
		next = s[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// Has reports whether a character is in the set.
func (s Set) Has(r rune) bool {
	i, found := slices.BinarySearch(s, r)
	return found || i%2 == 1
}

// One reports the only character of the set.
func (s Set) One() (rune, bool) {
	if len(s) == 2 && s[0] == s[1] {
		return s[0], true
	}
	return 0, false
}

// AppendKey appends a short name that two sets share exactly when they are equal.
func (s Set) AppendKey(b []byte) []byte {
	for _, r := range s {
		b = append(strconv.AppendInt(b, int64(r), 36), ',')
	}
	return b
}

// foldWide is the size from which a span is folded by the upper and lower tables as a whole: such spans hold both cases of
// nearly everything already, and walking a million characters per class would make loading slow.
const foldWide = 0x3000

// fold adds the other cases of each character, as Python's re.IGNORECASE does. Python also holds i, dotless i and dotted
// capital I for equal, which Unicode's simple folding does not.
func (s Set) fold() Set {
	pairs := slices.Clone(s)
	for i := 0; i < len(s); i += 2 {
		if s[i+1]-s[i] > foldWide {
			continue
		}
		for r := s[i]; r <= s[i+1]; r++ {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				pairs = append(pairs, f, f)
			}
		}
	}
	folded := newSet(pairs...)
	for _, r := range "iIıİ" {
		if folded.Has(r) {
			return folded.union(newSet('i', 'i', 'I', 'I', 'ı', 'ı', 'İ', 'İ'))
		}
	}
	return folded
}

// tableSet turns Unicode tables into a set.
func tableSet(tables ...*unicode.RangeTable) Set {
	var pairs []rune
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			pairs = append(pairs, lo, hi)
			return
		}
		for r := lo; r <= hi; r += stride {
			pairs = append(pairs, r, r)
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(pairs...)
}

// Sets that many formats share.
var (
	// Any holds all characters.
	Any = Set{0, unicode.MaxRune}

	newline                  = single('\n')
	notNewline               = newline.not()
	openBrace, closeBrace    = single('{'), single('}')
	singleQuote, doubleQuote = single('\''), single('"')
	quoteMark                = newSet('"', '"', '\'', '\'')
)

// The classes of Python's re for text: \s is str.isspace, \d is category Nd, \w is str.isalnum and the underscore.
var (
	// Space is \s.
	Space = newSet(
		'\t', '\r', 0x1c, ' ', 0x85, 0x85, 0xa0, 0xa0, 0x1680, 0x1680,
		0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
	)

	digitSet   = tableSet(unicode.Nd)
	wordSet    = tableSet(unicode.L, unicode.N).union(single('_'))
	asciiSpace = newSet('\t', '\r', ' ', ' ')
	asciiDigit = newSet('0', '9')
	asciiWord  = newSet('0', '9', 'A', 'Z', '_', '_', 'a', 'z')
)

// IsSpace reports what \s matches. It is on the hot path, so the common characters are asked first.
func IsSpace(r rune) bool {
	if r < 0x80 {
		return r == ' ' || r >= '\t' && r <= '\r' || r >= 0x1c && r <= 0x1f
	}
	return Space.Has(r)
}

// First is the smallest character, or 0 for the empty set.
func (s Set) First() rune {
	if len(s) == 0 {
		return 0
	}
	return s[0]
}
