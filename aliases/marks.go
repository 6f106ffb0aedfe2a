package aliases

import "math/bits"

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
