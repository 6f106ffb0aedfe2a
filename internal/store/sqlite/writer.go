package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// groupMax is how many requests one transaction takes at the most, so that nobody waits long for the first of them.
const groupMax = 128

// writer owns the one connection that writes. Requests that wait are committed together.
type writer struct {
	conn     *sql.Conn
	path     string
	identity os.FileInfo
	time     *timeline
	stmts    *statements
	announce func([]store.Notice)

	requests chan *request
	stop     chan struct{}
	finished sync.WaitGroup
}

// request is one caller's change. apply returns a *bot.Error when the change is refused, which undoes this request alone; any
// other error fails the whole group.
type request struct {
	op    string
	apply func(ctx context.Context, t *turn) error
	err   error
	done  chan struct{}
}

// turn is what one transaction hands to the requests in it.
type turn struct {
	*statements
	now     int64
	changed bool // something has to be made durable
	notices []store.Notice
	freed   []string // resources at whose lines the request at hand has made room
}

type writerParams struct {
	conn     *sql.Conn
	path     string
	time     *timeline
	announce func([]store.Notice)
	undo     *closers
}

// newWriter starts the writer; ctx must not end before it is closed.
func newWriter(ctx context.Context, p writerParams) (*writer, error) {
	identity, err := os.Stat(p.path)
	if err != nil {
		return nil, err
	}
	stmts, err := newStatements(ctx, p.conn, p.undo)
	if err != nil {
		return nil, err
	}
	w := &writer{
		conn: p.conn, path: p.path, identity: identity, time: p.time, stmts: stmts, announce: p.announce,
		requests: make(chan *request), stop: make(chan struct{}),
	}
	w.finished.Go(func() { w.run(ctx) })
	p.undo.add(w.close)
	return w, nil
}

// do hands a change to the writer and waits for its outcome. If ctx ends before the writer took it, nothing happens.
func (w *writer) do(ctx context.Context, op string, apply func(context.Context, *turn) error) error {
	if err := store.Ended(ctx, op); err != nil {
		return err
	}
	r := &request{op: op, apply: apply, done: make(chan struct{})}
	select {
	case w.requests <- r:
		<-r.done
		return r.err
	case <-ctx.Done():
		return store.Ended(ctx, op)
	case <-w.stop:
		return store.Closed(op)
	}
}

func (w *writer) close() error {
	close(w.stop)
	w.finished.Wait()
	return nil
}

func (w *writer) stopped() bool {
	select {
	case <-w.stop:
		return true
	default:
		return false
	}
}

func (w *writer) run(ctx context.Context) {
	for {
		select {
		case r := <-w.requests:
			w.group(ctx, r)
		case <-w.stop:
			return
		}
	}
}

// group commits first together with the requests that wait by the time it has been applied, and answers them all.
func (w *writer) group(ctx context.Context, first *request) {
	taken := []*request{first}
	next := func() *request {
		if len(taken) == groupMax {
			return nil
		}
		select {
		case r := <-w.requests:
			taken = append(taken, r)
			return r
		default:
			return nil
		}
	}
	notices, err := w.transact(ctx, first, next)
	if err != nil {
		// Whoever waited during a long fault hears of it now and does not wait as long again.
		for next() != nil {
			continue
		}
	}
	for _, r := range taken {
		if err != nil {
			r.err = fault(r.op, w.path, err)
		}
		close(r.done)
	}
	w.announce(notices)
}

// transact applies the requests in one transaction.
func (w *writer) transact(ctx context.Context, first *request, next func() *request) ([]store.Notice, error) {
	if now, err := os.Stat(w.path); err != nil || !os.SameFile(now, w.identity) {
		return nil, errors.Join(errReplaced, err)
	}
	if err := patiently(func() error { return run(ctx, w.stmts.begin) }); err != nil {
		return nil, err
	}
	t := &turn{statements: w.stmts}
	err := w.applyAll(ctx, t, first, next)
	if err == nil {
		err = run(ctx, w.stmts.commit)
	}
	if err != nil {
		// SQLite has rolled back by itself after some faults and then complains; the fault is what counts.
		_ = run(ctx, w.stmts.rollback)
		return nil, err
	}
	return t.notices, nil
}

func (w *writer) applyAll(ctx context.Context, t *turn, first *request, next func() *request) error {
	var mark int64
	if err := w.stmts.readClock.QueryRowContext(ctx).Scan(&mark); err != nil {
		return err
	}
	for r := first; r != nil; r = next() {
		t.now = w.time.raise(mark)
		if err := t.applyOne(ctx, r); err != nil {
			return err
		}
	}
	if !t.changed {
		return nil
	}
	return run(ctx, w.stmts.writeClock, t.now)
}

// applyOne applies one request inside a savepoint.
func (t *turn) applyOne(ctx context.Context, r *request) error {
	if err := run(ctx, t.savepoint); err != nil {
		return err
	}
	before := len(t.notices)
	t.freed = nil
	err := r.apply(ctx, t)
	if err == nil {
		err = t.wakeLines(ctx)
	}
	if err == nil {
		return run(ctx, t.release)
	}
	if _, refused := errors.AsType[*bot.Error](err); !refused {
		return err
	}
	r.err = err
	t.notices = t.notices[:before]
	if err := run(ctx, t.undo); err != nil {
		return err
	}
	return run(ctx, t.release)
}

// wakeQueue tells later that a queue got an entry.
func (t *turn) wakeQueue(queue string) {
	t.notices = append(t.notices, store.Notice{Topic: store.QueueTopic(queue)})
}

// change runs a statement that writes and returns how many rows it touched.
func (t *turn) change(ctx context.Context, s *sql.Stmt, args ...any) (int64, error) {
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	t.changed = t.changed || n > 0
	return n, err
}

func run(ctx context.Context, s *sql.Stmt, args ...any) error {
	_, err := s.ExecContext(ctx, args...)
	return err
}
