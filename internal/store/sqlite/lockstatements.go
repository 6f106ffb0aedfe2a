package sqlite

import "database/sql"

// lockStatements are the statements about holds and lines. Those that deal with many places take all of them at once, as ?1.
type lockStatements struct {
	atPlaces, leave              *sql.Stmt // what an entry has
	notAsked, dropEnded, blocked *sql.Stmt
	dropAbsent                   *sql.Stmt
	keep, take                   *sql.Stmt
	turnOf, nextTicket, stand    *sql.Stmt
	dropHolds, dropByHand, free  *sql.Stmt
	nextInLine                   *sql.Stmt
}

const (
	// asked reads places from ?1: a JSON list of texts, each a limit in ten digits and a name in hex, because it may hold any bytes.
	asked = `
WITH asked (name, places, nr) AS MATERIALIZED (
	SELECT CAST(unhex(substr(value, 11)) AS TEXT), CAST(substr(value, 1, 10) AS INTEGER), key FROM json_each(?1))`
	// counts is true for a hold h that is one still at ?2.
	counts = `
	CASE h.queue WHEN '' THEN h.until > ?2
	ELSE EXISTS (SELECT 1 FROM work w WHERE w.queue = h.queue AND w.id = h.id AND w.fence = h.fence AND w.due > ?2) END`
	// hasPlaces ends a statement that changes rows of work: whether they hold places or wait for some, which is seldom.
	hasPlaces = `
RETURNING EXISTS (SELECT 1 FROM hold h WHERE h.queue = work.queue AND h.id = work.id) OR EXISTS (SELECT 1 FROM line l WHERE l.queue = work.queue AND l.id = work.id)`
	// holdColumns are read by scanHold. The hold of a claim ends with the lease.
	holdColumns = `h.fence, h.queue, h.id, h.note, h.since, coalesce(h.until, w.due)`
	holdsText   = `
SELECT h.name, ` + holdColumns + ` FROM hold h LEFT JOIN work w ON w.queue = h.queue AND w.id = h.id AND w.fence = h.fence
WHERE h.name > ?1 AND h.name >= ?2 AND h.name < ?3 AND coalesce(h.until, w.due) > ?4 ORDER BY h.name, h.fence LIMIT ?5`
)

func (s *lockStatements) locks() []prepared {
	return []prepared{
		{&s.atPlaces, `SELECT name FROM hold WHERE queue = ?1 AND id = ?2 UNION ALL SELECT name FROM line WHERE ?3 AND queue = ?1 AND id = ?2`},
		{&s.dropHolds, `DELETE FROM hold WHERE queue = ? AND id = ?`},
		{&s.leave, `DELETE FROM line WHERE queue = ? AND id = ? RETURNING name`},
		{&s.dropByHand, `DELETE FROM hold WHERE until <= ? RETURNING name`},
		{&s.free, `DELETE FROM hold WHERE name = ? AND queue = '' RETURNING until > ?`},

		{&s.notAsked, asked + `
DELETE FROM hold WHERE queue = ?2 AND id = ?3 AND name NOT IN (SELECT name FROM asked) RETURNING name`},
		{&s.dropEnded, asked + `
DELETE FROM hold AS h WHERE name IN (SELECT name FROM asked) AND NOT ` + counts + ` RETURNING name`},
		// No Petrel leaves such turns behind, but who deletes work by hand does, and they would be in the way for ever.
		{&s.dropAbsent, asked + `
DELETE FROM line WHERE name IN (SELECT name FROM asked)
	AND NOT EXISTS (SELECT 1 FROM work w WHERE w.queue = line.queue AND w.id = line.id) RETURNING name`},
		// What has ended is gone by now. Whoever does not stand in line comes behind all who do.
		{&s.blocked, asked + `
SELECT p.name, p.ahead, ` + holdColumns + `
FROM (SELECT name, places, nr,
	(SELECT count(*) FROM hold h WHERE h.name = asked.name AND NOT (h.queue = ?2 AND h.id = ?3)) AS held,
	(SELECT count(*) FROM line l WHERE l.name = asked.name AND l.ticket < ?4) AS ahead
	FROM asked) p
LEFT JOIN hold h ON p.held >= p.places AND h.name = p.name
	AND h.fence = (SELECT min(o.fence) FROM hold o WHERE o.name = p.name AND NOT (o.queue = ?2 AND o.id = ?3))
LEFT JOIN work w ON w.queue = h.queue AND w.id = h.id
WHERE p.held + p.ahead >= p.places ORDER BY p.nr`},
		{&s.keep, asked + `
UPDATE hold SET note = ?4, until = ?5 WHERE queue = ?2 AND id = ?3 AND name IN (SELECT name FROM asked)`},
		{&s.take, asked + `
INSERT INTO hold (name, fence, queue, id, note, since, until) SELECT name, ?6, ?2, ?3, ?4, ?7, ?5 FROM asked
WHERE NOT EXISTS (SELECT 1 FROM hold h WHERE h.queue = ?2 AND h.id = ?3 AND h.name = asked.name)`},

		// The ticket, at how many places, and at how many of those that are asked for.
		{&s.turnOf, asked + `
SELECT coalesce(min(l.ticket), 0), count(*), count(a.name) FROM line l LEFT JOIN asked a ON a.name = l.name
WHERE l.queue = ?2 AND l.id = ?3`},
		{&s.nextTicket, `UPDATE meta SET value = value + 1 WHERE name = 'ticket' RETURNING value`},
		{&s.stand, asked + `
INSERT INTO line (name, ticket, queue, id, places) SELECT name, ?4, ?2, ?3, places FROM asked WHERE true
ON CONFLICT DO UPDATE SET places = excluded.places`},
		// Who could have a place now, for all that those before him want one too.
		{&s.nextInLine, asked + `
SELECT DISTINCT queue, id FROM (
	SELECT l.queue, l.id, l.places, p.held + row_number() OVER (PARTITION BY l.name ORDER BY l.ticket) AS needed
	FROM (SELECT name, (SELECT count(*) FROM hold h WHERE h.name = a.name AND ` + counts + `) AS held
		FROM (SELECT DISTINCT name FROM asked) a) p
	CROSS JOIN line l ON l.name = p.name)
WHERE needed <= places`},
	}
}
