package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/petrelops/petrel/internal/store"
)

// Commit implements store.Records.
func (s *Store) Commit(ctx context.Context, b store.Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	return s.writer.do(ctx, opCommit, func(ctx context.Context, t *turn) error { return t.commit(ctx, b) })
}

// commit applies a batch. Claims come first: CodeFenced goes before CodeConflict.
func (t *turn) commit(ctx context.Context, b store.Batch) error {
	if err := t.entries(ctx, b); err != nil {
		return err
	}
	for _, d := range b.Deletes {
		if err := t.drop(ctx, d); err != nil {
			return err
		}
	}
	for _, p := range b.Puts {
		if err := t.put(ctx, p); err != nil {
			return err
		}
	}
	for _, l := range b.Append {
		if err := t.append(ctx, l); err != nil {
			return err
		}
	}
	t.notices = append(t.notices, b.Notify...)
	return nil
}

// found is what the file holds under a key.
type found struct {
	there   bool // also when it has expired
	version store.Version
	index   []store.Index
}

// find reads what is under k and checks the condition. A record that has expired counts as absent, but its index entries are
// still to be dealt with.
func (t *turn) find(ctx context.Context, k store.Key, want store.Version) (found, error) {
	var f found
	var expires int64
	var packed []byte
	err := t.findRecord.QueryRowContext(ctx, k.Kind, k.ID).Scan(&f.version, &expires, &packed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return f, err
	default:
		f.there = true
		if f.index, err = indexOf(packed); err != nil {
			return f, err
		}
		if expires <= t.now {
			f.version = store.Absent
		}
	}
	if want != store.Anything && want != f.version {
		return f, store.Conflict(k)
	}
	return f, nil
}

func (t *turn) put(ctx context.Context, p store.Put) error {
	f, err := t.find(ctx, p.Key, p.If)
	if err != nil {
		return err
	}
	for _, old := range f.index {
		if slices.Contains(p.Index, old) {
			continue
		}
		if _, err := t.change(ctx, t.dropEntry, p.Key.Kind, old.Name, old.Value, p.Key.ID); err != nil {
			return err
		}
	}
	for _, x := range p.Index {
		if slices.Contains(f.index, x) {
			continue
		}
		if _, err := t.change(ctx, t.addEntry, p.Key.Kind, x.Name, x.Value, p.Key.ID); err != nil {
			return err
		}
	}
	_, err = t.change(ctx, t.putRecord, p.Key.Kind, p.Key.ID, f.version+1, after(t.now, p.TTL), packIndex(p.Index), p.Data)
	return err
}

func (t *turn) drop(ctx context.Context, d store.Delete) error {
	f, err := t.find(ctx, d.Key, d.If)
	if err != nil || !f.there {
		return err
	}
	return t.erase(ctx, d.Key, f.index)
}

func (t *turn) erase(ctx context.Context, k store.Key, index []store.Index) error {
	for _, x := range index {
		if _, err := t.change(ctx, t.dropEntry, k.Kind, x.Name, x.Value, k.ID); err != nil {
			return err
		}
	}
	_, err := t.change(ctx, t.dropRecord, k.Kind, k.ID)
	return err
}

func packIndex(index []store.Index) []byte {
	parts := make([]string, 0, 2*len(index))
	for _, x := range index {
		parts = append(parts, x.Name, x.Value)
	}
	return pack(parts...)
}

func indexOf(packed []byte) ([]store.Index, error) {
	parts, ok := unpack(packed)
	if !ok || len(parts)%2 != 0 {
		return nil, errDamaged
	}
	var index []store.Index
	for pair := range slices.Chunk(parts, 2) {
		index = append(index, store.Index{Name: pair[0], Value: pair[1]})
	}
	return index, nil
}
