package nodeset

import "strconv"

// maxName is the longest name, in characters: what the DNS allows for a host name (RFC 1035 section 2.3.4).
const maxName = 255

// countLimit is where counting stops. It leaves room to add two counts in 64 bits.
const countLimit uint64 = 1_000_000_000_000_000_000

// operand is one name, pattern or group as written: texts and brackets by turns.
type operand struct {
	at    int // byte offset in the text
	group bool
	parts []part
}

// part is a text, which may be empty, and the bracket behind it. The last part of an operand, and only that, has no bracket.
type part struct {
	literal string
	spans   []span
}

// span is one entry of a bracket: first, first+step, … up to last, each written with at least width digits.
type span struct {
	first, last, step uint64
	width             int
}

// count returns how many names the operand expands to, countLimit at most. Names written twice count twice.
func (o operand) count() uint64 {
	total := uint64(1)
	for _, p := range o.parts {
		if p.spans == nil {
			continue
		}
		var n uint64
		for _, sp := range p.spans {
			n = min(countLimit, n+(sp.last-sp.first)/sp.step+1)
		}
		if n > countLimit/total {
			return countLimit
		}
		total *= n
	}
	return total
}

// countText writes a count for people.
func countText(n uint64) string {
	if n == countLimit {
		return "at least " + strconv.FormatUint(n, 10)
	}
	return strconv.FormatUint(n, 10)
}

// longest returns the length of the longest name.
func (o operand) longest() int {
	total := 0
	for _, p := range o.parts {
		longest := 0
		for _, sp := range p.spans {
			longest = max(longest, sp.width, len(strconv.FormatUint(sp.last, 10)))
		}
		total += len(p.literal) + longest
	}
	return total
}

// expand returns all count names, the rightmost bracket running fastest.
func (o operand) expand(count int) []string {
	return appendNames(make([]string, 0, count), make([]byte, 0, o.longest()), o.parts)
}

// appendNames appends every name that begins with prefix and goes on with parts.
func appendNames(names []string, prefix []byte, parts []part) []string {
	prefix = append(prefix, parts[0].literal...)
	if parts[0].spans == nil {
		return append(names, string(prefix))
	}
	for _, sp := range parts[0].spans {
		for n := sp.first; n <= sp.last; n += sp.step {
			names = appendNames(names, appendNumber(prefix, n, sp.width), parts[1:])
		}
	}
	return names
}

// appendNumber appends n with leading zeros up to width digits.
func appendNumber(text []byte, n uint64, width int) []byte {
	var buffer [20]byte
	number := strconv.AppendUint(buffer[:0], n, 10)
	for range width - len(number) {
		text = append(text, '0')
	}
	return append(text, number...)
}
