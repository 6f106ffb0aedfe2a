package telemetry

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// Store returns the store, measured. Subscriptions last as long as whoever reads them, so they are not.
func (m *Metrics) Store(s store.Store, c clock.Clock) store.Store { return &measured{s, m, c} }

type measured struct {
	store.Store
	metrics *Metrics
	clock   clock.Clock
}

// took counts a call. That a record is not there, or that somebody else was first, is an answer and no fault.
func (s *measured) took(call string, begun time.Time, err error) {
	s.metrics.store.WithLabelValues(call).Observe(s.clock.Now().Sub(begun).Seconds())
	switch code := bot.ErrorCode(err); code {
	case "", bot.CodeNotFound, bot.CodeConflict, bot.CodeFenced, bot.CodeCanceled:
	default:
		s.metrics.faults.WithLabelValues(call, string(code)).Inc()
	}
}

// Commit implements store.Records.
func (s *measured) Commit(ctx context.Context, b store.Batch) error {
	begun := s.clock.Now()
	err := s.Store.Commit(ctx, b)
	s.took("commit", begun, err)
	return err
}

// Get implements store.Records.
func (s *measured) Get(ctx context.Context, k store.Key) (store.Record, error) {
	begun := s.clock.Now()
	r, err := s.Store.Get(ctx, k)
	s.took("get", begun, err)
	return r, err
}

// List implements store.Records.
func (s *measured) List(ctx context.Context, q store.Query) (store.Page, error) {
	begun := s.clock.Now()
	p, err := s.Store.List(ctx, q)
	s.took("list", begun, err)
	return p, err
}

// Claim implements store.Queue.
func (s *measured) Claim(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	begun := s.clock.Now()
	list, err := s.Store.Claim(ctx, o)
	s.took("claim", begun, err)
	return list, err
}

// Renew implements store.Queue.
func (s *measured) Renew(ctx context.Context, lease time.Duration, claims []store.Claim) ([]store.Claim, error) {
	begun := s.clock.Now()
	lost, err := s.Store.Renew(ctx, lease, claims)
	s.took("renew", begun, err)
	return lost, err
}

// Acquire implements store.Locks.
func (s *measured) Acquire(ctx context.Context, a store.Acquire) ([]store.Blocker, error) {
	begun := s.clock.Now()
	list, err := s.Store.Acquire(ctx, a)
	s.took("acquire", begun, err)
	return list, err
}
