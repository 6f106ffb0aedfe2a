package aliases

// walk follows the one path through a program that a backtracking matcher would end on.
type walk struct {
	*reach
	slots []int32
	todo  []visit
	mark  []uint32 // the turn in which an instruction was tried last
	turn  uint32
}

// visit is an instruction to try, or with pc < 0 a capture slot to set back.
type visit struct{ pc, slot, old int32 }

// begin prepares for the program of a reach.
func (w *walk) begin(r *reach, slots int) {
	w.reach, w.slots = r, grow(w.slots, slots)
	if len(w.mark) < len(r.insts) || w.turn > 1<<31 {
		w.mark, w.turn = make([]uint32, max(len(w.mark), len(r.insts))), 0
	}
}

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
		if leaf, ok := w.follow(v.pc, b, advance); ok {
			return leaf, true
		}
	}
	return 0, false
}

// follow takes the preferred way from an instruction and keeps the others for later.
func (w *walk) follow(pc int32, b int, advance bool) (int32, bool) {
	for w.mark[pc] != w.turn {
		w.mark[pc] = w.turn
		in := &w.insts[pc]
		switch in.op {
		case opAccept:
			return 0, !advance
		case opChar:
			return pc, w.can(b, pc)
		case opSplit:
			w.todo = append(w.todo, visit{pc: in.alt})
		case opAhead:
			if !w.content(w.program.ahead, b+1, pc) {
				return 0, false
			}
		case opBehind:
			if !w.content(w.takes, b, pc) {
				return 0, false
			}
		case opCapture:
			w.todo = append(w.todo, visit{pc: -1, slot: in.arg, old: w.slots[in.arg]})
			w.slots[in.arg] = int32(b)
		}
		pc = in.out
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
