package nodeset

import "slices"

// set holds distinct names in the order of their first appearance. Every operation costs no more than its right side, so that
// a long chain of them stays cheap.
type set struct {
	slots []string       // "" where a name was taken out
	at    map[string]int // slot of each name
}

func newSet(size int) *set {
	return &set{slots: make([]string, 0, size), at: make(map[string]int, size)}
}

func (s *set) size() int { return len(s.at) }

// names returns what is in the set, in order.
func (s *set) names() []string {
	return slices.DeleteFunc(s.slots, func(name string) bool { return name == "" })
}

func (s *set) add(name string) {
	if _, ok := s.at[name]; !ok {
		s.at[name] = len(s.slots)
		s.slots = append(s.slots, name)
	}
}

func (s *set) remove(name string) {
	if i, ok := s.at[name]; ok {
		s.slots[i] = ""
		delete(s.at, name)
	}
}

// apply changes the set by one operator and its right side, which may hold a name twice.
func (s *set) apply(op byte, right []string) {
	switch op {
	case union:
		for _, name := range right {
			s.add(name)
		}
	case exclusion:
		for _, name := range right {
			s.remove(name)
		}
	case intersection:
		s.intersect(right)
	case difference:
		s.toggle(right)
	}
}

// intersect keeps only names of right, in the order of the set.
func (s *set) intersect(right []string) {
	var kept []int
	for _, name := range right {
		if i, ok := s.at[name]; ok {
			kept = append(kept, i)
			delete(s.at, name)
		}
	}
	slices.Sort(kept)
	old := s.slots
	*s = *newSet(len(kept))
	for _, i := range kept {
		s.add(old[i])
	}
}

// toggle takes out what both sides hold and adds what only right holds.
func (s *set) toggle(right []string) {
	distinct := newSet(len(right))
	distinct.apply(union, right)
	for _, name := range distinct.slots {
		if _, ok := s.at[name]; ok {
			s.remove(name)
		} else {
			s.add(name)
		}
	}
}
