package aliases

import "slices"

// Two more instructions that only the automaton of an index has.
const (
	opOne    op = iota + 100 // consume one character of the class arg
	opSwitch                 // go on at the ways of switch arg
)

// automaton is all formats of an index as one program. It only says which formats match.
type automaton struct {
	*alphabet
	insts    []inst
	first    int32 // stands for "nothing consumed yet": its out is the start
	switches []fork
	ways     []way
	always   []int32
	accepts  [][]int32 // numbers of the formats, by the arg of opAccept
}

// fork is a place where many formats part: at most one way per class, found by search, and ways that are always tried.
type fork struct{ ways, waysEnd, always, alwaysEnd int32 }

// way is the instruction that consumes a class.
type way struct {
	class class
	pc    int32
}

// compile writes the automaton.
func (t *trie) compile(a *alphabet) *automaton {
	w := &automaton{alphabet: a}
	b := &builder{alphabet: a, mute: true, insts: make([]inst, 0, 4*len(t.nodes))}
	out := w.node(t, b, 0)
	w.first = b.add(inst{op: opOne, out: out})
	w.insts = slices.Clip(b.insts)
	w.markJoins()
	return w
}

// markJoins finds the instructions that more than one other leads to: only those can be met twice in one step.
func (w *automaton) markJoins() {
	met := make([]bool, len(w.insts))
	meet := func(pc int32) {
		w.insts[pc].join = met[pc]
		met[pc] = true
	}
	for _, in := range w.insts {
		switch in.op {
		case opAccept, opSwitch:
			continue
		case opSplit:
			meet(in.alt)
		}
		meet(in.out)
	}
	for _, pc := range w.always {
		meet(pc)
	}
	for _, y := range w.ways {
		meet(y.pc)
	}
}

// node writes a node of the trie and all below it, the last parts first, and returns where it begins.
func (w *automaton) node(t *trie, b *builder, at int32) int32 {
	n := t.nodes[at]
	var ways []way
	var always []int32
	if len(n.accepts) > 0 {
		always = append(always, b.add(inst{op: opAccept, arg: int32(len(w.accepts))}))
		w.accepts = append(w.accepts, n.accepts)
	}
	for _, e := range n.steps {
		next := w.node(t, b, e.child)
		if e.step < 0 {
			always = append(always, b.emit(t.parts[^e.step], next))
			continue
		}
		c := b.of(e.step)
		ways = append(ways, way{c, b.add(inst{op: opOne, arg: int32(c), out: next})})
	}
	switch {
	case len(ways) == 1 && len(always) == 0:
		return ways[0].pc
	case len(ways) == 0 && len(always) == 1:
		return always[0]
	}
	slices.SortFunc(ways, func(a, b way) int { return int(a.class) - int(b.class) })
	f := fork{ways: int32(len(w.ways)), always: int32(len(w.always))}
	w.ways, w.always = append(w.ways, ways...), append(w.always, always...)
	f.waysEnd, f.alwaysEnd = int32(len(w.ways)), int32(len(w.always))
	w.switches = append(w.switches, f)
	return b.add(inst{op: opSwitch, arg: int32(len(w.switches) - 1)})
}

// simulation is the memory of one run of an automaton. Its size follows the instructions that are live at once, not the number
// of formats.
type simulation struct {
	live, next, todo []int32
	found            []int32
	seen             marks
}

// step moves the live instructions over the next character, or collects what matches when it is outside the text.
func (s *simulation) step(w *automaton, behind, ahead class) {
	s.next, s.todo = s.next[:0], s.todo[:0]
	s.seen.clear()
	for _, pc := range s.live {
		s.todo = append(s.todo, w.insts[pc].out)
	}
	for len(s.todo) > 0 {
		pc := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		for pc >= 0 {
			pc = s.visit(w, pc, behind, ahead)
		}
	}
	s.live, s.next = s.next, s.live
}

// visit takes one instruction and returns the one to go on with, or -1.
func (s *simulation) visit(w *automaton, pc int32, behind, ahead class) int32 {
	in := &w.insts[pc]
	switch in.op {
	case opOne:
		if class(in.arg) != ahead {
			return -1
		}
	case opChar, opAhead:
		if !w.holds(in.arg, ahead) {
			return -1
		}
	case opBehind:
		if !w.holds(in.arg, behind) {
			return -1
		}
	}
	if in.join && !s.seen.add(pc) {
		return -1
	}
	switch in.op {
	case opOne, opChar:
		s.next = append(s.next, pc)
		return -1
	case opSwitch:
		return s.fork(w, w.switches[in.arg], ahead)
	case opAccept:
		if ahead == outside {
			s.found = append(s.found, w.accepts[in.arg]...)
		}
		return -1
	case opSplit:
		s.todo = append(s.todo, in.alt)
	}
	return in.out
}

// fork goes on at the ways of a switch.
func (s *simulation) fork(w *automaton, f fork, ahead class) int32 {
	s.todo = append(s.todo, w.always[f.always:f.alwaysEnd]...)
	lo, hi := f.ways, f.waysEnd
	for lo < hi {
		mid := (lo + hi) / 2
		if w.ways[mid].class < ahead {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < f.waysEnd && w.ways[lo].class == ahead {
		return w.ways[lo].pc
	}
	return -1
}

// run finds the numbers of the formats that match a text, in no particular order.
func (s *simulation) run(w *automaton, in *input, limit int) []int32 {
	s.found = s.found[:0]
	s.live = append(s.live[:0], w.first)
	n := len(in.around) - 1
	if n > longText {
		s.throughTable(w, in, limit)
	} else {
		for b := 0; b < n && len(s.live) > 0; b++ {
			s.step(w, in.around[b], in.around[b+1])
		}
	}
	return s.found
}
