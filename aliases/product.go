package aliases

import (
	"encoding/binary"
	"slices"
	"strings"
)

// maxStates and maxWork bound one search, so that lint ends for any pair of formats.
const (
	maxStates = 20000
	maxWork   = 2000000
)

// nearby is how much further to look for a witness without blanks around it.
const nearby = 500

// stepper walks a program for lint, which asks the same steps again and again.
type stepper struct {
	*program
	sees  []int // by group: the first group that no look-behind tells apart from it
	known map[stepKey][]int32
	// Sets of instructions have numbers; set 0 is empty and set 1 is nothing alone.
	sets  [][]int32
	ids   map[string]int32
	moves map[stepKey]int32 // pc is the number of a set
}

// stepKey packs an instruction that consumed last, what the looks see behind it, and the group that comes next.
type stepKey uint64

func keyOf(pc int32, behind, ahead int) stepKey {
	return stepKey(uint32(pc))<<32 | stepKey(behind)<<16 | stepKey(ahead)
}

// nothing stands for "no character consumed yet".
const nothing = int32(-1)

func newStepper(p *program) *stepper {
	s := &stepper{
		program: p, known: make(map[stepKey][]int32),
		ids: make(map[string]int32), moves: make(map[stepKey]int32),
	}
	s.number(nil)
	s.number([]int32{nothing})
	first := make(map[string]int)
	for g := range len(p.takes) / p.words {
		var sign []byte
		for i, w := range p.row(p.takes, g) {
			sign = binary.LittleEndian.AppendUint64(sign, w&p.looks[i])
		}
		if _, ok := first[string(sign)]; !ok {
			first[string(sign)] = g
		}
		s.sees = append(s.sees, first[string(sign)])
	}
	return s
}

// next lists the instructions that consume the group ahead after another one consumed; outside, it holds 0 when the format may
// end there.
func (s *stepper) next(pc int32, behind, ahead int) []int32 {
	key := keyOf(pc, s.sees[behind], ahead)
	out, ok := s.known[key]
	if !ok {
		out = s.find(pc, behind, ahead)
		s.known[key] = out
	}
	return out
}

func (s *stepper) find(from int32, behind, ahead int) []int32 {
	var out []int32
	todo := []int32{s.start}
	if from != nothing {
		todo[0] = s.insts[from].out
	}
	seen := make(map[int32]bool)
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		in := s.insts[pc]
		switch in.op {
		case opChar:
			if has(s.row(s.takes, ahead), pc) {
				out = append(out, pc)
			}
			continue
		case opAccept:
			if class(ahead) == outside {
				out = append(out, pc)
			}
			continue
		case opAhead:
			if !has(s.row(s.ahead, ahead), pc) {
				continue
			}
		case opBehind:
			if !has(s.row(s.takes, behind), pc) {
				continue
			}
		case opSplit:
			todo = append(todo, in.alt)
		}
		todo = append(todo, in.out)
	}
	slices.Sort(out)
	return out
}

// number numbers a sorted set.
func (s *stepper) number(set []int32) int32 {
	var key []byte
	for _, pc := range set {
		key = binary.LittleEndian.AppendUint32(key, uint32(pc))
	}
	id, ok := s.ids[string(key)]
	if !ok {
		id = int32(len(s.sets))
		s.ids[string(key)] = id
		s.sets = append(s.sets, set)
	}
	return id
}

// move is next for a whole set.
func (s *stepper) move(set int32, behind, ahead int) int32 {
	key := keyOf(set, s.sees[behind], ahead)
	id, ok := s.moves[key]
	if !ok {
		var out []int32
		for _, pc := range s.sets[set] {
			out = append(out, s.next(pc, behind, ahead)...)
		}
		slices.Sort(out)
		id = s.number(slices.Compact(out))
		s.moves[key] = id
	}
	return id
}

func has(row []uint64, pc int32) bool { return row[pc/64]&(1<<(pc%64)) != 0 }

// pairing walks two formats through the same text: every state that the first can be in, beside the set of states that the
// second can be in. Texts are tried shortest first.
type pairing struct {
	a, b    *stepper
	letters []letter
	blank   letter
	seen    map[place]bool
	queue   []paired
	work    int
}

// place is what makes two states of a search equal.
type place struct{ state, looks uint64 }

// letter stands for all characters that neither format tells apart.
type letter struct {
	r    rune
	a, b int // its groups
}

// paired is a state of the search: the instruction of a that consumed last, those of b that did, and how it was reached.
type paired struct {
	pc     int32
	set    int32
	last   letter
	parent int
}

// newPairing prepares a search. Both programs share the alphabet.
func newPairing(al *alphabet, a, b *stepper) *pairing {
	p := &pairing{a: a, b: b, seen: make(map[place]bool)}
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
	p.push(paired{pc: nothing, set: 1, parent: -1})
	bound := maxStates
	for i := 0; i < len(p.queue); i++ {
		if i > bound || p.work > maxWork {
			return text, ok, ok
		}
		if p.matches(p.queue[i], both) {
			if t := p.text(i); fits(t) {
				if !ok {
					text, ok, bound = t, true, i+nearby
				}
				if t != "" && strings.TrimSpace(t) == t {
					return t, true, true
				}
			}
		}
		p.expand(i, both)
	}
	return text, ok, true
}

// expand adds the states that follow one. The first character is always a blank.
func (p *pairing) expand(i int, both bool) {
	q, letters := p.queue[i], p.letters
	if i == 0 {
		letters = []letter{p.blank}
	}
	for _, l := range letters {
		steps := p.a.next(q.pc, q.last.a, l.a)
		if p.work++; len(steps) == 0 {
			continue
		}
		set := p.b.move(q.set, q.last.b, l.b)
		if both && set == 0 {
			continue
		}
		for _, pc := range steps {
			p.push(paired{pc, set, l, i})
		}
	}
}

// matches reports whether a text may end in a state: in a blank, as every text does, beside the one that it begins with.
func (p *pairing) matches(q paired, both bool) bool {
	if q.parent <= 0 || !p.isBlank(q.last) || len(p.a.next(q.pc, q.last.a, 0)) == 0 {
		return false
	}
	return both == (p.b.move(q.set, q.last.b, 0) != 0)
}

func (p *pairing) isBlank(l letter) bool { return l.a == p.blank.a && l.b == p.blank.b }

func (p *pairing) push(q paired) {
	at := place{
		state: uint64(uint32(q.pc))<<32 | uint64(q.set),
		looks: uint64(p.a.sees[q.last.a])<<32 | uint64(p.b.sees[q.last.b])<<1 | uint64(bit(p.isBlank(q.last))),
	}
	if !p.seen[at] {
		p.seen[at] = true
		p.queue = append(p.queue, q)
	}
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
