package redis

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// schema is the form of the keys that this build knows.
const schema = 1

// Store is the driver. Its methods are those of store.Store.
type Store struct {
	where   string
	keys    keys
	scripts scripts
	client  goredis.UniversalClient
	topics  *store.Fanout
	closed  atomic.Bool
	time    timeline
	close   func() error
}

var _ store.Store = (*Store)(nil)

// Open connects to Redis and checks that it is fit to keep what must not be lost. ctx bounds the opening only; Close ends the
// store. CodeUnavailable: Redis cannot be reached or written now. CodeUnsupported: this Redis is not fit, or a newer Petrel
// wrote what is in it.
func Open(ctx context.Context, o Options) (*Store, error) {
	return open(ctx, o, newScripts(wallLua), fresh)
}

func open(ctx context.Context, o Options, scripts scripts, fresh time.Duration) (_ *Store, err error) {
	o, err = o.settled()
	if err != nil {
		return nil, err
	}
	if err := store.Ended(ctx, opOpen); err != nil {
		return nil, err
	}
	logging.Disable() // go-redis writes to standard error; what it would say there comes back to us as an error too
	s := &Store{
		where: o.where(), keys: newKeys(o.Prefix), scripts: scripts, client: o.client(), topics: &store.Fanout{},
		time: timeline{clock: o.Clock, fresh: fresh},
	}
	defer func() {
		if err != nil {
			_ = s.client.Close() // the first error is the one that counts
		}
	}()
	if err := s.check(ctx, o); err != nil {
		return nil, s.opening(ctx, err)
	}
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	bus, err := newBus(ctx, s.client, s.keys.channel, s.topics)
	if err != nil {
		return nil, s.opening(ctx, err)
	}
	s.close = sync.OnceValue(func() error {
		s.closed.Store(true)
		return errors.Join(bus.close(), s.client.Close())
	})
	return s, nil
}

// opening returns the error of a call in Open.
func (s *Store) opening(ctx context.Context, err error) error {
	if ended := store.Ended(ctx, opOpen); ended != nil {
		return ended
	}
	return fault(opOpen, s.where, err)
}

// begin makes the store where it is missing, and looks who wrote it where it is not.
func (s *Store) begin(ctx context.Context) error {
	p := newParams(s.keys.meta)
	p.add(schema)
	answer, err := s.write(ctx, opOpen, s.scripts.open, p)
	if err != nil {
		return err
	}
	if found := number(answer, 0); found > schema {
		return unfit(fmt.Sprintf("A newer Petrel wrote to %s (schema %d, this one knows %d). Start that version, or choose another prefix.", s.where, found, schema))
	}
	return nil
}

// Subscribe implements store.Bus.
func (s *Store) Subscribe(ctx context.Context, topic string) (<-chan string, error) {
	return s.topics.Subscribe(ctx, topic)
}

// Now implements store.Store. It asks Redis only when no script has told the time lately.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if err := store.Ended(ctx, opNow); err != nil {
		return time.Time{}, err
	}
	if s.closed.Load() {
		return time.Time{}, store.Closed(opNow)
	}
	if now, ok := s.time.now(); ok {
		return now, nil
	}
	answer, err := s.read(ctx, opNow, s.scripts.now, newParams(s.keys.meta))
	if err != nil {
		return time.Time{}, err
	}
	return s.time.tell(number(answer, 0)), nil
}

// Epoch implements store.Store: what is in Redis, and the run of the server that holds it, as far as Redis tells that.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	answer, err := s.read(ctx, opEpoch, s.scripts.epoch, newParams(s.keys.meta))
	if err != nil {
		return "", err
	}
	return text(answer, 0) + "/" + text(answer, 1), nil
}

// Close implements store.Store. A second call does nothing.
func (s *Store) Close() error { return fault(opClose, s.where, s.close()) }

func unfit(text string) error {
	return bot.E(bot.CodeUnsupported, opOpen, text, errors.New("this Redis is not fit"))
}
