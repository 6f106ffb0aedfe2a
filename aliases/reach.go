package aliases

import (
	"encoding/binary"
	"math/bits"
)

// longText is the number of characters from which a text is read through a table. Below it, building states costs more than
// they save.
const longText = 256

// reach walks a text from its end to its start and notes, for every place, the instructions that can consume the next
// character and still lead to a match. DESIGN.md says why this gives the answer of a backtracking matcher in linear time.
type reach struct {
	*program
	in     *input
	limit  int      // bytes for the table
	row    int      // words in one row
	rows   []uint64 // sets of instructions
	at     []int32  // the row of each place
	starts []bool   // the places where a match can begin
	mark   []uint32
	turn   uint32
	stack  []int32
}

// run fills the rows and reports whether there is a match at all.
func (r *reach) run(p *program, in *input) bool {
	r.program, r.in = p, in
	r.row = (len(p.insts) + 63) / 64
	r.rows = append(r.rows[:0], make([]uint64, r.row)...)
	n := in.end() + 1
	r.at = grow(r.at, n)
	r.starts = grow(r.starts, n)
	clear(r.starts)
	if len(r.mark) < len(p.insts) || r.turn > 1<<31 {
		r.mark = make([]uint32, len(p.insts)+len(r.mark))
		r.turn = 0
	}
	if n > longText {
		return r.throughTable()
	}
	return r.direct()
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// direct computes every place anew.
func (r *reach) direct() bool {
	found := false
	last := len(r.at) - 1
	r.at[last] = 0
	for b := last; b >= 0; b-- {
		row, start, some := r.back(r.at[b], r.in.around[b], r.in.around[b+1])
		r.starts[b] = start
		found = found || start
		if b == 0 || !some && r.endOnly {
			break
		}
		r.at[b-1] = row
	}
	return found
}

// back computes the row of the place before from the row of a place: who consumes the character behind and gets here.
func (r *reach) back(from int32, behind, ahead class) (row int32, start, some bool) {
	row = int32(len(r.rows) / r.row)
	for range r.row {
		r.rows = append(r.rows, 0)
	}
	to := r.rows[int(row)*r.row:]
	r.turn++
	r.stack = r.stack[:0]
	if ahead == outside || !r.endOnly {
		r.stack = append(r.stack, 0)
	}
	for i, w := range r.rows[int(from)*r.row : (int(from)+1)*r.row] {
		for ; w != 0; w &= w - 1 {
			r.stack = append(r.stack, int32(i*64+bits.TrailingZeros64(w)))
		}
	}
	for len(r.stack) > 0 {
		pc := r.stack[len(r.stack)-1]
		r.stack = r.stack[:len(r.stack)-1]
		start = start || pc == r.start
		for _, pred := range r.predsOf(pc) {
			if r.mark[pred] == r.turn {
				continue
			}
			r.mark[pred] = r.turn
			switch in := r.insts[pred]; in.op {
			case opChar:
				if r.holds(in.arg, behind) {
					to[pred/64] |= 1 << (pred % 64)
					some = true
				}
				continue
			case opAhead:
				if !r.holds(in.arg, ahead) {
					continue
				}
			case opBehind:
				if !r.holds(in.arg, behind) {
					continue
				}
			}
			r.stack = append(r.stack, pred)
		}
	}
	return row, start, some
}

// throughTable does what direct does, with the steps kept in a table. A state is a row and what the looks see ahead; it leads,
// by the class behind, to the next row.
func (r *reach) throughTable() bool {
	groups := r.groups(r.insts, opAhead)
	t := newTable(r.size(), r.limit)
	rowOf := make([]int32, 0, 64)
	intern := func(row int32, ahead class) int32 {
		id, fresh := t.intern(r.key(row, groups[ahead]))
		if fresh {
			rowOf = append(rowOf, row)
		}
		return id
	}
	found := false
	last := len(r.at) - 1
	r.at[last] = 0
	state := intern(0, r.in.around[last+1])
	for b := last; ; b-- {
		behind := r.in.around[b]
		to := t.lead(state, behind)
		if to == 0 {
			row, start, _ := r.back(r.at[b], behind, r.in.around[b+1])
			if t.full() {
				t.reset()
				rowOf = rowOf[:0]
				state = intern(r.at[b], r.in.around[b+1])
			}
			next := intern(row, behind)
			if kept := rowOf[next-t.base]; kept != row {
				r.rows = r.rows[:int(row)*r.row]
			}
			to = (next+1)<<1 | bit(start)
			t.learn(state, behind, to)
		}
		if to&1 != 0 {
			r.starts[b], found = true, true
		}
		if b == 0 {
			return found
		}
		state = to>>1 - 1
		r.at[b-1] = rowOf[state-t.base]
	}
}

func bit(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// key names a state: its row and its look group.
func (r *reach) key(row int32, group uint16) []byte {
	key := make([]byte, 0, 8*r.row+2)
	for _, w := range r.rows[int(row)*r.row : int(row+1)*r.row] {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	return binary.LittleEndian.AppendUint16(key, group)
}

// can reports whether an instruction that consumes can do so at a place and still lead to a match.
func (r *reach) can(place int, pc int32) bool {
	return r.rows[int(r.at[place])*r.row+int(pc/64)]&(1<<(pc%64)) != 0
}
