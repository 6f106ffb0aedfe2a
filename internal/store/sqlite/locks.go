package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"

	"github.com/petrelops/petrel/internal/store"
)

// Acquire implements store.Locks.
func (s *Store) Acquire(ctx context.Context, a store.Acquire) ([]store.Blocker, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	places, err := asking(a.Places)
	if err != nil {
		return nil, fault(opAcquire, s.path, err)
	}
	var blockers []store.Blocker
	err = s.writer.do(ctx, opAcquire, func(ctx context.Context, t *turn) (err error) {
		blockers, err = t.acquire(ctx, asker{Acquire: a, places: places})
		return err
	})
	if err != nil {
		return nil, err
	}
	return blockers, nil
}

// asker is an Acquire under way.
type asker struct {
	store.Acquire
	places string // in the form that the statements read
	has    bool   // it holds places or waits for some already
	ticket int64  // its turn in line, 0 while it has none
}

// asking writes places down for the statements.
func asking(places []store.Place) (string, error) {
	list := make([]string, 0, len(places))
	for _, p := range places {
		list = append(list, fmt.Sprintf("%010d%x", min(p.Limit, math.MaxInt32), p.Name))
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func (t *turn) acquire(ctx context.Context, a asker) ([]store.Blocker, error) {
	if err := t.settle(ctx, &a); err != nil {
		return nil, err
	}
	if err := t.freeBy(ctx, t.dropEnded, a.places, t.now); err != nil {
		return nil, err
	}
	if err := t.freeBy(ctx, t.dropAbsent, a.places); err != nil {
		return nil, err
	}
	blockers, err := t.inTheWay(ctx, a)
	switch {
	case err != nil:
		return nil, err
	case len(blockers) == 0:
		return nil, t.takeAll(ctx, a)
	case a.Wait:
		return blockers, t.standInLine(ctx, a)
	default:
		return blockers, nil
	}
}

// settle checks the claim, gives back what it does not ask for any more, and finds its turn if it waits for these places already.
func (t *turn) settle(ctx context.Context, a *asker) error {
	c, byHand := a.Claim, a.Keep > 0
	if !byHand {
		if err := t.check(ctx, c); err != nil {
			return err
		}
	}
	has, err := t.names(ctx, t.atPlaces, c.Queue, c.ID, true)
	if a.has = len(has) > 0; err != nil || !a.has || byHand {
		return err
	}
	if err := t.freeBy(ctx, t.notAsked, a.places, c.Queue, c.ID); err != nil {
		return err
	}
	var all, same int
	if err := t.turnOf.QueryRowContext(ctx, a.places, c.Queue, c.ID).Scan(&a.ticket, &all, &same); err != nil {
		return err
	}
	if all == same && all == len(a.Places) {
		return nil
	}
	a.ticket = 0
	return t.freeBy(ctx, t.leave, c.Queue, c.ID)
}

// inTheWay returns the places that cannot be had now.
func (t *turn) inTheWay(ctx context.Context, a asker) ([]store.Blocker, error) {
	ticket := a.ticket
	if ticket == 0 {
		ticket = math.MaxInt64
	}
	rows, err := t.blocked.QueryContext(ctx, a.places, a.Claim.Queue, a.Claim.ID, ticket)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []store.Blocker
	for rows.Next() {
		var b store.Blocker
		var h nullHold
		if err := rows.Scan(append([]any{&b.Name, &b.Ahead}, h.columns()...)...); err != nil {
			return nil, err
		}
		if h.fence.Valid {
			hold := h.hold(b.Name)
			b.Hold = &hold
		}
		all = append(all, b)
	}
	return all, rows.Err()
}

// takeAll takes all places, which are free, and leaves the lines.
func (t *turn) takeAll(ctx context.Context, a asker) error {
	c, until := a.Claim, sql.NullInt64{}
	if a.Keep > 0 {
		until = sql.NullInt64{Int64: after(t.now, a.Keep), Valid: true}
		if err := t.nextFence.QueryRowContext(ctx).Scan(&c.Fence); err != nil {
			return err
		}
	}
	if a.has {
		if _, err := t.change(ctx, t.keep, a.places, c.Queue, c.ID, a.Note, until); err != nil {
			return err
		}
	}
	if _, err := t.change(ctx, t.take, a.places, c.Queue, c.ID, a.Note, until, c.Fence, t.now); err != nil {
		return err
	}
	if a.ticket == 0 {
		return nil
	}
	return t.freeBy(ctx, t.leave, c.Queue, c.ID)
}

// standInLine lets the entry wait at all places, at the end of the lines if it does not wait there yet.
func (t *turn) standInLine(ctx context.Context, a asker) error {
	if a.ticket == 0 {
		if err := t.nextTicket.QueryRowContext(ctx).Scan(&a.ticket); err != nil {
			return err
		}
	}
	_, err := t.change(ctx, t.stand, a.places, a.Claim.Queue, a.Claim.ID, a.ticket)
	return err
}

// giveUp takes away what an entry holds and, if all is said, its turn in line.
func (t *turn) giveUp(ctx context.Context, e ending) error {
	names, err := t.names(ctx, t.atPlaces, e.queue, e.id, e.all)
	if err != nil || len(names) == 0 {
		return err
	}
	t.freed = append(t.freed, names...)
	if _, err := t.change(ctx, t.dropHolds, e.queue, e.id); err != nil || !e.all {
		return err
	}
	return t.freeBy(ctx, t.leave, e.queue, e.id)
}

// freeBy runs a statement that gives back places or leaves lines, and notes their names.
func (t *turn) freeBy(ctx context.Context, s *sql.Stmt, args ...any) error {
	names, err := t.names(ctx, s, args...)
	t.freed = append(t.freed, names...)
	t.changed = t.changed || len(names) > 0
	return err
}

// wakeLines makes due whoever can have one of the places that the request has given back.
func (t *turn) wakeLines(ctx context.Context) error {
	if len(t.freed) == 0 {
		return nil
	}
	freed := make([]store.Place, 0, len(t.freed))
	for _, name := range t.freed {
		freed = append(freed, store.Place{Name: name})
	}
	places, err := asking(freed)
	if err != nil {
		return err
	}
	if err := t.freeBy(ctx, t.dropAbsent, places); err != nil {
		return err
	}
	next, err := t.findNext(ctx, places)
	if err != nil {
		return err
	}
	for _, e := range next {
		if err := t.makeDue(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (t *turn) findNext(ctx context.Context, places string) ([]store.Entry, error) {
	rows, err := t.nextInLine.QueryContext(ctx, places, t.now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var next []store.Entry
	for rows.Next() {
		var e store.Entry
		if err := rows.Scan(&e.Queue, &e.ID); err != nil {
			return nil, err
		}
		next = append(next, e)
	}
	return next, rows.Err()
}

// names runs a statement that returns names.
func (t *turn) names(ctx context.Context, s *sql.Stmt, args ...any) ([]string, error) {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// Free implements store.Locks.
func (s *Store) Free(ctx context.Context, name string) (int, error) {
	if err := store.ValidateFree(name); err != nil {
		return 0, err
	}
	freed := 0
	err := s.writer.do(ctx, opFree, func(ctx context.Context, t *turn) (err error) {
		freed, err = t.freeByHand(ctx, name)
		return err
	})
	if err != nil {
		return 0, err
	}
	return freed, nil
}

func (t *turn) freeByHand(ctx context.Context, name string) (int, error) {
	rows, err := t.free.QueryContext(ctx, name, t.now)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	freed := 0
	for rows.Next() {
		var current bool
		if err := rows.Scan(&current); err != nil {
			return 0, err
		}
		if current {
			freed++
		}
		t.changed, t.freed = true, []string{name}
	}
	return freed, rows.Err()
}
