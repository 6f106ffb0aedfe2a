package aliases

// table is the memory of a lazily built automaton: states by their key, and for each state and class where it leads. It has
// a limit in bytes; when it is full its owner resets it and goes on from the state at hand, so the time stays linear.
type table struct {
	classes int
	limit   int
	used    int
	base    int32 // number of the first state that is still in the table
	ids     map[string]int32
	next    []int32
}

func newTable(classes, limit int) *table {
	return &table{classes: classes, limit: limit, ids: make(map[string]int32)}
}

// intern numbers a state. fresh says that it was not known.
func (t *table) intern(key []byte) (id int32, fresh bool) {
	if id, ok := t.ids[string(key)]; ok {
		return id, false
	}
	id = t.base + int32(len(t.ids))
	t.ids[string(key)] = id
	t.next = append(t.next, make([]int32, t.classes)...)
	t.used += 2*len(key) + 4*t.classes + 64
	return id, true
}

func (t *table) full() bool { return t.used > t.limit }

// reset forgets all states. Numbers are not used again.
func (t *table) reset() {
	t.base += int32(len(t.ids))
	clear(t.ids)
	t.next, t.used = t.next[:0], 0
}

// lead is where a state leads on a class: 0 when that is not known yet.
func (t *table) lead(id int32, c uint16) int32 {
	return t.next[int(id-t.base)*t.classes+int(c)]
}

func (t *table) learn(id int32, c uint16, value int32) {
	t.next[int(id-t.base)*t.classes+int(c)] = value
}
