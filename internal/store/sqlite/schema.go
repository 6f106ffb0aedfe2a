package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// migrations hold the statements that lead from each schema to the next; their number is the schema this build knows.
// Times are nanoseconds since 1970 on the store's clock.
var migrations = []string{`
CREATE TABLE record (
	kind    TEXT NOT NULL,
	id      TEXT NOT NULL,
	version INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	entries BLOB NOT NULL, -- packed names and values of the record's rows in entry
	data    BLOB NOT NULL,
	PRIMARY KEY (kind, id)
);
CREATE INDEX record_expires ON record (expires);
CREATE TABLE entry (
	kind  TEXT NOT NULL,
	name  TEXT NOT NULL,
	value TEXT NOT NULL,
	id    TEXT NOT NULL,
	PRIMARY KEY (kind, name, value, id)
) WITHOUT ROWID;
CREATE TABLE work (
	queue  TEXT NOT NULL,
	id     TEXT NOT NULL,
	due    INTEGER NOT NULL, -- when it can be claimed: for a claimed entry the end of its lease
	fence  INTEGER NOT NULL, -- of the claim; 0 while nobody has it
	owner  TEXT NOT NULL,
	deaths INTEGER NOT NULL,
	again  INTEGER,          -- enqueued while claimed: when it is due after that
	PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX work_due ON work (queue, due);
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('schema', 0), ('fence', 0), ('clock', 0);
`, `
CREATE TABLE hold (
	name  TEXT NOT NULL,
	fence INTEGER NOT NULL, -- of the claim; a number of its own for a hold by hand
	queue TEXT NOT NULL,    -- '' for a hold by hand
	id    TEXT NOT NULL,
	note  TEXT NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER,          -- of a hold by hand; that of a claim ends with the lease in work
	PRIMARY KEY (name, fence)
) WITHOUT ROWID;
CREATE UNIQUE INDEX hold_owner ON hold (queue, id, name);
CREATE INDEX hold_until ON hold (until) WHERE until IS NOT NULL;
CREATE TABLE line (
	name   TEXT NOT NULL,
	ticket INTEGER NOT NULL, -- one for all the places that an entry waits for
	queue  TEXT NOT NULL,
	id     TEXT NOT NULL,
	places INTEGER NOT NULL, -- how many the resource has
	PRIMARY KEY (name, ticket)
) WITHOUT ROWID;
CREATE INDEX line_entry ON line (queue, id);
CREATE TABLE head (
	log  TEXT PRIMARY KEY,
	seq  INTEGER NOT NULL,
	hash TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('ticket', 0);
`}

// migrate brings the file to the schema that this build knows, inside one transaction. The file gets the epoch if it has none.
func migrate(ctx context.Context, conn *sql.Conn, path string, epoch int64) error {
	var there bool
	if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'meta'`).Scan(&there); err != nil {
		return err
	}
	var found int
	if there {
		if err := conn.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'schema'`).Scan(&found); err != nil {
			return err
		}
	}
	if found > len(migrations) {
		return bot.E(bot.CodeUnsupported, opOpen,
			fmt.Sprintf("A newer Petrel wrote %s (schema %d, this one knows %d). Start that version, or name another data folder.", path, found, len(migrations)),
			errors.New("newer schema"))
	}
	for _, step := range migrations[found:] {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if found == len(migrations) {
		return nil
	}
	if _, err := conn.ExecContext(ctx, `INSERT OR IGNORE INTO meta (name, value) VALUES ('epoch', ?)`, epoch); err != nil {
		return err
	}
	_, err := conn.ExecContext(ctx, `UPDATE meta SET value = ? WHERE name = 'schema'`, len(migrations))
	return err
}
