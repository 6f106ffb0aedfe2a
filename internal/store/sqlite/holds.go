package sqlite

import (
	"context"
	"database/sql"

	"github.com/petrelops/petrel/internal/store"
)

// nullHold reads holdColumns, where a hold may be missing.
type nullHold struct {
	fence, since, until sql.NullInt64
	queue, id, note     sql.NullString
}

func (h *nullHold) columns() []any {
	return []any{&h.fence, &h.queue, &h.id, &h.note, &h.since, &h.until}
}

func (h *nullHold) hold(name string) store.Hold {
	return store.Hold{
		Name: name, Owner: store.Claim{Queue: h.queue.String, ID: h.id.String, Fence: h.fence.Int64}, Note: h.note.String,
		Since: timeOf(h.since.Int64), Until: timeOf(h.until.Int64),
	}
}

// Holds implements store.Locks.
func (s *Store) Holds(ctx context.Context, prefix, after string, limit int) ([]store.Hold, error) {
	if err := store.ValidateHolds(limit); err != nil {
		return nil, err
	}
	var holds []store.Hold
	err := s.read(ctx, opHolds, func() (err error) {
		holds, err = s.reader.listHolds(ctx, after, prefix, prefixEnd(prefix), s.time.now(), limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	return store.PageOfHolds(holds, limit), nil
}

func (r *reader) listHolds(ctx context.Context, args ...any) ([]store.Hold, error) {
	rows, err := r.holds.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []store.Hold
	for rows.Next() {
		var name string
		var h nullHold
		if err := rows.Scan(append([]any{&name}, h.columns()...)...); err != nil {
			return nil, err
		}
		all = append(all, h.hold(name))
	}
	return all, rows.Err()
}
