package aliases

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

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

// throughTable runs a long text with the steps kept in a table: a state is the live instructions and what the looks see behind.
func (s *simulation) throughTable(w *automaton, in *input, limit int) {
	groups := w.behindGroups()
	t := newTable(w.size(), limit)
	var lists [][]int32
	key := []byte{}
	intern := func(behind class) int32 {
		slices.Sort(s.live)
		key = key[:0]
		for _, pc := range s.live {
			key = binary.LittleEndian.AppendUint32(key, uint32(pc))
		}
		id, fresh := t.intern(binary.LittleEndian.AppendUint16(key, groups[behind]))
		if fresh {
			lists = append(lists, slices.Clone(s.live))
		}
		return id
	}
	last := len(in.around) - 2
	state := intern(in.around[0])
	for b := 0; b < last; b++ {
		to := t.lead(state, in.around[b+1])
		if to == 0 {
			s.live = append(s.live[:0], lists[state-t.base]...)
			s.step(w, in.around[b], in.around[b+1])
			if t.full() {
				t.reset()
				lists = lists[:0]
				state = -1
			}
			to = intern(in.around[b+1]) + 1
			if state >= 0 {
				t.learn(state, in.around[b+1], to)
			}
		}
		state = to - 1
	}
	s.live = append(s.live[:0], lists[state-t.base]...)
	s.step(w, in.around[last], in.around[last+1])
}

// behindGroups numbers the classes as far as the look-behinds tell them apart.
func (w *automaton) behindGroups() []uint16 {
	var sets []int32
	for _, in := range w.insts {
		if in.op == opBehind && !slices.Contains(sets, in.arg) {
			sets = append(sets, in.arg)
		}
	}
	groups, _ := w.groups(sets)
	return groups
}

// marks is a set of instructions that is emptied in one step. It grows with what is put in, not with what could be.
type marks struct {
	turn  uint32
	count int
	slots []mark
}

type mark struct {
	turn uint32
	pc   int32
}

const leastMarks = 64

func (m *marks) clear() {
	m.count = 0
	m.turn++
	if len(m.slots) == 0 || m.turn == 0 {
		m.slots, m.turn = make([]mark, max(leastMarks, len(m.slots))), 1
	}
}

// add puts an instruction in; it reports false when it was there already.
func (m *marks) add(pc int32) bool {
	if 2*m.count >= len(m.slots) {
		m.grow()
	}
	slot := m.slot(pc)
	if slot.turn == m.turn {
		return false
	}
	*slot = mark{m.turn, pc}
	m.count++
	return true
}

// slot finds the place of an instruction: its own, or a free one.
func (m *marks) slot(pc int32) *mark {
	mask := uint32(len(m.slots) - 1)
	shift := 32 - bits.Len32(mask)
	for i := uint32(pc) * 0x9e3779b1 >> shift; ; i++ {
		s := &m.slots[i&mask]
		if s.turn != m.turn || s.pc == pc {
			return s
		}
	}
}

func (m *marks) grow() {
	old := m.slots
	m.slots = make([]mark, 2*len(old))
	for _, s := range old {
		if s.turn == m.turn {
			*m.slot(s.pc) = s
		}
	}
}
