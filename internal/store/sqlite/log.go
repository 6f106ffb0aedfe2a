package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// append writes a line behind the head of its log. Write transactions are serial, so there is one head.
func (t *turn) append(ctx context.Context, l store.Line) error {
	head, err := readHead(t.readHead.QueryRowContext(ctx, l.Log))
	if err != nil {
		return err
	}
	next, data := store.Chain(head, time.Duration(t.now).Milliseconds(), l.Data)
	if _, err := t.change(ctx, t.writeHead, l.Log, next.Seq, next.Hash); err != nil {
		return err
	}
	key := store.Key{Kind: l.Log, ID: store.LineID(next.Seq)}
	return t.put(ctx, store.Put{Key: key, Data: data, If: store.Anything, Index: l.Index, TTL: l.TTL})
}

func readHead(row *sql.Row) (store.Head, error) {
	var h store.Head
	err := row.Scan(&h.Seq, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil // it never had a line
	}
	return h, err
}

// Head implements store.Logs.
func (s *Store) Head(ctx context.Context, log string) (store.Head, error) {
	if err := store.ValidateHead(log); err != nil {
		return store.Head{}, err
	}
	var h store.Head
	err := s.read(ctx, opHead, func() (err error) {
		h, err = readHead(s.reader.head.QueryRowContext(ctx, log))
		return err
	})
	return h, err
}

// Epoch implements store.Store: a number that was drawn when the file was made.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	var epoch int64
	err := s.read(ctx, opEpoch, func() error { return s.reader.epoch.QueryRowContext(ctx).Scan(&epoch) })
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%016x", uint64(epoch)), nil //nolint:gosec // the bits are what counts
}
