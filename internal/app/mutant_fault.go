//go:build fault

package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/store"
)

// mutated returns the store with the defects that this process is to have and that are best made there.
func mutated(s store.Store) store.Store { return mutant{s} }

type mutant struct{ store.Store }

// forgetful is a life of a dedupe key that is shorter than the time to the last redelivery, at the harness's scale.
const forgetful = 2 * time.Second

// hasty is by how much a live lease is cut short.
const hasty = 20

// Commit implements store.Records.
func (m mutant) Commit(ctx context.Context, b store.Batch) error {
	if failpoint.Mutant(failpoint.DedupeForgets) {
		b.Puts = slices.Clone(b.Puts)
		for i, p := range b.Puts {
			if p.Key.Kind == "dedupe" {
				b.Puts[i].TTL = forgetful
			}
		}
	}
	if failpoint.Mutant(failpoint.SlotTwice) {
		b.Puts = unconditional(b.Puts, "timer")
	}
	if failpoint.Mutant(failpoint.EventTwice) {
		b.Puts = slices.DeleteFunc(slices.Clone(b.Puts), func(p store.Put) bool { return p.Key.Kind == "event-dedupe" })
	}
	if failpoint.Mutant(failpoint.AnyDecision) && slices.ContainsFunc(b.Puts, func(p store.Put) bool { return p.Key.Kind == "inquiry" }) {
		b.Puts = unconditional(b.Puts, "inquiry", "execution")
	}
	if failpoint.Mutant(failpoint.AuditAfter) {
		b.Append = slices.DeleteFunc(slices.Clone(b.Append), announces)
	}
	if failpoint.Mutant(failpoint.Newer) {
		b.Puts = newer(b.Puts)
	}
	if failpoint.Mutant(failpoint.ReplyBeforeRecord) {
		if err := m.replyFirst(ctx, b); err != nil {
			return err
		}
	}
	err := m.Store.Commit(ctx, b)
	claimed := len(b.Guards)+len(b.Finish)+len(b.Release) > 0
	if code := bot.ErrorCode(err); claimed && (code == bot.CodeFenced || code == bot.CodeConflict) && failpoint.Mutant(failpoint.NoFence) {
		return m.Store.Commit(ctx, unguarded(b))
	}
	return err
}

// unconditional returns the puts with those of some kinds written whatever was there.
func unconditional(puts []store.Put, kinds ...string) []store.Put {
	puts = slices.Clone(puts)
	for i, p := range puts {
		if slices.Contains(kinds, p.Key.Kind) {
			puts[i].If = store.Anything
		}
	}
	return puts
}

// announces reports whether a line says that an effect is about to begin.
func announces(line store.Line) bool {
	var e audit.Entry
	return json.Unmarshal(line.Data, &e) == nil && e.What == audit.Will
}

// newer returns the puts with the executions in the form of the next version.
func newer(puts []store.Put) []store.Put {
	puts = slices.Clone(puts)
	for i, p := range puts {
		var fields map[string]json.RawMessage
		if p.Key.Kind != "execution" || json.Unmarshal(p.Data, &fields) != nil {
			continue
		}
		fields["v"], fields["zz_new"] = json.RawMessage("2"), json.RawMessage("1")
		puts[i].Data, _ = json.Marshal(fields) // it was JSON before
	}
	return puts
}

// replyFirst writes the reply of a batch that records an end, apart from that record.
func (m mutant) replyFirst(ctx context.Context, b store.Batch) error {
	i := slices.IndexFunc(b.Puts, func(p store.Put) bool { return p.Key.Kind == "reply" })
	if i < 0 || len(b.Finish) == 0 {
		return nil
	}
	if err := m.Store.Commit(ctx, store.Batch{Puts: b.Puts[i : i+1], Enqueue: b.Enqueue}); err != nil {
		return err
	}
	return failpoint.Hit(ctx, failpoint.Torn)
}

// unguarded returns a batch that asks for nothing.
func unguarded(b store.Batch) store.Batch {
	for _, c := range b.Finish {
		b.Remove = append(b.Remove, store.Entry{Queue: c.Queue, ID: c.ID})
	}
	b.Guards, b.Finish, b.Release = nil, nil, nil
	b.Puts = slices.Clone(b.Puts)
	for i := range b.Puts {
		b.Puts[i].If = store.Anything
	}
	return b
}

// Claim implements store.Queue.
func (m mutant) Claim(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	if failpoint.Mutant(failpoint.TakeoverEarly) {
		o.Lease /= hasty
	}
	return m.Store.Claim(ctx, o)
}

// Acquire implements store.Locks.
func (m mutant) Acquire(ctx context.Context, a store.Acquire) ([]store.Blocker, error) {
	if failpoint.Mutant(failpoint.NoLocks) {
		return nil, nil
	}
	return m.Store.Acquire(ctx, a)
}

// Renew implements store.Queue.
func (m mutant) Renew(ctx context.Context, lease time.Duration, claims []store.Claim) ([]store.Claim, error) {
	if failpoint.Mutant(failpoint.TakeoverEarly) {
		lease /= hasty
	}
	lost, err := m.Store.Renew(ctx, lease, claims)
	if failpoint.Mutant(failpoint.NoFence) {
		lost = nil
	}
	return lost, err
}

// Now implements store.Store.
func (m mutant) Now(ctx context.Context) (time.Time, error) {
	if failpoint.Mutant(failpoint.LocalClock) {
		return clock.System().Now(), nil
	}
	return m.Store.Now(ctx)
}
