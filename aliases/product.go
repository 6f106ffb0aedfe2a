package aliases

import (
	"encoding/binary"
	"slices"
	"strings"
)

// maxStates and maxVisits bound one search, so that lint ends for any pair of formats.
const (
	maxStates = 20000
	maxVisits = 2000000
)

// nearby is how much further to look for a witness without blanks around it.
const nearby = 2000

// pairing walks two formats through the same text: every state that the first can be in, beside the set of states that the
// second can be in. Texts are tried shortest first.
type pairing struct {
	a, b    *program
	letters []letter
	blank   letter
	visits  int
	seen    map[string]bool
	queue   []paired
}

// letter stands for all characters that neither format tells apart.
type letter struct {
	r    rune
	a, b int // its groups
}

// paired is a state of the search: the instruction of a that consumed last, those of b that did, and how it was reached.
type paired struct {
	pc     int32
	set    []int32
	last   letter
	parent int
}

// nothing stands for "no character consumed yet".
const nothing = int32(-1)

// newPairing prepares a search. Both programs share the alphabet.
func newPairing(al *alphabet, a, b *program) *pairing {
	p := &pairing{a: a, b: b, seen: make(map[string]bool)}
	c := al.of(' ')
	p.blank = letter{' ', int(a.group[c]), int(b.group[c])}
	known := make(map[[2]uint16]bool)
	add := func(r rune, c class) {
		if key := [2]uint16{a.group[c], b.group[c]}; !known[key] {
			known[key] = true
			p.letters = append(p.letters, letter{r, int(key[0]), int(key[1])})
		}
	}
	for _, r := range "x123 yz" {
		add(r, al.of(r))
	}
	for c, r := range al.sample[1:] {
		add(r, class(c+1))
	}
	return p
}

// find looks for a text that a matches and that b matches too (both), or does not (both false); one that a person would type, if
// there is one nearby. ok is false when there is none within the bound; sure says that the search was complete.
func (p *pairing) find(both bool, fits func(text string) bool) (text string, ok, sure bool) {
	p.push(paired{pc: nothing, set: []int32{nothing}, parent: -1})
	bound := maxStates
	for i := 0; i < len(p.queue); i++ {
		if i > bound || p.visits > maxVisits {
			return text, ok, ok
		}
		q := p.queue[i]
		if p.padded(q) && p.accepts(p.a, q.pc, q.last.a) && both == p.anyAccepts(q) {
			if t := p.text(i); fits(t) {
				if !ok {
					text, ok, bound = t, true, i+nearby
				}
				if t != "" && strings.TrimSpace(t) == t {
					return t, true, true
				}
			}
		}
		letters := p.letters
		if i == 0 {
			letters = []letter{p.blank}
		}
		for _, l := range letters {
			next := p.over(q, l)
			if both && len(next) == 0 {
				continue
			}
			for _, pc := range p.leaves(p.a, q.pc, q.last.a, l.a) {
				p.push(paired{pc, next, l, i})
			}
		}
	}
	return text, ok, true
}

// padded reports whether the text so far can end in the blank that every text ends in, beside the one that it begins with.
func (p *pairing) padded(q paired) bool {
	return q.parent > 0 && q.last.a == p.blank.a && q.last.b == p.blank.b
}

func (p *pairing) push(q paired) {
	key := binary.LittleEndian.AppendUint32(nil, uint32(q.pc))
	key = binary.LittleEndian.AppendUint16(key, uint16(q.last.a))
	key = binary.LittleEndian.AppendUint16(key, uint16(q.last.b))
	for _, pc := range q.set {
		key = binary.LittleEndian.AppendUint32(key, uint32(pc))
	}
	if !p.seen[string(key)] {
		p.seen[string(key)] = true
		p.queue = append(p.queue, q)
	}
}

// over moves the set of b over a letter.
func (p *pairing) over(q paired, l letter) []int32 {
	var next []int32
	for _, pc := range q.set {
		next = append(next, p.leaves(p.b, pc, q.last.b, l.b)...)
	}
	slices.Sort(next)
	return slices.Compact(next)
}

func (p *pairing) anyAccepts(q paired) bool {
	return slices.ContainsFunc(q.set, func(pc int32) bool { return p.accepts(p.b, pc, q.last.b) })
}

// text is the text that leads to a state, without the blanks around it.
func (p *pairing) text(i int) string {
	var runes []rune
	for ; p.queue[i].parent >= 0; i = p.queue[i].parent {
		runes = append(runes, p.queue[i].last.r)
	}
	slices.Reverse(runes)
	return string(runes[1 : len(runes)-1])
}

// leaves finds the instructions that consume a letter after another instruction did.
func (p *pairing) leaves(of *program, pc int32, behind, ahead int) []int32 {
	var out []int32
	p.closure(of, pc, behind, ahead, func(pc int32) {
		if has(of.row(of.takes, ahead), pc) {
			out = append(out, pc)
		}
	})
	return out
}

// accepts reports whether a format may end after an instruction.
func (p *pairing) accepts(of *program, pc int32, behind int) bool {
	some := false
	p.closure(of, pc, behind, int(outside), func(pc int32) { some = some || pc == 0 })
	return some
}

// closure visits the instructions that consume or accept and can come next.
func (p *pairing) closure(of *program, pc int32, behind, ahead int, leaf func(pc int32)) {
	todo := []int32{of.start}
	if pc != nothing {
		todo[0] = of.insts[pc].out
	}
	seen := make(map[int32]bool)
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		p.visits++
		in := of.insts[pc]
		switch in.op {
		case opChar, opAccept:
			leaf(pc)
			continue
		case opAhead:
			if !has(of.row(of.ahead, ahead), pc) {
				continue
			}
		case opBehind:
			if !has(of.row(of.takes, behind), pc) {
				continue
			}
		case opSplit:
			todo = append(todo, in.alt)
		}
		todo = append(todo, in.out)
	}
}

func has(row []uint64, pc int32) bool { return row[pc/64]&(1<<(pc%64)) != 0 }
