package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

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
	mark, err := prepareFile(ctx, conn, path, int64(o.Random.Uint64())) //nolint:gosec // any bits will do
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
	s.writer, err = newWriter(life, writerParams{conn: conn, path: path, time: s.time, announce: s.announce, undo: &undo})
	if err != nil {
		return nil, err
	}
	s.close = sync.OnceValue(undo.close)
	return s, nil
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
