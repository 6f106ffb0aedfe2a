package nodeset

import (
	"cmp"
	"strings"
)

// compareNatural orders names as people count: n2 before n10, n1 before n01. It returns 0 only for equal names.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		if !isDigit(a[0]) || !isDigit(b[0]) {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		m, n := leadingDigits(a), leadingDigits(b)
		if c := compareDigits(a[:m], b[:n]); c != 0 {
			return c
		}
		a, b = a[m:], b[n:]
	}
	return cmp.Compare(len(a), len(b))
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// compareDigits compares by value, then by length. It takes any number of digits.
func compareDigits(a, b string) int {
	m, n := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n), cmp.Compare(len(a), len(b)))
}
