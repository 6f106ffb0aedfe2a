package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// lockPrefix begins the names of resources that are targets.
const lockPrefix = "lock/"

func lockName(target string) string { return lockPrefix + target }

// holderText says for people who has a target, and since when.
func holderText(b store.Blocker) string {
	name := strings.TrimPrefix(b.Name, lockPrefix)
	if b.Hold == nil {
		return fmt.Sprintf("%s: %d stand in line before it.", name, b.Ahead)
	}
	h := b.Hold
	since := h.Since.UTC().Format("15:04:05 MST")
	if h.Owner.Queue == "" {
		return fmt.Sprintf("%s: locked by %s since %s until %s: %s", name, h.Owner.ID, since, h.Until.UTC().Format("15:04:05 MST"), h.Note)
	}
	return fmt.Sprintf("%s: execution %s has it (%s) since %s.", name, h.Owner.ID, h.Note, since)
}

// Held is a target that somebody has for himself.
type Held struct {
	Target    string
	Execution string // empty for a lock by hand
	By        string // the person, for a lock by hand
	Why       string
	Since     time.Time
	Until     time.Time // for a lock by hand; an execution has it until it ends
	Fence     int64
}

// Locks returns who has which target, in the order of their names, at most limit.
func (x *Executor) Locks(ctx context.Context, limit int) ([]Held, error) {
	holds, err := x.Store.Holds(ctx, lockPrefix, "", limit)
	if err != nil {
		return nil, err
	}
	list := make([]Held, len(holds))
	for i, h := range holds {
		list[i] = Held{Target: strings.TrimPrefix(h.Name, lockPrefix), Why: h.Note, Since: h.Since, Fence: h.Owner.Fence}
		if h.Owner.Queue == "" {
			list[i].By, list[i].Until = h.Owner.ID, h.Until
		} else {
			list[i].Execution = h.Owner.ID
		}
	}
	return list, nil
}

// HandLock is a lock that a person takes.
type HandLock struct {
	Targets []string
	For     time.Duration
	Reason  string
	By      bot.Identity
	Origin  bot.Origin
}

var errTaken = errors.New("somebody has it")

// Lock takes targets for a person until a time: no execution works on them meanwhile. CodeConflict says who has one of them.
func (x *Executor) Lock(ctx context.Context, w HandLock) error {
	now, err := x.Store.Now(ctx)
	if err != nil {
		return err
	}
	a := store.Acquire{Claim: store.Claim{ID: w.By.ID}, Keep: w.For, Note: w.Reason}
	for _, n := range w.Targets {
		a.Places = append(a.Places, store.Place{Name: lockName(n), Limit: 1})
	}
	blockers, err := x.Store.Acquire(ctx, a)
	if err != nil {
		return err
	}
	if len(blockers) > 0 {
		return bot.E(bot.CodeConflict, "executor.lock", holderText(blockers[0]), errTaken)
	}
	if err := x.noteLock(ctx, audit.Locked, w, fmt.Sprintf("until %s: %s", until(now, w.For), w.Reason)); err != nil {
		return errors.Join(err, x.free(ctx, w.Targets)) // a lock that nobody can account for must not be
	}
	return nil
}

func until(now time.Time, d time.Duration) string {
	return now.Add(d).UTC().Format("2006-01-02 15:04 MST")
}

// Unlock frees targets that a person locked. What an execution has is not taken from it, because it may be at work there: CodeConflict
// says which one, so that it can be canceled. CodeNotFound when nobody has one of them. Nothing is freed then.
func (x *Executor) Unlock(ctx context.Context, w HandLock) error {
	for _, name := range w.Targets {
		if err := x.byHand(ctx, name); err != nil {
			return err
		}
	}
	if err := x.noteLock(ctx, audit.Unlocked, w, w.Reason); err != nil {
		return err
	}
	return x.free(ctx, w.Targets)
}

func (x *Executor) free(ctx context.Context, targets []string) error {
	for _, name := range targets {
		if _, err := x.Store.Free(ctx, lockName(name)); err != nil {
			return err
		}
	}
	return nil
}

// byHand demands that a person has the target.
func (x *Executor) byHand(ctx context.Context, name string) error {
	const op = "executor.unlock"
	holds, err := x.Store.Holds(ctx, lockName(name), "", 1)
	switch {
	case err != nil:
		return err
	case len(holds) == 0 || holds[0].Name != lockName(name):
		return bot.E(bot.CodeNotFound, op, "Nobody has "+name+" locked. Type locks to see what is.", nil)
	case holds[0].Owner.Queue == "":
		return nil
	}
	h := holds[0]
	return bot.E(bot.CodeConflict, op, fmt.Sprintf("%s Type cancel %s to stop it: it frees what it has when it has stopped.",
		holderText(store.Blocker{Name: h.Name, Hold: &h}), h.Owner.ID), errTaken)
}

func (x *Executor) noteLock(ctx context.Context, what audit.What, w HandLock, why string) error {
	var b store.Batch
	line := audit.Entry{
		What: what, Who: w.By.ID, Account: w.Origin.Account(), From: audit.Place(w.Origin), Targets: target.Fold(w.Targets), Why: why,
	}
	if err := audit.Append(&b, line, w.Targets, x.o.AuditRetention); err != nil {
		return err
	}
	return x.Store.Commit(ctx, b)
}
