package aliases

// op is what an instruction does.
type op uint8

const (
	opChar    op = iota // consume one character of a set, go on at out
	opSplit             // try out, then alt
	opAhead             // go on at out when the next character is in the set
	opBehind            // go on at out when the character before is in the set
	opCapture           // note the place in slot arg, go on at out
	opAccept            // the format matches; arg is the format's number in an index
)

// inst is one instruction.
type inst struct {
	op       op
	join     bool // several instructions lead here; only noted in the automaton of an index
	arg      int32
	out, alt int32
}

// program is the automaton of one format; instruction 0 accepts. Capture slots are 2*param and 2*param+1.
//
// Sets of instructions are rows of bits. Characters are told apart only as far as this format does: they come in groups.
type program struct {
	insts []inst
	start int32
	// endOnly says that the format matches at the end of the text only, as nearly all do.
	endOnly bool
	group   []uint16 // of each class
	words   int      // length of a row
	looks   []uint64 // the look instructions
	takes   []uint64 // by group: the instructions that consume it, and the looks that are content with it behind
	ahead   []uint64 // by group: the looks that are content with it ahead
	// back holds, by instruction, those that consume or look and lead to it; the number after the last stands for the start.
	// The part of an instruction is backs[pc] to backs[pc+1].
	back  []bitsAt
	backs []int32
}

// bitsAt is the part of a row that is not empty.
type bitsAt struct {
	word int
	bits uint64
}

// builder writes instructions back to front: each piece is told where to go on, so nothing needs patching but loops.
type builder struct {
	*alphabet
	insts []inst
	mute  bool // write no captures
}

func (b *builder) add(in inst) int32 {
	b.insts = append(b.insts, in)
	return int32(len(b.insts) - 1)
}

// emit writes a node and returns where it begins.
func (b *builder) emit(n node, next int32) int32 {
	switch n := n.(type) {
	case charNode:
		return b.add(inst{op: opChar, arg: b.sets.of(lookSet{set: n.set}), out: next})
	case seqNode:
		for i := len(n.parts) - 1; i >= 0; i-- {
			next = b.emit(n.parts[i], next)
		}
		return next
	case altNode:
		at := b.emit(n.parts[len(n.parts)-1], next)
		for i := len(n.parts) - 2; i >= 0; i-- {
			at = b.add(inst{op: opSplit, out: b.emit(n.parts[i], next), alt: at})
		}
		return at
	case repeatNode:
		return b.emitRepeat(n, next)
	case groupNode:
		if b.mute {
			return b.emit(n.part, next)
		}
		end := b.add(inst{op: opCapture, arg: int32(2*n.param + 1), out: next})
		return b.add(inst{op: opCapture, arg: int32(2 * n.param), out: b.emit(n.part, end)})
	case lookNode:
		o := opAhead
		if n.behind {
			o = opBehind
		}
		return b.add(inst{op: o, arg: b.sets.of(lookSet{n.set, n.edge}), out: next})
	}
	return b.emit(inner(n), next)
}

// inner is the expression that a named construct stands for.
func inner(n node) node {
	switch n := n.(type) {
	case paramNode:
		return n.part
	case anchorNode:
		return n.look
	case boundaryNode:
		return n.part
	}
	return seqNode{}
}

func (b *builder) split(lazy bool, body, next int32) int32 {
	if lazy {
		body, next = next, body
	}
	return b.add(inst{op: opSplit, out: body, alt: next})
}

func (b *builder) emitRepeat(n repeatNode, next int32) int32 {
	if n.max < 0 {
		loop := b.split(n.lazy, next, next)
		body := b.emit(n.part, loop)
		if n.lazy {
			b.insts[loop].alt = body
		} else {
			b.insts[loop].out = body
		}
		if n.min == 0 {
			return loop
		}
		next = body
		for range n.min - 1 {
			next = b.emit(n.part, next)
		}
		return next
	}
	end := next
	for i := n.min; i < n.max; i++ {
		next = b.split(n.lazy, b.emit(n.part, next), end)
	}
	for i := 0; i < n.min; i++ {
		next = b.emit(n.part, next)
	}
	return next
}
