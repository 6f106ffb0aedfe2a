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
	first  int      // the place to stop at
	limit  int      // bytes for the table
	groups []uint16 // of the characters around each place
	rows   []uint64 // sets of instructions
	at     []int32  // the row of each place
	starts []bool   // the places where a match can begin
	done   []uint64 // the looks that were passed in this step
	none   []uint64 // an empty row
}

// run fills the rows from the end down to a place and reports whether there is a match at all. From place 0 on a match may begin
// anywhere; any other place is the end of the format's prefix, and the match goes on from there.
func (r *reach) run(p *program, in *input, first int) bool {
	r.program, r.in, r.first = p, in, first
	r.done, r.none = grow(r.done, p.words), grow(r.none, p.words)
	clear(r.none)
	r.groups = grow(r.groups, len(in.around))
	for i, c := range in.around {
		r.groups[i] = p.group[c]
	}
	n := in.end() + 1
	r.at = grow(r.at, n)
	r.starts = grow(r.starts, n)
	clear(r.starts)
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
	r.rows = grow(r.rows, len(r.at)*r.words)
	clear(r.rows)
	for b := len(r.at) - 1; ; b-- {
		r.at[b] = int32(b)
		from := r.row(r.rows, b)
		if b == r.first {
			r.starts[b] = r.step(r.none, from, b)
			return r.starts[b] || found
		}
		to := r.row(r.rows, b-1)
		r.starts[b] = r.step(to, from, b) && r.first == 0
		found = found || r.starts[b]
		if r.endOnly && empty(to) {
			return found
		}
	}
}

func empty(row []uint64) bool {
	for _, w := range row {
		if w != 0 {
			return false
		}
	}
	return true
}

// row is a row of a table of rows.
func (p *program) row(table []uint64, i int) []uint64 { return table[i*p.words : (i+1)*p.words] }

func (p *program) leadTo(pc int) []bitsAt { return p.back[p.backs[pc]:p.backs[pc+1]] }

// step computes the row of the place before b, which is empty so far, from the row of b: who consumes the character behind and
// gets here. It reports whether a match can begin at b.
func (r *reach) step(to, from []uint64, b int) (start bool) {
	behind, ahead := int(r.groups[b]), int(r.groups[b+1])
	if class(ahead) == outside || !r.endOnly {
		r.lead(to, 0)
	}
	for i, w := range from {
		for ; w != 0; w &= w - 1 {
			r.lead(to, i*64+bits.TrailingZeros64(w))
		}
	}
	takes := r.row(r.takes, behind)
	r.pass(to, takes, r.row(r.program.ahead, ahead))
	last := len(r.insts)
	start = to[last/64]&(1<<(last%64)) != 0
	for i := range to {
		to[i] &= takes[i] &^ r.looks[i]
	}
	return start
}

// lead adds those that lead to an instruction.
func (r *reach) lead(to []uint64, pc int) {
	for _, b := range r.leadTo(pc) {
		to[b.word] |= b.bits
	}
}

// pass goes through the looks that are content.
func (r *reach) pass(to, takes, ahead []uint64) {
	for i := range to {
		r.done[i] = 0
	}
	for again := true; again; {
		again = false
		for i := range to {
			w := to[i] & r.looks[i] & (takes[i] | ahead[i]) &^ r.done[i]
			r.done[i] |= w
			for ; w != 0; w &= w - 1 {
				r.lead(to, i*64+bits.TrailingZeros64(w))
				again = true
			}
		}
	}
}

// throughTable does what direct does, with the steps kept in a table. A state is a row and what the looks see ahead; it leads,
// by the group behind, to the next row.
func (r *reach) throughTable() bool {
	t := newTable(len(r.takes)/r.words, r.limit)
	var rowOf []int32
	intern := func(row int32, ahead uint16) int32 {
		id, fresh := t.intern(r.key(row, ahead))
		if fresh {
			rowOf = append(rowOf, row)
		}
		return id
	}
	found := false
	last := len(r.at) - 1
	r.rows = append(r.rows[:0], r.none...)
	r.at[last] = 0
	state := intern(0, outside)
	for b := last; ; b-- {
		behind := r.groups[b]
		to := t.lead(state, behind)
		if to == 0 {
			row := int32(len(r.rows) / r.words)
			r.rows = append(r.rows, r.none...)
			start := r.step(r.row(r.rows, int(row)), r.row(r.rows, int(r.at[b])), b)
			if t.full() {
				t.reset()
				rowOf = rowOf[:0]
				state = intern(r.at[b], r.groups[b+1])
			}
			next := intern(row, behind)
			if rowOf[next-t.base] != row {
				r.rows = r.rows[:int(row)*r.words]
			}
			to = (next+1)<<1 | bit(start)
			t.learn(state, behind, to)
		}
		if to&1 != 0 && (r.first == 0 || b == r.first) {
			r.starts[b], found = true, true
		}
		if b == r.first {
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

// key names a state: its row and the looks that are content ahead.
func (r *reach) key(row int32, ahead uint16) []byte {
	key := make([]byte, 0, 16*r.words)
	for _, w := range r.row(r.rows, int(row)) {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	for _, w := range r.row(r.program.ahead, int(ahead)) {
		key = binary.LittleEndian.AppendUint64(key, w)
	}
	if ahead == outside {
		key = append(key, 1)
	}
	return key
}

// can reports whether an instruction that consumes can do so at a place and still lead to a match.
func (r *reach) can(place int, pc int32) bool {
	return r.rows[int(r.at[place])*r.words+int(pc/64)]&(1<<(pc%64)) != 0
}

// content reports whether a look is content with the character that is number i around the places.
func (r *reach) content(table []uint64, i int, pc int32) bool {
	return table[int(r.groups[i])*r.words+int(pc/64)]&(1<<(pc%64)) != 0
}
