package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// Kind names a call of the protocol.
type Kind string

// The calls.
const (
	KindSocket  Kind = "socket"
	KindAck     Kind = "ack"
	KindPost    Kind = "post"
	KindEdit    Kind = "edit"
	KindMark    Kind = "mark"
	KindLookup  Kind = "lookup"
	KindHistory Kind = "history"
	KindOther   Kind = "other"
)

// Effect is what a rule does to a call.
type Effect string

// The effects.
const (
	EffectStatus Effect = "status" // answer Status
	EffectDrop   Effect = "drop"   // close the connection without an answer
	EffectHang   Effect = "hang"   // wait until the rules are forgotten or the client goes
	EffectDelay  Effect = "delay"  // wait for DelayMS, then go on
)

// Forever is the Count of a rule that stays.
const Forever = -1

// Fault is a rule for calls to come. The oldest rule that matches is used.
type Fault struct {
	Kind   Kind   `json:"kind"`
	Effect Effect `json:"effect"`
	Count  int    `json:"count"` // how many calls meet it; zero is one
	// After carries the call out first, so that only its answer suffers.
	After      bool  `json:"after"`
	Status     int   `json:"status,omitempty"`
	RetryAfter int   `json:"retry_after,omitempty"` // seconds
	DelayMS    int64 `json:"delay_ms,omitempty"`
	Fired      int   `json:"fired"`
}

func (f Fault) validate() error {
	var faults []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	kinds := []Kind{KindSocket, KindAck, KindPost, KindEdit, KindMark, KindLookup, KindHistory}
	refuse(!slices.Contains(kinds, f.Kind), "there is no kind of call %q", f.Kind)
	refuse(!slices.Contains([]Effect{EffectStatus, EffectDrop, EffectHang, EffectDelay}, f.Effect), "there is no effect %q", f.Effect)
	refuse((f.Effect == EffectStatus) != (f.Status >= 400 && f.Status <= 599), "a status from 400 to 599 belongs to effect status")
	refuse((f.Effect == EffectDelay) != (f.DelayMS > 0), "a delay above zero belongs to effect delay")
	refuse(f.RetryAfter != 0 && f.Status != 429, "Retry-After belongs to status 429")
	refuse(f.Fired != 0, "how often a rule fired is not for you to say")
	if err := errors.Join(faults...); err != nil {
		return bot.E(bot.CodeInvalid, "simchat.fault.inject", "The fault rule is wrong", err)
	}
	return nil
}

// Inject adds a rule.
func (s *Server) Inject(f Fault) error {
	if f.Count == 0 {
		f.Count = 1
	}
	if err := f.validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, &f)
	return nil
}

// Faults returns every rule, those that are used up included.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Fault, len(s.rules))
	for i, f := range s.rules {
		list[i] = *f
	}
	return list
}

// ClearFaults forgets every rule and lets held calls go.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
	close(s.free)
	s.free = make(chan struct{})
}

// take uses the oldest rule for the call, and returns what a hang waits for.
func (s *Server) take(kind Kind) (*Fault, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.rules {
		if f.Kind == kind && f.Count != 0 {
			f.Fired++
			if f.Count > 0 {
				f.Count--
			}
			return f, s.free
		}
	}
	return nil, s.free
}

// early reports whether the bot was told to leave this kind of call alone for longer than until now.
func (s *Server) early(kind Kind) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.quiet[kind].Sub(s.clock.Now())
	return left, left > 0
}

// spoil does what the rule says about the answer a: it waits, or returns another one.
func (s *Server) spoil(ctx context.Context, f *Fault, free <-chan struct{}, a answer) answer {
	switch f.Effect {
	case EffectStatus:
		a = fail(f.Status, "fault_rule", "a fault rule asked for this answer")
		if f.RetryAfter > 0 {
			a.retryAfter = time.Duration(f.RetryAfter) * time.Second
		}
	case EffectDrop:
		a.drop = true
	case EffectHang:
		select {
		case <-free:
		case <-ctx.Done():
			a.drop = true
		}
	case EffectDelay:
		if clock.Wait(ctx, s.clock, time.Duration(f.DelayMS)*time.Millisecond) != nil {
			a.drop = true
		}
	}
	return a
}
