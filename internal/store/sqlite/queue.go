package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// entries applies the queue part of a batch.
func (t *turn) entries(ctx context.Context, b store.Batch) error {
	for _, c := range b.Guards {
		if err := t.check(ctx, c); err != nil {
			return err
		}
	}
	for _, c := range b.Finish {
		if err := t.end(ctx, c); err != nil {
			return err
		}
	}
	for _, r := range b.Release {
		c := r.Claim
		there, err := t.changeEntry(ctx, ending{c.Queue, c.ID, false}, t.giveBack, c.Fence, t.now, after(t.now, r.Delay))
		if err != nil {
			return err
		}
		if !there {
			return store.Fenced(c)
		}
		t.wakeQueue(c.Queue)
	}
	for _, e := range b.Enqueue {
		if err := t.makeDue(ctx, e); err != nil {
			return err
		}
	}
	for _, e := range b.Remove {
		if _, err := t.changeEntry(ctx, ending{e.Queue, e.ID, true}, t.remove); err != nil {
			return err
		}
	}
	return nil
}

// makeDue enqueues an entry.
func (t *turn) makeDue(ctx context.Context, e store.Entry) error {
	_, err := t.change(ctx, t.enqueue, e.Queue, e.ID, after(t.now, e.Delay), t.now)
	t.wakeQueue(e.Queue)
	return err
}

// check demands that the claim is current: same fence, lease not ended.
func (t *turn) check(ctx context.Context, c store.Claim) error {
	var current bool
	if err := t.guard.QueryRowContext(ctx, c.Queue, c.ID, c.Fence, t.now).Scan(&current); err != nil {
		return err
	}
	if !current {
		return store.Fenced(c)
	}
	return nil
}

// end finishes a claim: the entry goes away, or back into the queue when it was enqueued meanwhile.
func (t *turn) end(ctx context.Context, c store.Claim) error {
	e := ending{c.Queue, c.ID, true}
	there, err := t.changeEntry(ctx, e, t.finish, c.Fence, t.now)
	if err != nil || there {
		return err
	}
	there, err = t.changeEntry(ctx, e, t.putBack, c.Fence, t.now)
	if err != nil {
		return err
	}
	if !there {
		return store.Fenced(c)
	}
	t.wakeQueue(c.Queue)
	return nil
}

// ending is the end of a claim on an entry, or of the entry. What it holds is given back and, if all is said, its turn in line.
type ending struct {
	queue, id string
	all       bool
}

// changeEntry runs a statement on an entry and reports whether it found it.
func (t *turn) changeEntry(ctx context.Context, e ending, s *sql.Stmt, args ...any) (bool, error) {
	var has bool
	err := s.QueryRowContext(ctx, append([]any{e.queue, e.id}, args...)...).Scan(&has)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	t.changed = true
	if err != nil || !has {
		return true, err
	}
	return true, t.giveUp(ctx, e)
}

// Claim implements store.Queue.
func (s *Store) Claim(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	var claims []store.Claim
	err := s.writer.do(ctx, opClaim, func(ctx context.Context, t *turn) (err error) {
		claims, err = t.claimDue(ctx, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return claims, nil
}

func (t *turn) claimDue(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	claims, died, err := t.findDue(ctx, o)
	if err != nil {
		return nil, err
	}
	for i := range claims {
		c := &claims[i]
		if died[i] {
			if err := t.giveUp(ctx, ending{c.Queue, c.ID, false}); err != nil {
				return nil, err
			}
		}
		if err := t.nextFence.QueryRowContext(ctx).Scan(&c.Fence); err != nil {
			return nil, err
		}
		if _, err := t.change(ctx, t.claim, after(t.now, o.Lease), c.Fence, o.Owner, c.Deaths, c.Queue, c.ID); err != nil {
			return nil, err
		}
	}
	return claims, nil
}

// findDue returns the entries that are to be claimed, and which of them somebody had whose lease has ended.
func (t *turn) findDue(ctx context.Context, o store.ClaimOptions) (claims []store.Claim, died []bool, err error) {
	rows, err := t.due.QueryContext(ctx, o.Queue, t.now, o.Max)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		c := store.Claim{Queue: o.Queue}
		var dead bool
		if err := rows.Scan(&c.ID, &c.Deaths, &dead); err != nil {
			return nil, nil, err
		}
		claims, died = append(claims, c), append(died, dead)
	}
	return claims, died, rows.Err()
}

// Renew implements store.Queue.
func (s *Store) Renew(ctx context.Context, lease time.Duration, claims []store.Claim) ([]store.Claim, error) {
	if err := store.ValidateRenew(lease, claims); err != nil {
		return nil, err
	}
	var lost []store.Claim
	err := s.writer.do(ctx, opRenew, func(ctx context.Context, t *turn) error {
		for _, c := range claims {
			n, err := t.change(ctx, t.renew, c.Queue, c.ID, c.Fence, t.now, after(t.now, lease))
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return lost, nil
}
