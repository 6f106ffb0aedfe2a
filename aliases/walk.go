package aliases

// walk follows the one path through a program that a backtracking matcher would end on.
type walk struct {
	*reach
	slots []int32
	todo  []visit
}

// visit is an instruction to try, or with pc < 0 a capture slot to set back.
type visit struct{ pc, slot, old int32 }

// from matches at a place where a match can begin. With advance, an empty match does not count. It returns the place where the
// match ends; the slots then hold the captures, -1 for none.
func (w *walk) from(place int, advance bool) (end int, ok bool) {
	for i := range w.slots {
		w.slots[i] = -1
	}
	pc, b := w.start, place
	for {
		leaf, ok := w.leaf(pc, b, advance && b == place)
		if !ok {
			return 0, false
		}
		if leaf == 0 {
			return b, true
		}
		pc = w.insts[leaf].out
		b++
	}
}

// leaf finds the first instruction, in order of preference, that consumes the next character or accepts.
func (w *walk) leaf(pc int32, b int, advance bool) (int32, bool) {
	w.turn++
	w.todo = append(w.todo[:0], visit{pc: pc})
	for len(w.todo) > 0 {
		v := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		if v.pc < 0 {
			w.slots[v.slot] = v.old
			continue
		}
		if w.mark[v.pc] == w.turn {
			continue
		}
		w.mark[v.pc] = w.turn
		in := w.insts[v.pc]
		switch in.op {
		case opAccept:
			if !advance {
				return 0, true
			}
			continue
		case opChar:
			if w.can(b, v.pc) {
				return v.pc, true
			}
			continue
		case opSplit:
			w.todo = append(w.todo, visit{pc: in.alt})
		case opAhead:
			if !w.holds(in.arg, w.in.around[b+1]) {
				continue
			}
		case opBehind:
			if !w.holds(in.arg, w.in.around[b]) {
				continue
			}
		case opCapture:
			w.todo = append(w.todo, visit{pc: -1, slot: in.arg, old: w.slots[in.arg]})
			w.slots[in.arg] = int32(b)
		}
		w.todo = append(w.todo, visit{pc: in.out})
	}
	return 0, false
}

// each calls found for every match of the text, first to last, as Python's finditer does; it stops when found returns false.
func (w *walk) each(found func() bool) {
	advance := false
	for b := 0; b < len(w.starts); {
		if !w.starts[b] {
			b, advance = b+1, false
			continue
		}
		end, ok := w.from(b, advance)
		if !ok {
			b, advance = b+1, false
			continue
		}
		if !found() {
			return
		}
		b, advance = end, end == b
	}
}
