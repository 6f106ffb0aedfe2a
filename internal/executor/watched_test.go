package executor_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// watchedStore is the real store; it keeps what was committed, and can be unreachable for a while.
type watchedStore struct {
	store.Store
	// renewed gets what each Renew came to, where it is not nil.
	renewed chan error
	// committed gets each batch once it is durable, where it is not nil.
	committed chan store.Batch

	// mu guards the fields below.
	mu   sync.Mutex
	list []store.Batch
	// trouble decides about each write.
	trouble trouble
	// silent keeps these topics from being told, as when a notice is lost.
	silent []string
	// deaf makes Renew fail.
	deaf bool
}

// trouble says what becomes of a batch: whether it is written, and whether the answer arrives.
type trouble func(b store.Batch) (written, answered bool)

var errDown = bot.E(bot.CodeUnavailable, "test.store", "The store is down.", nil)

func (s *watchedStore) Commit(ctx context.Context, b store.Batch) error {
	s.mu.Lock()
	written, answered := true, true
	if s.trouble != nil {
		written, answered = s.trouble(b)
	}
	b.Notify = slices.DeleteFunc(slices.Clone(b.Notify), func(n store.Notice) bool { return slices.Contains(s.silent, n.Topic) })
	s.mu.Unlock()
	if !written {
		return errDown
	}
	if err := s.Store.Commit(ctx, b); err != nil {
		return err
	}
	s.mu.Lock()
	s.list = append(s.list, b)
	s.mu.Unlock()
	if s.committed != nil {
		s.committed <- b
	}
	if !answered {
		return errDown
	}
	return nil
}

func (s *watchedStore) Renew(ctx context.Context, d time.Duration, claims []store.Claim) ([]store.Claim, error) {
	s.mu.Lock()
	deaf := s.deaf
	s.mu.Unlock()
	var lost []store.Claim
	var err error = errDown
	if !deaf {
		lost, err = s.Store.Renew(ctx, d, claims)
	}
	select {
	case s.renewed <- err:
	default: // nobody counts that many
	}
	return lost, err
}

func (s *watchedStore) batches() []store.Batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

func (s *watchedStore) failing(t trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = t
}

func (s *watchedStore) losing(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = append(s.silent, topic)
}

func (s *watchedStore) setDeaf(deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = deaf
}

func anyBatch(store.Batch) bool { return true }

// ends picks the batches that finish a piece of a queue.
func ends(queue string) func(store.Batch) bool {
	return func(b store.Batch) bool { return len(b.Finish) > 0 && b.Finish[0].Queue == queue }
}

// begins picks the batches that take an execution to running.
func begins(b store.Batch) bool { return len(b.Guards) > 0 && b.Puts[0].Key.Kind == "execution" }

// fail keeps the first n batches of a kind from being written.
func fail(n int, kind func(store.Batch) bool) trouble {
	return func(b store.Batch) (written, answered bool) {
		if n > 0 && kind(b) {
			n--
			return false, false
		}
		return true, true
	}
}

// loseAnswers writes the first n batches of a kind and says that it could not.
func loseAnswers(n int, kind func(store.Batch) bool) trouble {
	return func(b store.Batch) (written, answered bool) {
		if n > 0 && kind(b) {
			n--
			return true, false
		}
		return true, true
	}
}
