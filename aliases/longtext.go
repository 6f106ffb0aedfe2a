package aliases

import (
	"encoding/binary"
	"slices"
)

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
