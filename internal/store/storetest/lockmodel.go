package storetest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// modelLocks are holds and lines in their plainest form: lists.
type modelLocks struct {
	holds   []modelHold
	line    []modelTurn // in the order of the tickets
	tickets int
	freed   []string // places whose line is to be looked at before the step ends
}

type modelHold struct {
	name         string
	owner        store.Claim
	note         string
	since, until time.Duration // until of a hold by hand
}

func (h modelHold) byHand() bool { return h.owner.Queue == "" }

func (h modelHold) of(e store.Entry) bool { return name(h.owner.Queue, h.owner.ID) == e }

type modelTurn struct {
	name   string
	entry  store.Entry
	ticket int
	limit  int
}

// counts is what a hold is worth: the lease of its claim, or its own time.
func (m *model) counts(h modelHold) bool {
	if h.byHand() {
		return h.until > m.now
	}
	return m.current(h.owner)
}

// held returns the holds that count at a place, the least fence first, without those of one asker.
func (m *model) held(place string, but store.Entry) []modelHold {
	var held []modelHold
	for _, h := range m.holds {
		if h.name == place && m.counts(h) && !h.of(but) {
			held = append(held, h)
		}
	}
	slices.SortFunc(held, func(a, b modelHold) int { return cmp.Compare(a.owner.Fence, b.owner.Fence) })
	return held
}

// ahead counts who stands in the line of a place before a ticket.
func (m *model) ahead(place string, ticket int) int {
	n := 0
	for _, t := range m.line {
		if t.name == place && t.ticket < ticket {
			n++
		}
	}
	return n
}

// drop takes holds away.
func (m *model) drop(which func(modelHold) bool) {
	m.holds = slices.DeleteFunc(m.holds, func(h modelHold) bool {
		gone := which(h)
		if gone {
			m.freed = append(m.freed, h.name)
		}
		return gone
	})
}

func (m *model) giveUp(e store.Entry) { m.drop(func(h modelHold) bool { return h.of(e) }) }

func (m *model) leave(e store.Entry) {
	m.line = slices.DeleteFunc(m.line, func(t modelTurn) bool {
		if t.entry == e {
			m.freed = append(m.freed, t.name)
		}
		return t.entry == e
	})
}

// wake ends a step: who could have a place now that was given back is made due.
func (m *model) wake() {
	for _, t := range m.line {
		if slices.Contains(m.freed, t.name) && len(m.held(t.name, store.Entry{}))+m.ahead(t.name, t.ticket) < t.limit {
			m.enqueue(t.entry)
		}
	}
	m.freed = nil
}

// acquire returns what the driver must return as well. fence is the number that it gave to a hold by hand.
func (m *model) acquire(a store.Acquire, fence func() int64) ([]store.Blocker, bot.Code) {
	e, byHand := name(a.Claim.Queue, a.Claim.ID), a.Keep > 0
	asked := func(place string) bool {
		return slices.ContainsFunc(a.Places, func(p store.Place) bool { return p.Name == place })
	}
	ticket := m.tickets + 1
	if !byHand {
		if !m.current(a.Claim) {
			return nil, bot.CodeFenced
		}
		m.drop(func(h modelHold) bool { return h.of(e) && !asked(h.name) })
		ticket = m.keepTurn(e, a.Places)
	}
	m.drop(func(h modelHold) bool { return asked(h.name) && !m.counts(h) })
	var blockers []store.Blocker
	for _, p := range a.Places {
		held, ahead := m.held(p.Name, e), m.ahead(p.Name, ticket)
		if len(held)+ahead < p.Limit {
			continue
		}
		b := store.Blocker{Name: p.Name, Ahead: ahead}
		if len(held) >= p.Limit {
			h := m.hold(held[0])
			b.Hold = &h
		}
		blockers = append(blockers, b)
	}
	switch {
	case len(blockers) == 0:
		m.take(a, fence)
	case a.Wait:
		m.stand(e, a.Places, ticket)
	}
	m.wake()
	return blockers, ""
}

// keepTurn returns the ticket of an entry that waits for exactly these places, else it leaves all lines and gets the next one.
func (m *model) keepTurn(e store.Entry, places []store.Place) int {
	var mine []string
	ticket := m.tickets + 1
	for _, t := range m.line {
		if t.entry == e {
			mine, ticket = append(mine, t.name), t.ticket
		}
	}
	var asked []string
	for _, p := range places {
		asked = append(asked, p.Name)
	}
	slices.Sort(mine)
	slices.Sort(asked)
	if len(mine) > 0 && slices.Equal(mine, asked) {
		return ticket
	}
	m.leave(e)
	return m.tickets + 1
}

func (m *model) take(a store.Acquire, fence func() int64) {
	e, owner, until := name(a.Claim.Queue, a.Claim.ID), a.Claim, m.now+a.Keep
	owner.Deaths = 0
	if a.Keep > 0 && len(a.Places) > 0 {
		owner.Fence = fence()
		m.fence = max(m.fence, owner.Fence)
	}
	for _, p := range a.Places {
		i := slices.IndexFunc(m.holds, func(h modelHold) bool { return h.name == p.Name && h.of(e) })
		if i < 0 {
			m.holds = append(m.holds, modelHold{name: p.Name, owner: owner, note: a.Note, since: m.now, until: until})
		} else {
			m.holds[i].note, m.holds[i].until = a.Note, until
		}
	}
	if a.Keep == 0 {
		m.leave(e)
	}
}

func (m *model) stand(e store.Entry, places []store.Place, ticket int) {
	m.tickets = max(m.tickets, ticket)
	m.line = slices.DeleteFunc(m.line, func(t modelTurn) bool { return t.entry == e })
	for _, p := range places {
		m.line = append(m.line, modelTurn{name: p.Name, entry: e, ticket: ticket, limit: p.Limit})
	}
	slices.SortStableFunc(m.line, func(a, b modelTurn) int { return cmp.Compare(a.ticket, b.ticket) })
}

func (m *model) free(place string) int {
	n := 0
	m.drop(func(h modelHold) bool {
		if h.name == place && h.byHand() && m.counts(h) {
			n++
		}
		return h.name == place && h.byHand()
	})
	m.wake()
	return n
}

// hold returns a hold as the driver tells of it, on a clock that began at zero.
func (m *model) hold(h modelHold) store.Hold {
	until := h.until
	if !h.byHand() {
		until = m.work[name(h.owner.Queue, h.owner.ID)].due
	}
	return store.Hold{Name: h.name, Owner: h.owner, Note: h.note, Since: zero.Add(h.since), Until: zero.Add(until)}
}

// zero is when the model's time begins.
var zero = time.Unix(0, 0).UTC()

func (m *model) listHolds(prefix, after string, limit int) []store.Hold {
	var all []store.Hold
	for _, h := range m.holds {
		if m.counts(h) && strings.HasPrefix(h.name, prefix) && h.name > after {
			all = append(all, m.hold(h))
		}
	}
	slices.SortFunc(all, func(a, b store.Hold) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Owner.Fence, b.Owner.Fence))
	})
	return store.PageOfHolds(all, limit)
}
