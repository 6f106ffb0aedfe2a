package aliases

import "github.com/petrelops/petrel/aliases/internal/syntax"

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
func (b *builder) emit(n syntax.Node, next int32) int32 {
	switch n := n.(type) {
	case syntax.Char:
		return b.add(inst{op: opChar, arg: b.sets.of(lookSet{set: n.Set}), out: next})
	case syntax.Seq:
		for i := len(n.Parts) - 1; i >= 0; i-- {
			next = b.emit(n.Parts[i], next)
		}
		return next
	case syntax.Alt:
		at := b.emit(n.Parts[len(n.Parts)-1], next)
		for i := len(n.Parts) - 2; i >= 0; i-- {
			at = b.add(inst{op: opSplit, out: b.emit(n.Parts[i], next), alt: at})
		}
		return at
	case syntax.Repeat:
		return b.emitRepeat(n, next)
	case syntax.Group:
		if b.mute {
			return b.emit(n.Part, next)
		}
		end := b.add(inst{op: opCapture, arg: int32(2*n.Param + 1), out: next})
		return b.add(inst{op: opCapture, arg: int32(2 * n.Param), out: b.emit(n.Part, end)})
	case syntax.Look:
		o := opAhead
		if n.Behind {
			o = opBehind
		}
		return b.add(inst{op: o, arg: b.sets.of(lookSet{n.Set, n.Edge}), out: next})
	}
	return b.emit(syntax.Inner(n), next)
}

func (b *builder) split(lazy bool, body, next int32) int32 {
	if lazy {
		body, next = next, body
	}
	return b.add(inst{op: opSplit, out: body, alt: next})
}

func (b *builder) emitRepeat(n syntax.Repeat, next int32) int32 {
	if n.Max < 0 {
		loop := b.split(n.Lazy, next, next)
		body := b.emit(n.Part, loop)
		if n.Lazy {
			b.insts[loop].alt = body
		} else {
			b.insts[loop].out = body
		}
		if n.Min == 0 {
			return loop
		}
		next = body
		for range n.Min - 1 {
			next = b.emit(n.Part, next)
		}
		return next
	}
	end := next
	for i := n.Min; i < n.Max; i++ {
		next = b.split(n.Lazy, b.emit(n.Part, next), end)
	}
	for i := 0; i < n.Min; i++ {
		next = b.emit(n.Part, next)
	}
	return next
}

// compile writes the program of a format, from the end of its prefix on, over the linker's alphabet, which holds its sets.
func (f *format) compile(l *linker) *program {
	b := &builder{alphabet: l.alphabet, insts: make([]inst, 0, f.Size+1)}
	accept := b.add(inst{op: opAccept})
	start := b.emit(f.Rest, accept)
	return l.link(b.insts, start)
}
