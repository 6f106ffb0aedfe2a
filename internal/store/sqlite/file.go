package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

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
	link := os.Link(f.Name(), path)
	if errors.Is(link, os.ErrExist) {
		link = nil // another process was faster
	}
	return errors.Join(link, os.Remove(f.Name()), f.Close())
}

// connect opens the connection of the writer.
func connect(ctx context.Context, path string, undo *closers) (*sql.Conn, error) {
	db, err := sql.Open("sqlite", dsn(path, "busy_timeout(10)", "synchronous(FULL)", "foreign_keys(OFF)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, err
	}
	undo.add(db.Close)
	var conn *sql.Conn
	// Another process that closes the file as the last one locks it for a moment.
	if err := patiently(func() (err error) { conn, err = db.Conn(ctx); return err }); err != nil {
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
func prepareFile(ctx context.Context, conn *sql.Conn, path string, epoch int64) (mark int64, err error) {
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
	if err := migrate(ctx, conn, path, epoch); err != nil {
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
