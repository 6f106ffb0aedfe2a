package nodeset

import (
	"cmp"
	"slices"
)

// number is a number as written in a name.
type number struct {
	value uint64
	start int // byte offset in the name
	width int // digits, leading zeros included
}

func (n number) padded() bool { return n.width > 1 && n.value < pow10(n.width-1) }

func pow10(exponent int) uint64 {
	p := uint64(1)
	for range exponent {
		p *= 10
	}
	return p
}

// split finds the numbers of a name that can be folded.
func split(name string) []number {
	if !isName(name) {
		return nil
	}
	var numbers []number
	for i := 0; i < len(name) && len(numbers) < maxAxes; i++ {
		start := i
		for i < len(name) && isDigit(name[i]) {
			i++
		}
		if width := i - start; width > 0 && width <= maxDigits {
			numbers = append(numbers, number{value: value(name[start:i]), start: start, width: width})
		}
	}
	return numbers
}

// isName tells whether Parse reads name as just this one name.
func isName(name string) bool {
	if name == "" || len(name) > maxName || !canBegin(name[0]) {
		return false
	}
	for i := range len(name) {
		if !isNameByte(name[i]) {
			return false
		}
	}
	return true
}

// literals returns the text around the numbers.
func literals(name string, numbers []number) []string {
	texts := make([]string, 0, len(numbers)+1)
	end := 0
	for _, n := range numbers {
		texts = append(texts, name[end:n.start])
		end = n.start + n.width
	}
	return append(texts, name[end:])
}

// appendShape appends the name with a zero byte for each number.
func appendShape(text []byte, name string, numbers []number) []byte {
	end := 0
	for _, n := range numbers {
		text = append(text, name[end:n.start]...)
		text = append(text, 0)
		end = n.start + n.width
	}
	return append(text, name[end:]...)
}

// foldNumbers writes numbers (one at least) as "7" or "[1-4,7]", shorter ones first, as ClusterShell does: [8-9,08,10].
func foldNumbers(numbers []number) string {
	slices.SortFunc(numbers, func(a, b number) int {
		return cmp.Or(cmp.Compare(a.width, b.width), cmp.Compare(a.value, b.value))
	})
	lowest, highest := numbers[0], numbers[len(numbers)-1]
	if lowest.value == highest.value && lowest.width == highest.width {
		return string(appendNumber(nil, lowest.value, lowest.width))
	}
	text := []byte{'['}
	for i := 0; i < len(numbers); {
		first, last := numbers[i], numbers[i]
		for i++; i < len(numbers) && continues(first, last, numbers[i]); i++ {
			last = numbers[i]
		}
		text = appendNumber(text, first.value, first.width)
		if last.value > first.value {
			text = append(text, '-')
			text = appendNumber(text, last.value, last.width)
		}
		text = append(text, ',')
	}
	text[len(text)-1] = ']' // instead of the last comma
	return string(text)
}

// continues tells whether next may join the range from first to last: it is the same number again, or the next one written in
// the same way. A range without padding may grow longer (9, 10), one with padding may not (09, 10 but not 99, 100).
func continues(first, last, next number) bool {
	if next.width == last.width {
		return next.value-last.value <= 1
	}
	return next.value == last.value+1 && !first.padded() && !next.padded()
}
