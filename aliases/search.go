package aliases

import (
	"slices"
	"strings"
)

// Search finds the enabled aliases that help should list: every word must occur in the pack, the name, a display text or the
// description, in any case. No words find all. Only aliases that visible allows are listed; nil allows all. They come ordered
// by pack and name.
func (x *Index) Search(words []string, visible func(*Alias) bool) []*Alias {
	lower := make([]string, len(words))
	for i, w := range words {
		lower[i] = strings.ToLower(w)
	}
	var out []*Alias
	for _, a := range x.aliases {
		if visible != nil && !visible(a) {
			continue
		}
		text := searchText(a)
		if !slices.ContainsFunc(lower, func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, a)
		}
	}
	return out
}

func searchText(a *Alias) string {
	parts := []string{a.Pack, a.Name, a.Description}
	for _, f := range a.Formats {
		parts = append(parts, f.Shown())
	}
	return strings.ToLower(strings.Join(parts, "\n"))
}
