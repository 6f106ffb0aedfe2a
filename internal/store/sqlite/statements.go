package sqlite

import (
	"context"
	"database/sql"
)

// statements are the writer's prepared statements. SQLite keeps the file open until the last one is closed.
type statements struct {
	begin, commit, rollback  *sql.Stmt
	savepoint, release, undo *sql.Stmt
	readClock, writeClock    *sql.Stmt

	findRecord, putRecord, dropRecord *sql.Stmt
	addEntry, dropEntry, expired      *sql.Stmt

	enqueue, remove, guard       *sql.Stmt
	finish, putBack, giveBack    *sql.Stmt
	due, nextFence, claim, renew *sql.Stmt
	readHead, writeHead          *sql.Stmt

	lockStatements
}

// prepared is a statement with its place.
type prepared struct {
	to   **sql.Stmt
	text string
}

// preparer is a connection or a pool of them.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// prepare prepares statements until undo closes them.
func prepare(ctx context.Context, on preparer, undo *closers, all []prepared) (err error) {
	for _, p := range all {
		if *p.to, err = on.PrepareContext(ctx, p.text); err != nil { //nolint:sqlclosecheck // closed by undo
			return err
		}
		undo.add((*p.to).Close)
	}
	return nil
}

func newStatements(ctx context.Context, conn *sql.Conn, undo *closers) (*statements, error) {
	var s statements
	err := prepare(ctx, conn, undo, append(s.locks(), []prepared{
		// IMMEDIATE takes the write lock at once: what is read in the transaction is what the writes stand on.
		{&s.begin, `BEGIN IMMEDIATE`},
		{&s.commit, `COMMIT`},
		{&s.rollback, `ROLLBACK`},
		{&s.savepoint, `SAVEPOINT request`},
		{&s.release, `RELEASE request`},
		{&s.undo, `ROLLBACK TO request`},
		{&s.readClock, `SELECT value FROM meta WHERE name = 'clock'`},
		{&s.writeClock, `UPDATE meta SET value = ? WHERE name = 'clock'`},

		{&s.findRecord, `SELECT version, expires, entries FROM record WHERE kind = ? AND id = ?`},
		{&s.putRecord, `
INSERT INTO record (kind, id, version, expires, entries, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT DO UPDATE SET version = ?3, expires = ?4, entries = ?5, data = ?6`},
		{&s.dropRecord, `DELETE FROM record WHERE kind = ? AND id = ?`},
		{&s.addEntry, `REPLACE INTO entry (kind, name, value, id) VALUES (?, ?, ?, ?)`},
		{&s.dropEntry, `DELETE FROM entry WHERE kind = ? AND name = ? AND value = ? AND id = ?`},
		{&s.expired, `SELECT kind, id, entries FROM record WHERE expires <= ? ORDER BY expires LIMIT ?`},

		// A lease that has ended is as good as due already: enqueueing changes nothing then.
		{&s.enqueue, `
INSERT INTO work (queue, id, due, fence, owner, deaths) VALUES (?1, ?2, ?3, 0, '', 0)
ON CONFLICT DO UPDATE SET
	due   = CASE WHEN fence = 0 THEN min(due, ?3) ELSE due END,
	again = CASE WHEN fence <> 0 AND due > ?4 THEN min(coalesce(again, ?3), ?3) ELSE again END`},
		{&s.remove, `DELETE FROM work WHERE queue = ? AND id = ?` + hasPlaces},
		{&s.guard, `SELECT count(*) FROM work WHERE queue = ? AND id = ? AND fence = ? AND due > ?`},
		{&s.finish, `DELETE FROM work WHERE queue = ? AND id = ? AND fence = ? AND due > ? AND again IS NULL` + hasPlaces},
		{&s.putBack, `
UPDATE work SET due = again, again = NULL, fence = 0, owner = '', deaths = 0
WHERE queue = ? AND id = ? AND fence = ? AND due > ? AND again IS NOT NULL` + hasPlaces},
		{&s.giveBack, `
UPDATE work SET due = min(?5, coalesce(again, ?5)), again = NULL, fence = 0, owner = '', deaths = 0
WHERE queue = ?1 AND id = ?2 AND fence = ?3 AND due > ?4` + hasPlaces},
		{&s.due, `SELECT id, deaths + (fence <> 0), fence <> 0 FROM work WHERE queue = ? AND due <= ? ORDER BY due, id LIMIT ?`},
		{&s.nextFence, `UPDATE meta SET value = value + 1 WHERE name = 'fence' RETURNING value`},
		{&s.claim, `UPDATE work SET due = ?, fence = ?, owner = ?, deaths = ? WHERE queue = ? AND id = ?`},
		{&s.renew, `UPDATE work SET due = ?5 WHERE queue = ?1 AND id = ?2 AND fence = ?3 AND due > ?4`},

		{&s.readHead, `SELECT seq, hash FROM head WHERE log = ?`},
		{&s.writeHead, `REPLACE INTO head (log, seq, hash) VALUES (?, ?, ?)`},
	}...))
	return &s, err
}
