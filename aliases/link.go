package aliases

import "slices"

// link computes the rows of a program.
func link(a *alphabet, insts []inst, start int32) *program {
	p := &program{insts: insts, start: start, words: (len(insts) + 1 + 63) / 64}
	p.linkGroups(a)
	p.linkBack()
	return p
}

// linkGroups sorts the characters into groups and notes who is content with each.
func (p *program) linkGroups(a *alphabet) {
	var sets []int32
	for _, in := range p.insts {
		if in.op == opChar || in.op == opAhead || in.op == opBehind {
			sets = append(sets, in.arg)
		}
	}
	slices.Sort(sets)
	var count int
	p.group, count = a.groups(slices.Compact(sets))
	of := make([]class, count) // one class of each group
	for c, g := range p.group {
		of[g] = class(c)
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
		for g, c := range of {
			if a.holds(in.arg, c) {
				table[g*p.words+pc/64] |= 1 << (pc % 64)
			}
		}
	}
}

// linkBack notes, for each instruction, who leads to it. Splits and captures are passed through on the way.
func (p *program) linkBack() {
	preds := predecessors(p.insts)
	p.back = make([]uint64, len(p.insts)*p.words)
	seen := make([]int32, len(p.insts))
	var todo []int32
	for pc := range p.insts {
		if in := p.insts[pc]; in.op == opSplit || in.op == opCapture {
			continue
		}
		row := p.row(p.back, pc)
		todo = append(todo[:0], int32(pc))
		for len(todo) > 0 {
			to := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if to == p.start {
				row[len(p.insts)/64] |= 1 << (len(p.insts) % 64)
			}
			for _, pred := range preds.of(to) {
				if seen[pred] == int32(pc)+1 {
					continue
				}
				seen[pred] = int32(pc) + 1
				switch p.insts[pred].op {
				case opSplit, opCapture:
					todo = append(todo, pred)
				default:
					row[pred/64] |= 1 << (pred % 64)
				}
			}
		}
	}
	p.endOnly = p.tiedToEnd()
}

// tiedToEnd reports whether nothing but a look for the end of the text leads to the accept.
func (p *program) tiedToEnd() bool {
	row := p.row(p.back, 0)
	for pc := range p.insts {
		if row[pc/64]&(1<<(pc%64)) == 0 {
			continue
		}
		for g := 1; g < len(p.ahead)/p.words; g++ {
			if p.insts[pc].op != opAhead || p.ahead[g*p.words+pc/64]&(1<<(pc%64)) != 0 {
				return false
			}
		}
	}
	return row[len(p.insts)/64]&(1<<(len(p.insts)%64)) == 0
}

// predList holds who leads to each instruction, in one slice.
type predList struct {
	from []int32 // by instruction, and one more: where its part of list begins
	list []int32
}

func (l predList) of(pc int32) []int32 { return l.list[l.from[pc]:l.from[pc+1]] }

func predecessors(insts []inst) predList {
	l := predList{from: make([]int32, len(insts)+2), list: make([]int32, 2*len(insts))}
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
	return l
}
