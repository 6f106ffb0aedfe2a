package redis

import (
	"context"

	"github.com/petrelops/petrel/internal/store"
)

// What commit.lua answers first.
const (
	answerFenced   = 1
	answerConflict = 2
)

// sweepChunk is how many records one script removes, so that other calls get their turn in between.
const sweepChunk = 200

// Commit implements store.Records.
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	answer, err := s.write(ctx, opCommit, s.scripts.commit, s.keys.commitParams(b))
	if err != nil {
		return err
	}
	n := int(number(answer, 1))
	switch number(answer, 0) {
	case answerFenced:
		return store.Fenced(claimsOf(b)[n-1].Claim)
	case answerConflict:
		return store.Conflict(recordKey(b, n))
	default:
		return nil
	}
}

// Get implements store.Records.
func (s *Store) Get(ctx context.Context, k store.Key) (store.Record, error) {
	answer, err := s.read(ctx, opGet, s.scripts.get, newParams(s.keys.meta, s.keys.record(k)))
	if err != nil {
		return store.Record{}, err
	}
	if len(answer) == 0 {
		return store.Record{}, store.NotFound(k)
	}
	return store.Record{Key: k, Version: store.Version(number(answer, 0)), Data: []byte(text(answer, 1))}, nil
}

// Sweep implements store.Records.
func (s *Store) Sweep(ctx context.Context, limit int) (int, error) {
	if err := store.ValidateSweep(limit); err != nil {
		return 0, err
	}
	removed := 0
	for removed < limit {
		chunk := min(sweepChunk, limit-removed)
		p := newParams(append([]string{s.keys.meta, s.keys.expiry, s.keys.indexes}, s.keys.locks...)...)
		p.add(chunk, s.keys.channel)
		answer, err := s.write(ctx, opSweep, s.scripts.sweep, p)
		if err != nil {
			return removed, err
		}
		n := int(number(answer, 0))
		removed += n
		if n < chunk {
			break
		}
	}
	return removed, nil
}
