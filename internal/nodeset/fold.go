package nodeset

import (
	"encoding/binary"
	"slices"
	"strings"
)

// maxAxes is how many numbers of a name are folded, counted from the left. It keeps folding near-linear for hostile names.
const maxAxes = 8

// Fold writes names as a short node set for people: irene[4000-4010],login1. Terms come in natural order, padding is kept,
// and names with several numbers fold along each number in turn, the last one first, so that a full product such as
// r[1-2]n[1-4] becomes one term. Parse reads the text back to the same set; a name that Parse would refuse is kept as it is.
func Fold(names []string) string {
	terms := make([]block, 0, 16)
	for _, f := range families(names) {
		terms = append(terms, f.fold()...)
	}
	slices.SortFunc(terms, func(a, b block) int { return compareNatural(a.least, b.least) })
	texts := make([]string, len(terms))
	for i, t := range terms {
		texts[i] = t.tail
	}
	return strings.Join(texts, ",")
}

// family is the names that differ only in their numbers.
type family struct {
	literals []string // around the numbers, so one more than there are numbers
	blocks   []block
}

// block is a set of names on the way to one term: the numbers that are not folded yet and the text of all that follows them.
type block struct {
	numbers []number
	tail    string
	least   string // the first of its names in natural order
}

// shape tells families apart. The count matters, since any byte may stand in a name that Parse would refuse.
type shape struct {
	text string // the literals, with a zero byte for each number
	axes int
}

func families(names []string) []*family {
	var all []*family
	byShape := map[shape]*family{}
	var text []byte
	for _, name := range names {
		numbers := split(name)
		text = appendShape(text[:0], name, numbers)
		f := byShape[shape{string(text), len(numbers)}]
		if f == nil {
			f = &family{literals: literals(name, numbers)}
			byShape[shape{string(text), len(numbers)}] = f
			all = append(all, f)
		}
		f.blocks = append(f.blocks, block{numbers: numbers, tail: f.literals[len(numbers)], least: name})
	}
	return all
}

// fold merges the blocks along one axis after the other. After one pass over all axes no two blocks are left that differ in
// one axis only, so a second pass would find nothing.
func (f *family) fold() []block {
	blocks := f.blocks
	if len(f.literals) == 1 {
		return blocks[:1] // no numbers: all are the same name
	}
	for axis := len(f.literals) - 2; axis >= 0; axis-- {
		blocks = foldAxis(blocks, axis, f.literals[axis])
	}
	return blocks
}

// foldAxis joins the blocks that differ only in the number at axis, which is the last that they have.
func foldAxis(blocks []block, axis int, before string) []block {
	joined := make([]block, 0, len(blocks))
	values := make([][]number, 0, len(blocks))
	index := make(map[string]int, len(blocks))
	var key []byte
	for _, b := range blocks {
		key = appendKey(key[:0], b.numbers[:axis], b.tail)
		i, ok := index[string(key)]
		if !ok {
			i = len(joined)
			index[string(key)] = i
			joined = append(joined, block{numbers: b.numbers[:axis], tail: b.tail, least: b.least})
			values = append(values, nil)
		} else if compareNatural(b.least, joined[i].least) < 0 {
			joined[i].least = b.least
		}
		values[i] = append(values[i], b.numbers[axis])
	}
	for i := range joined {
		joined[i].tail = before + foldNumbers(values[i]) + joined[i].tail
	}
	return joined
}

// appendKey appends what two blocks must share to be joined.
func appendKey(key []byte, numbers []number, tail string) []byte {
	for _, n := range numbers {
		key = append(key, byte(n.width))
		key = binary.BigEndian.AppendUint64(key, n.value)
	}
	return append(key, tail...)
}
