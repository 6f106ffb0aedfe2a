package aliases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Suggestion is a command that a person probably meant.
type Suggestion struct {
	Alias  *Alias
	Format int    // index in Alias.Formats
	Shown  string // the display text: what to type
	Why    string // what is different, in words
}

// fix is a way in which a text may differ from a format.
type fix int

const (
	fixNone  fix = iota
	fixTypo      // a word has one edit
	fixSwap      // two neighbouring words are swapped
	fixValue     // a required value is missing
	fixWord      // a word of the format is missing
	fixExtra     // a word that the format does not have
)

// prices of the fixes. A suggestion costs maxPrice at most. A missing value is the cheapest: whoever writes all the words means the
// form.
var prices = [...]int{fixTypo: 3, fixSwap: 3, fixValue: 1, fixWord: 5, fixExtra: 5}

const (
	maxPrice    = 9
	notPossible = 1 << 20
	maxWords    = 16 // of a text and of a format
	maxCompared = 100
	maxWorse    = 3 // how much worse than the best another suggestion may be
)

// Suggest finds commands near a text that matched nothing: words with one edit each, two neighbouring words swapped, a value
// or a word missing, a word too much. Only aliases that visible allows are looked at, so nothing hidden is named; nil allows
// all. The nearest comes first, limit at most.
func (x *Index) Suggest(text string, visible func(*Alias) bool, limit int) []Suggestion {
	typed := typedWords(text)
	if len(typed) == 0 || limit <= 0 {
		return nil
	}
	type scored struct {
		form  int32
		price int
		why   string
	}
	var all []scored
	for _, id := range x.near.compared(typed, visible) {
		a := alignment{typed: typed, form: x.near.forms[id]}
		if price := a.price(0, 0); price <= maxPrice {
			all = append(all, scored{id, price, a.why()})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Or(a.price-b.price, int(a.form-b.form)) })
	var out []Suggestion
	seen := make(map[string]bool)
	for _, s := range all {
		e := x.near.forms[s.form].entry
		shown := e.alias.Formats[e.formatNo].Shown()
		if key := e.alias.Ref() + "\x00" + shown; !seen[key] && len(out) < limit && s.price <= all[0].price+maxWorse {
			seen[key] = true
			out = append(out, Suggestion{Alias: e.alias, Format: e.formatNo, Shown: shown, Why: s.why})
		}
	}
	return out
}

// typedWords are the words of a text in lower case, without the key=value tail.
func typedWords(text string) []string {
	if len(text) > longText*4 {
		return nil
	}
	words := strings.Fields(strings.ToLower(newMessage(text).text))
	return words[:min(len(words), maxWords)]
}

// compared picks the forms worth a comparison: those that share most words with the text.
func (n *near) compared(typed []string, visible func(*Alias) bool) []int32 {
	hits := make([]uint8, len(n.forms))
	var ids []int32
	for _, t := range typed {
		for _, w := range n.alike(t) {
			for _, id := range n.words[w] {
				if hits[id] == 0 {
					ids = append(ids, id)
				}
				hits[id]++
			}
		}
	}
	ids = slices.DeleteFunc(ids, func(id int32) bool {
		f := n.forms[id]
		return len(f.items) > maxWords || int(hits[id])*2 < f.fixed || visible != nil && !visible(f.entry.alias)
	})
	missing := func(id int32) int { return n.forms[id].fixed - int(hits[id]) }
	slices.SortFunc(ids, func(a, b int32) int { return cmp.Or(missing(a)-missing(b), int(hits[b])-int(hits[a]), int(a-b)) })
	return ids[:min(len(ids), maxCompared)]
}

// alignment lays a text beside a form, as cheaply as it can.
type alignment struct {
	typed []string
	form  form
	known [maxWords + 1][maxWords + 1]int // price + 1 from a word of the text and an item of the form
}

// price is the cheapest way to make the text from word i on fit the form from item j on.
func (a *alignment) price(i, j int) int {
	if a.known[i][j] > 0 {
		return a.known[i][j] - 1
	}
	best := notPossible
	for _, m := range a.moves(i, j) {
		best = min(best, prices[m.fix]+a.price(m.i, m.j))
	}
	if i == len(a.typed) && j == len(a.form.items) {
		best = 0
	}
	a.known[i][j] = best + 1
	return best
}

// move is one step of an alignment: on to word i and item j.
type move struct {
	i, j int
	fix  fix
	as   string // the spelling that a mistyped word stands for
}

func (a *alignment) moves(i, j int) []move {
	out := make([]move, 0, 4)
	atWord, atItem := i < len(a.typed), j < len(a.form.items)
	if atItem && atWord { // first, so that of two missing values the later ones are named
		out = a.take(out, i, j)
	}
	if atItem {
		out = append(out, move{i: i, j: j + 1, fix: a.form.items[j].missing()})
	}
	if atWord {
		out = append(out, move{i: i + 1, j: j, fix: fixExtra})
	}
	return out
}

func (it item) missing() fix {
	switch {
	case it.optional:
		return fixNone
	case it.spellings == nil:
		return fixValue
	}
	return fixWord
}

// take adds the moves that use a word of the text for an item of the form.
func (a *alignment) take(out []move, i, j int) []move {
	it, word := a.form.items[j], a.typed[i]
	if it.spellings == nil {
		return append(out, move{i: i + 1, j: j + 1}, move{i: i + 1, j: j})
	}
	for _, s := range it.spellings {
		switch {
		case s == word:
			out = append(out, move{i: i + 1, j: j + 1})
		case oneEdit(s, word):
			out = append(out, move{i: i + 1, j: j + 1, fix: fixTypo, as: s})
		}
	}
	if i+1 < len(a.typed) && j+1 < len(a.form.items) {
		next := a.form.items[j+1]
		if slices.Contains(it.spellings, a.typed[i+1]) && slices.Contains(next.spellings, word) {
			out = append(out, move{i: i + 2, j: j + 2, fix: fixSwap})
		}
	}
	return out
}

// why names the differences of the cheapest alignment.
func (a *alignment) why() string {
	var reasons []string
	for i, j := 0, 0; i < len(a.typed) || j < len(a.form.items); {
		moves := a.moves(i, j)
		best := slices.IndexFunc(moves, func(m move) bool { return prices[m.fix]+a.price(m.i, m.j) == a.price(i, j) })
		if m := moves[best]; m.fix != fixNone {
			reasons = append(reasons, a.reason(i, j, m))
		}
		i, j = moves[best].i, moves[best].j
	}
	if len(reasons) == 0 {
		return "the words are right, but a value does not fit"
	}
	return strings.Join(reasons, ", ")
}

func (a *alignment) reason(i, j int, m move) string {
	switch m.fix {
	case fixTypo:
		return fmt.Sprintf("%q is written %q", a.typed[i], m.as)
	case fixSwap:
		return fmt.Sprintf("%q comes before %q", a.typed[i+1], a.typed[i])
	case fixValue:
		return cmp.Or(a.form.items[j].name, "a value") + " is missing"
	case fixWord:
		return fmt.Sprintf("the word %q is missing", a.form.items[j].spellings[0])
	}
	return fmt.Sprintf("%q is too much", a.typed[i])
}
