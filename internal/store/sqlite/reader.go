package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// reader is a small pool of connections that only read. In a write-ahead log they never wait for the writer.
type reader struct {
	get, ascending, descending, due *sql.Stmt
	there, holds, head, epoch       *sql.Stmt
}

func newReader(ctx context.Context, path string, undo *closers) (*reader, error) {
	db, err := sql.Open("sqlite", dsn(path, "busy_timeout(1000)", "query_only(ON)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	undo.add(db.Close)
	// CROSS JOIN makes SQLite walk the index entries first, in their order.
	const list = `
SELECT e.id, r.version, r.data FROM entry e CROSS JOIN record r ON r.kind = e.kind AND r.id = e.id
WHERE e.kind = ? AND e.name = ? AND e.value = ? AND e.id >= ? AND e.id < ? AND r.expires > ? ORDER BY e.id `
	var r reader
	err = prepare(ctx, db, undo, []prepared{
		{&r.get, `SELECT version, data FROM record WHERE kind = ? AND id = ? AND expires > ?`},
		{&r.ascending, list + `ASC LIMIT ?`},
		{&r.descending, list + `DESC LIMIT ?`},
		{&r.due, `SELECT min(due) FROM work WHERE queue = ?`},
		{&r.there, `SELECT count(*) FROM work WHERE queue = ? AND id = ?`},
		{&r.holds, holdsText},
		{&r.head, `SELECT seq, hash FROM head WHERE log = ?`},
		{&r.epoch, `SELECT value FROM meta WHERE name = 'epoch'`},
	})
	return &r, err
}

// read wraps a call on the reader: no call after the end of ctx or of the store, and a sentence for each fault.
func (s *Store) read(ctx context.Context, op string, do func() error) error {
	if err := store.Ended(ctx, op); err != nil {
		return err
	}
	if s.writer.stopped() {
		return store.Closed(op)
	}
	err := do()
	if err != nil && ctx.Err() != nil {
		return store.Ended(ctx, op)
	}
	return fault(op, s.path, err)
}

// Get implements store.Records.
func (s *Store) Get(ctx context.Context, k store.Key) (store.Record, error) {
	r := store.Record{Key: k}
	err := s.read(ctx, opGet, func() error {
		err := s.reader.get.QueryRowContext(ctx, k.Kind, k.ID, s.time.now()).Scan(&r.Version, &r.Data)
		if errors.Is(err, sql.ErrNoRows) {
			return store.NotFound(k)
		}
		return err
	})
	if err != nil {
		return store.Record{}, err
	}
	return r, nil
}

// List implements store.Records.
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	if err := q.Validate(); err != nil {
		return store.Page{}, err
	}
	var page store.Page
	err := s.read(ctx, opList, func() (err error) {
		page, err = s.reader.list(ctx, q, s.time.now())
		return err
	})
	if err != nil {
		return store.Page{}, err
	}
	return page, nil
}

func (r *reader) list(ctx context.Context, q store.Query, now int64) (store.Page, error) {
	stmt, limit := r.ascending, q.Limit
	if q.Newest {
		stmt = r.descending
	}
	if limit == 0 {
		limit = store.MaxPage
	}
	from, to := span(q)
	rows, err := stmt.QueryContext(ctx, q.Kind, q.Index.Name, q.Index.Value, from, to, now, limit+1)
	if err != nil {
		return store.Page{}, err
	}
	defer rows.Close()
	var page store.Page
	for rows.Next() {
		if len(page.Records) == limit {
			page.Next = page.Records[limit-1].Key.ID
			break
		}
		record := store.Record{Key: store.Key{Kind: q.Kind}}
		if err := rows.Scan(&record.Key.ID, &record.Version, &record.Data); err != nil {
			return store.Page{}, err
		}
		page.Records = append(page.Records, record)
	}
	return page, rows.Err()
}

// span returns the ids that a query asks for: from the first bound up to, and without, the second.
func span(q store.Query) (from string, to any) {
	from, to = q.Prefix, prefixEnd(q.Prefix)
	switch {
	case q.After == "":
	case !q.Newest:
		from = max(from, q.After+"\x00") // the least id past After
	default:
		if end, ok := to.(string); !ok || q.After < end {
			to = q.After
		}
	}
	return from, to
}

// prefixEnd returns the least text past all that begin with prefix. Where there is none it returns a blob: SQLite orders blobs
// behind all texts.
func prefixEnd(prefix string) any {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return []byte{0}
}

// Due implements store.Queue.
func (s *Store) Due(ctx context.Context, queue string) (time.Duration, bool, error) {
	var at sql.NullInt64
	err := s.read(ctx, opDue, func() error { return s.reader.due.QueryRowContext(ctx, queue).Scan(&at) })
	if err != nil || !at.Valid {
		return 0, false, err
	}
	return max(0, time.Duration(at.Int64-s.time.now())), true, nil
}

// Missing implements store.Queue.
func (s *Store) Missing(ctx context.Context, queue string, ids []string) ([]string, error) {
	if err := store.ValidateMissing(queue, ids); err != nil {
		return nil, err
	}
	var missing []string
	err := s.read(ctx, opMissing, func() error {
		for _, id := range ids {
			var there bool
			if err := s.reader.there.QueryRowContext(ctx, queue, id).Scan(&there); err != nil {
				return err
			}
			if !there {
				missing = append(missing, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return missing, nil
}
