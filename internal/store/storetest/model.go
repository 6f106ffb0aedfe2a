package storetest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// model is the contract in its plainest form: maps, and a time that stands still until it is moved. It takes no care of speed.
type model struct {
	now     time.Duration // since the test began
	records map[store.Key]modelRecord
	work    map[store.Entry]modelEntry // by an Entry without delay
	fence   int64

	modelLocks
}

type modelRecord struct {
	version store.Version
	data    string
	index   []store.Index
	expires time.Duration
}

type modelEntry struct {
	due    time.Duration
	fence  int64 // 0 while nobody has it
	deaths int
	marked bool
	again  time.Duration // if marked
}

func newModel() *model {
	return &model{records: make(map[store.Key]modelRecord), work: make(map[store.Entry]modelEntry)}
}

// version returns what conditions see.
func (m *model) version(k store.Key) store.Version {
	if r, ok := m.records[k]; ok && r.expires > m.now {
		return r.version
	}
	return store.Absent
}

func (m *model) current(c store.Claim) bool {
	e, ok := m.work[name(c.Queue, c.ID)]
	return ok && e.fence == c.Fence && e.due > m.now
}

// commit returns the code that the driver must return as well.
func (m *model) commit(b store.Batch) bot.Code {
	claims := slices.Concat(b.Guards, b.Finish)
	for _, r := range b.Release {
		claims = append(claims, r.Claim)
	}
	for _, c := range claims {
		if !m.current(c) {
			return bot.CodeFenced
		}
	}
	holds := func(k store.Key, v store.Version) bool { return v == store.Anything || v == m.version(k) }
	for _, p := range b.Puts {
		if !holds(p.Key, p.If) {
			return bot.CodeConflict
		}
	}
	for _, d := range b.Deletes {
		if !holds(d.Key, d.If) {
			return bot.CodeConflict
		}
	}
	for _, p := range b.Puts {
		m.records[p.Key] = modelRecord{m.version(p.Key) + 1, string(p.Data), p.Index, m.now + p.TTL}
	}
	for _, d := range b.Deletes {
		delete(m.records, d.Key)
	}
	m.applyQueue(b)
	return ""
}

func (m *model) applyQueue(b store.Batch) {
	for _, c := range b.Finish {
		if e := m.work[name(c.Queue, c.ID)]; e.marked {
			m.work[name(c.Queue, c.ID)] = modelEntry{due: e.again}
		} else {
			delete(m.work, name(c.Queue, c.ID))
		}
		m.giveUp(name(c.Queue, c.ID))
		m.leave(name(c.Queue, c.ID))
	}
	for _, r := range b.Release {
		e, due := m.work[name(r.Claim.Queue, r.Claim.ID)], m.now+r.Delay
		if e.marked {
			due = min(due, e.again)
		}
		m.work[name(r.Claim.Queue, r.Claim.ID)] = modelEntry{due: due}
		m.giveUp(name(r.Claim.Queue, r.Claim.ID))
	}
	for _, q := range b.Enqueue {
		m.enqueue(q)
	}
	for _, e := range b.Remove {
		delete(m.work, name(e.Queue, e.ID))
		m.giveUp(name(e.Queue, e.ID))
		m.leave(name(e.Queue, e.ID))
	}
	m.wake()
}

func (m *model) enqueue(q store.Entry) {
	due := m.now + q.Delay
	e, there := m.work[name(q.Queue, q.ID)]
	switch {
	case !there:
		e = modelEntry{due: due}
	case e.fence == 0:
		e.due = min(e.due, due)
	case e.due > m.now && e.marked:
		e.again = min(e.again, due)
	case e.due > m.now:
		e.marked, e.again = true, due
	}
	m.work[name(q.Queue, q.ID)] = e
}

// claimed takes over what the driver claimed, and reports what is wrong with it.
func (m *model) claimed(o store.ClaimOptions, claims []store.Claim) string {
	due := m.dueEntries(o.Queue)
	if len(claims) != min(o.Max, len(due)) {
		return "not as many as are due"
	}
	for i, c := range claims {
		e, ok := m.work[name(c.Queue, c.ID)]
		switch {
		case c.Queue != o.Queue || !ok || e.due != due[i]:
			return "not the longest due first" // of entries due at one time any may come first
		case c.Fence <= m.fence:
			return "the fence does not rise"
		}
		if e.fence != 0 {
			e.deaths++
			m.giveUp(name(c.Queue, c.ID))
		}
		if c.Deaths != e.deaths {
			return "the deaths are miscounted"
		}
		m.fence = c.Fence
		e.fence, e.due = c.Fence, m.now+o.Lease
		m.work[name(c.Queue, c.ID)] = e
	}
	m.wake()
	return ""
}

// dueEntries returns the times at which the entries that can be claimed became due, in order.
func (m *model) dueEntries(queue string) []time.Duration {
	var due []time.Duration
	for n, e := range m.work {
		if n.Queue == queue && e.due <= m.now {
			due = append(due, e.due)
		}
	}
	slices.Sort(due)
	return due
}

// due returns what Due must return, and empty for an empty queue.
func (m *model) due(queue string) time.Duration {
	next := empty
	for n, e := range m.work {
		if wait := max(0, e.due-m.now); n.Queue == queue && (next == empty || wait < next) {
			next = wait
		}
	}
	return next
}

func (m *model) renew(lease time.Duration, claims []store.Claim) (lost []store.Claim) {
	for _, c := range claims {
		if !m.current(c) {
			lost = append(lost, c)
			continue
		}
		e := m.work[name(c.Queue, c.ID)]
		e.due = m.now + lease
		m.work[name(c.Queue, c.ID)] = e
	}
	return lost
}

func (m *model) list(q store.Query) store.Page {
	keys := slices.SortedFunc(maps.Keys(m.records), func(a, b store.Key) int { return strings.Compare(a.ID, b.ID) })
	if q.Newest {
		slices.Reverse(keys)
	}
	var page store.Page
	for _, k := range keys {
		r := m.records[k]
		past := q.After == "" || (k.ID > q.After) != q.Newest && k.ID != q.After
		if k.Kind != q.Kind || r.expires <= m.now || !past || !strings.HasPrefix(k.ID, q.Prefix) || !slices.Contains(r.index, q.Index) {
			continue
		}
		if len(page.Records) == q.Limit {
			page.Next = page.Records[q.Limit-1].Key.ID
			break
		}
		page.Records = append(page.Records, store.Record{Key: k, Version: r.version, Data: []byte(r.data)})
	}
	return page
}

// sweep removes all that has expired and returns how many records it was.
func (m *model) sweep() int {
	m.drop(func(h modelHold) bool { return h.byHand() && h.until <= m.now })
	m.wake()
	before := len(m.records)
	maps.DeleteFunc(m.records, func(_ store.Key, r modelRecord) bool { return r.expires <= m.now })
	return before - len(m.records)
}

func name(queue, id string) store.Entry { return store.Entry{Queue: queue, ID: id} }
