// Package spell finds what a person probably meant: the known words nearest to one that is not known. It exists so that
// packs, configuration and chat all guess by one rule.
package spell

import (
	"cmp"
	"slices"
	"strings"
)

// maxLength bounds the words that are looked at: nobody mistypes a longer one, and the work grows with its square.
const maxLength = 64

// Closest returns at most limit of the candidates that word may be a misspelling of, the nearest first and equally near
// ones in alphabetical order. Case does not count as a difference. One mistake is allowed for every three letters, two
// swapped neighbours being one mistake.
func Closest(word string, candidates []string, limit int) []string {
	type guess struct {
		text     string
		distance int
	}
	w := []rune(strings.ToLower(word))
	if len(w) == 0 || len(word) > maxLength*4 || len(w) > maxLength {
		return nil
	}
	allowed := (len(w) + 2) / 3
	var found []guess
	for _, candidate := range candidates {
		if len(candidate) > maxLength*4 {
			continue
		}
		c := []rune(strings.ToLower(candidate))
		if len(c)-len(w) > allowed || len(w)-len(c) > allowed {
			continue
		}
		// A distance of the whole length means that not one letter is shared.
		if d := distance(w, c); d <= allowed && d < max(len(w), len(c)) {
			found = append(found, guess{candidate, d})
		}
	}
	slices.SortFunc(found, func(a, b guess) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.text, b.text))
	})
	found = slices.Compact(found)
	out := make([]string, 0, min(len(found), limit))
	for _, g := range found[:cap(out)] {
		out = append(out, g.text)
	}
	return out
}

// Hint returns the end of a sentence about an unknown word: one that offers the closest candidate, such as
// "; did you mean host?", or a full stop when none is near.
func Hint(word string, candidates []string) string {
	near := Closest(word, candidates, 1)
	if len(near) == 0 {
		return "."
	}
	return "; did you mean " + near[0] + "?"
}

// distance is the Damerau-Levenshtein distance in its restricted form: inserting, deleting, replacing a letter or swapping
// two neighbours costs one, and no letter is changed twice.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
