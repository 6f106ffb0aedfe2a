package aliases

import (
	"math/bits"
	"slices"
)

// linker computes the rows of programs over one alphabet. It keeps its working memory from one to the next.
type linker struct {
	*alphabet
	*program
	sets  []int32
	of    []class // one class of each group
	preds predList
	seen  []int32
	todo  []int32
	back  []bitsAt
}

func (l *linker) link(insts []inst, start int32) *program {
	l.program = &program{insts: insts, start: start, words: (len(insts) + 1 + 63) / 64}
	l.linkGroups()
	l.linkBack()
	return l.program
}

// linkGroups sorts the characters into groups and notes who is content with each.
func (l *linker) linkGroups() {
	p := l.program
	l.sets = l.sets[:0]
	for _, in := range p.insts {
		if in.op == opChar || in.op == opAhead || in.op == opBehind {
			l.sets = append(l.sets, in.arg)
		}
	}
	slices.Sort(l.sets)
	var count int
	p.group, count = l.groups(slices.Compact(l.sets))
	l.of = grow(l.of, count)
	for c, g := range p.group {
		l.of[g] = class(c)
	}
	p.looks = make([]uint64, p.words)
	p.takes, p.ahead = make([]uint64, count*p.words), make([]uint64, count*p.words)
	for pc, in := range p.insts {
		table := p.takes
		switch in.op {
		case opSplit, opCapture, opAccept:
			continue
		case opAhead:
			table = p.ahead
			fallthrough
		case opBehind:
			p.looks[pc/64] |= 1 << (pc % 64)
		}
		for g, c := range l.of {
			if l.holds(in.arg, c) {
				table[g*p.words+pc/64] |= 1 << (pc % 64)
			}
		}
	}
}

// linkBack notes, for each instruction, who leads to it. Splits and captures are passed through on the way.
func (l *linker) linkBack() {
	p := l.program
	l.preds.fill(p.insts)
	l.seen = grow(l.seen, len(p.insts))
	clear(l.seen)
	l.back = l.back[:0]
	p.backs = make([]int32, len(p.insts)+1)
	for pc := range p.insts {
		if in := p.insts[pc]; in.op != opSplit && in.op != opCapture {
			l.leadsTo(int32(pc))
		}
		p.backs[pc+1] = int32(len(l.back))
	}
	p.back = slices.Clone(l.back)
	p.endOnly = p.tiedToEnd()
}

// leadsTo lists those that lead to an instruction.
func (l *linker) leadsTo(pc int32) {
	l.todo = append(l.todo[:0], pc)
	first := len(l.back)
	for len(l.todo) > 0 {
		to := l.todo[len(l.todo)-1]
		l.todo = l.todo[:len(l.todo)-1]
		if to == l.start {
			l.noteBack(first, len(l.insts))
		}
		for _, pred := range l.preds.of(to) {
			if l.seen[pred] == pc+1 {
				continue
			}
			l.seen[pred] = pc + 1
			switch l.insts[pred].op {
			case opSplit, opCapture:
				l.todo = append(l.todo, pred)
			default:
				l.noteBack(first, int(pred))
			}
		}
	}
}

// noteBack sets one bit among the words from first on.
func (l *linker) noteBack(first, pc int) {
	word, bit := pc/64, uint64(1)<<(pc%64)
	for i := first; i < len(l.back); i++ {
		if l.back[i].word == word {
			l.back[i].bits |= bit
			return
		}
	}
	l.back = append(l.back, bitsAt{word, bit})
}

// tiedToEnd reports whether nothing but a look for the end of the text leads to the accept.
func (p *program) tiedToEnd() bool {
	for _, b := range p.leadTo(0) {
		for w := b.bits; w != 0; w &= w - 1 {
			pc := b.word*64 + bits.TrailingZeros64(w)
			if pc == len(p.insts) || p.insts[pc].op != opAhead {
				return false
			}
			for g := 1; g < len(p.ahead)/p.words; g++ {
				if has(p.row(p.ahead, g), int32(pc)) {
					return false
				}
			}
		}
	}
	return true
}

// predList holds who leads to each instruction, in one slice.
type predList struct {
	from []int32 // by instruction, and one more: where its part of list begins
	list []int32
}

func (l predList) of(pc int32) []int32 { return l.list[l.from[pc]:l.from[pc+1]] }

func (l *predList) fill(insts []inst) {
	l.from, l.list = grow(l.from, len(insts)+2), grow(l.list, 2*len(insts))
	clear(l.from)
	each := func(f func(pred, pc int32)) {
		for pc, in := range insts {
			if in.op != opAccept {
				f(int32(pc), in.out)
			}
			if in.op == opSplit {
				f(int32(pc), in.alt)
			}
		}
	}
	each(func(_, pc int32) { l.from[pc+2]++ })
	for i := 2; i < len(l.from); i++ {
		l.from[i] += l.from[i-1]
	}
	each(func(pred, pc int32) {
		l.list[l.from[pc+1]] = pred
		l.from[pc+1]++
	})
}
