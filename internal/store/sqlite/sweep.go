package sqlite

import (
	"context"

	"github.com/petrelops/petrel/internal/store"
)

// sweepChunk is how many records are removed in one transaction, so that commits get their turn in between.
const sweepChunk = 200

// Sweep implements store.Records.
func (s *Store) Sweep(ctx context.Context, limit int) (int, error) {
	if err := store.ValidateSweep(limit); err != nil {
		return 0, err
	}
	removed := 0
	for removed < limit {
		chunk, n := min(sweepChunk, limit-removed), 0
		err := s.writer.do(ctx, opSweep, func(ctx context.Context, t *turn) (err error) {
			n, err = t.sweep(ctx, chunk)
			return err
		})
		if err != nil {
			return removed, err
		}
		removed += n
		if n < chunk {
			break
		}
	}
	return removed, nil
}

// sweep removes up to limit expired records and returns how many there were. Holds by hand that have ended go as well.
func (t *turn) sweep(ctx context.Context, limit int) (int, error) {
	if err := t.freeBy(ctx, t.dropByHand, t.now); err != nil {
		return 0, err
	}
	gone, err := t.findExpired(ctx, limit)
	if err != nil {
		return 0, err
	}
	for _, g := range gone {
		index, err := indexOf(g.packed)
		if err != nil {
			return 0, err
		}
		if err := t.erase(ctx, g.key, index); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

type expired struct {
	key    store.Key
	packed []byte
}

func (t *turn) findExpired(ctx context.Context, limit int) ([]expired, error) {
	rows, err := t.expired.QueryContext(ctx, t.now, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var gone []expired
	for rows.Next() {
		var g expired
		if err := rows.Scan(&g.key.Kind, &g.key.ID, &g.packed); err != nil {
			return nil, err
		}
		gone = append(gone, g)
	}
	return gone, rows.Err()
}
