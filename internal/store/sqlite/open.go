package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/petrelops/petrel/internal/store"
)

// FileName is the name of the database in the data folder.
const FileName = "petrel.db"

// readers is how many reads may go on at once.
const readers = 4

// Store is the driver. Its methods are those of store.Store.
type Store struct {
	path   string
	time   *timeline
	writer *writer
	reader *reader
	topics *store.Fanout
	wake   *wake
	close  func() error
}

var _ store.Store = (*Store)(nil)

// Open opens the database in the data folder and makes both where they are missing. ctx bounds the opening only; Close ends
// the store. CodeUnavailable: the file or its folder cannot be used. CodeUnsupported: a newer Petrel wrote the file.
func Open(ctx context.Context, o Options) (*Store, error) {
	o, err := o.settled()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.Dir, FileName)
	s, err := open(ctx, o, path)
	if err != nil {
		if ended := store.Ended(ctx, opOpen); ended != nil {
			return nil, ended
		}
		return nil, fault(opOpen, path, err)
	}
	return s, nil
}

func open(ctx context.Context, o Options, path string) (_ *Store, err error) {
	if err := create(o.Dir, path); err != nil {
		return nil, err
	}
	var undo closers
	defer func() {
		if err != nil {
			_ = undo.close() // the first error is the one that counts
		}
	}()
	// Outlives ctx: what is prepared here serves the store to its end.
	life := context.WithoutCancel(ctx)
	conn, err := connect(life, path, &undo)
	if err != nil {
		return nil, err
	}
	mark, err := prepareFile(ctx, conn, path)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, time: newTimeline(o.Clock, o.Log, mark), topics: &store.Fanout{}}
	undo.add(func() error { s.topics.Close(); return nil })
	if s.reader, err = newReader(life, path, &undo); err != nil {
		return nil, err
	}
	s.wake = newWake(life, o, s.topics)
	undo.add(s.wake.close)
	if s.writer, err = newWriter(life, writerParams{conn: conn, path: path, time: s.time, announce: s.announce}); err != nil {
		return nil, err
	}
	undo.add(s.writer.close)
	s.close = sync.OnceValue(undo.close)
	return s, nil
}

// create makes the folder and an empty file that only their owner may read. The file is made under another name and linked:
// SQLite's locks on a file end when anybody in this process closes it, so nobody but SQLite may open it.
func create(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(dir, FileName+".*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil // another process was faster
}

// connect opens the connection of the writer.
func connect(ctx context.Context, path string, undo *closers) (*sql.Conn, error) {
	db, err := sql.Open("sqlite", dsn(path, "busy_timeout(10)", "synchronous(FULL)", "foreign_keys(OFF)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	undo.add(db.Close)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	undo.add(conn.Close)
	return conn, nil
}

// dsn names the file with the pragmas that each connection begins with.
func dsn(path string, pragmas ...string) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas, "_dqs": {"0"}}.Encode()}
	return u.String()
}

// prepareFile turns on write-ahead logging, brings the schema up to date and returns the clock's mark.
func prepareFile(ctx context.Context, conn *sql.Conn, path string) (mark int64, err error) {
	var mode string
	err = patiently(func() error { return conn.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode) })
	if err != nil {
		return 0, err
	}
	if mode != "wal" {
		return 0, errors.New("the file system allows no write-ahead log; the journal mode is " + mode)
	}
	err = patiently(func() error { _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); return err })
	if err != nil {
		return 0, err
	}
	if err := migrate(ctx, conn, path); err != nil {
		_, rollback := conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
		return 0, errors.Join(err, rollback)
	}
	if _, err := conn.ExecContext(ctx, `COMMIT`); err != nil {
		return 0, err
	}
	err = conn.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'clock'`).Scan(&mark)
	return mark, err
}

// patiently repeats a statement of the writer's connection for about a second while another connection holds the lock. SQLite's
// own waiting looks ever more seldom, up to 100 ms apart, and starves beside a process that writes all the time; so it waits
// 10 ms at a time and begins anew.
func patiently(do func() error) error {
	const looks = 100
	for n := 1; ; n++ {
		err := do()
		e, ok := errors.AsType[*sqlite.Error](err)
		if !ok || e.Code()&0xff != sqlite3.SQLITE_BUSY || n == looks {
			return err
		}
	}
}

// announce tells the subscribers of this process and wakes the other ones.
func (s *Store) announce(notices []store.Notice) {
	for _, n := range notices {
		s.topics.Send(n)
	}
	s.wake.send(notices)
}

// Subscribe implements store.Bus. Notices of other processes on the same file arrive through a socket in the data folder.
func (s *Store) Subscribe(ctx context.Context, topic string) (<-chan string, error) {
	return s.topics.Subscribe(ctx, topic)
}

// Now implements store.Store.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if err := store.Ended(ctx, opNow); err != nil {
		return time.Time{}, err
	}
	if s.writer.stopped() {
		return time.Time{}, store.Closed(opNow)
	}
	return timeOf(s.time.now()), nil
}

// Close implements store.Store. It waits for the commits that are under way. A second call does nothing.
func (s *Store) Close() error {
	return fault(opClose, s.path, s.close())
}

// closers undo what was opened, the latest first.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c *closers) close() error {
	var all []error
	for i := len(*c) - 1; i >= 0; i-- {
		all = append(all, (*c)[i]())
	}
	return errors.Join(all...)
}
