package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/queue"
	"github.com/petrelops/petrel/internal/store"
)

const (
	// atOnce is how many schedules one process runs at the same time.
	atOnce = 8
	// scan is how often a waiting keeper looks by itself, in case a notice was lost.
	scan = 10 * time.Second
	// retryAfter is how long a schedule waits that could not be run because something was out of reach.
	retryAfter = 5 * time.Second
	// late is how late a slot may be found and still be on time.
	late = time.Minute
)

// Runner runs the line of a schedule as its owner. The same slot again is the same command. A refusal is an error with a text for the owner;
// CodeDenied: the owner may not do it any more.
type Runner interface {
	RunDue(ctx context.Context, d Due) error
}

// Run runs what comes due until ctx ends.
func (k *Keeper) Run(ctx context.Context, r Runner) error {
	if err := k.mend(ctx); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
		return err
	}
	w := queue.Worker{Store: k.Store, Clock: k.Clock, Log: k.Log, Queue: workQueue, Scan: scan}
	return w.Run(ctx, func(ctx context.Context) (int, error) { return k.turn(ctx, r) })
}

// mend puts schedules whose entry is not in the queue back into it: a store that was restored by hand may lack some.
func (k *Keeper) mend(ctx context.Context) error {
	list, err := k.List(ctx, "")
	if err != nil {
		return err
	}
	for len(list) > 0 {
		n := min(len(list), store.MaxPage)
		ids := make([]string, n)
		for i, s := range list[:n] {
			ids[i] = s.ID
		}
		list = list[n:]
		missing, err := k.Store.Missing(ctx, workQueue, ids)
		if err != nil {
			return err
		}
		var b store.Batch
		for _, id := range missing {
			b.Enqueue = append(b.Enqueue, store.Entry{Queue: workQueue, ID: id}) // whoever claims it sees when it is due
		}
		if len(missing) == 0 {
			continue
		}
		if err := k.Store.Commit(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// turn runs what is due now and returns how many schedules that were.
func (k *Keeper) turn(ctx context.Context, r Runner) (int, error) {
	claims, err := k.Store.Claim(ctx, store.ClaimOptions{Queue: workQueue, Owner: k.o.Owner, Lease: k.o.Lease, Max: atOnce})
	if err != nil {
		return 0, err
	}
	var group errgroup.Group
	for _, c := range claims {
		group.Go(func() error {
			if err := k.process(ctx, r, c); err != nil && ctx.Err() == nil {
				k.Log.WarnContext(ctx, "could not run a schedule", "schedule", c.ID, "op", "schedule.run.process", "code", bot.ErrorCode(err), "err", err)
			}
			return nil
		})
	}
	return len(claims), group.Wait()
}

// process runs the slot of one schedule. How far the schedule is moves in the batch that gives the claim back: whoever is killed before that
// leaves a slot that is run again, under the same name, and is still one command.
func (k *Keeper) process(ctx context.Context, runner Runner, c store.Claim) error {
	r, err := k.load(ctx, store.Key{Kind: kind, ID: c.ID})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return k.Store.Commit(ctx, store.Batch{Finish: []store.Claim{c}})
	}
	if err != nil {
		return err
	}
	now, err := k.Store.Now(ctx)
	if err != nil {
		return err
	}
	d := Due{Schedule: r.schedule(), Slot: r.schedule().Next}
	if wait := d.Slot.Sub(now); wait > 0 { // it was put back, and nobody knew when it is due
		return k.Store.Commit(ctx, store.Batch{Release: []store.Release{{Claim: c, Delay: wait}}})
	}
	refusal, err := k.slot(ctx, runner, d, now)
	if err != nil {
		again := store.Batch{Release: []store.Release{{Claim: c, Delay: retryAfter}}}
		return errors.Join(err, k.Store.Commit(context.WithoutCancel(ctx), again))
	}
	b, err := k.outcome(ctx, refusal, held{d, r, c, now})
	if err != nil {
		return err
	}
	return k.Store.Commit(ctx, b)
}

// held is what a process holds while it runs a slot.
type held struct {
	due    Due
	record record
	claim  store.Claim
	now    time.Time
}

// slot runs a slot, or says why it was not run. An error is worth another try.
func (k *Keeper) slot(ctx context.Context, r Runner, d Due, now time.Time) (refusal, err error) {
	if now.Sub(d.Slot) > late && !k.o.Late {
		known, err := k.Chat.Known(ctx, d.Message().DedupeKey())
		if known || err != nil {
			return nil, err
		}
		return errMissed, nil
	}
	err = r.RunDue(ctx, d)
	switch bot.ErrorCode(err) {
	case bot.CodeUnavailable, bot.CodeTimeout, bot.CodeCanceled, bot.CodeRateLimited:
		return nil, err
	}
	return err, nil
}

// errMissed says that nobody was there when a slot came.
var errMissed = errors.New("the slot was missed")

// outcome makes the batch that ends a slot, and tells the owner what there is to be told.
func (k *Keeper) outcome(ctx context.Context, refusal error, h held) (store.Batch, error) {
	s, told := h.due.Schedule, k.refused(ctx, h.due, refusal)
	stops := bot.ErrorCode(refusal) == bot.CodeDenied
	if told != "" && told != s.Told {
		if err := k.tell(ctx, h.due, told, stops); err != nil {
			return store.Batch{}, err
		}
	}
	switch b := (store.Batch{Finish: []store.Claim{h.claim}}); {
	case stops:
		return b, k.end(&b, s, End{By: s.By, From: s.Origin, Why: told})
	case s.Once:
		b.Deletes = []store.Delete{{Key: store.Key{Kind: kind, ID: s.ID}, If: store.Anything}}
		return b, nil
	}
	next, err := s.after(h.now)
	if err != nil {
		return store.Batch{}, err
	}
	h.record.doc.Value.Next, h.record.doc.Value.Told = next, told
	p, err := h.record.put()
	return store.Batch{Puts: []store.Put{p}, Release: []store.Release{{Claim: h.claim, Delay: next.Sub(h.now)}}}, err
}

// refused logs why a slot was not run and returns what its owner is to be told; nothing where it was run.
func (k *Keeper) refused(ctx context.Context, d Due, refusal error) string {
	switch {
	case refusal == nil:
		return ""
	case errors.Is(refusal, errMissed):
		k.Log.WarnContext(ctx, "a slot of a schedule was missed", "schedule", d.ID, "op", "schedule.run.missed", "slot", d.Slot)
		if !d.Once {
			return ""
		}
		return fmt.Sprintf("It was to be run on %s, and nobody was there to run it. Nothing was done; ask for it again.", d.wall(d.Slot))
	}
	k.Log.WarnContext(ctx, "a schedule was refused", "schedule", d.ID, "op", "schedule.run.refused", "identity", d.By.ID, "code", bot.ErrorCode(refusal), "err", refusal)
	if text := bot.ErrorText(refusal); text != "" {
		return text
	}
	return "Something unexpected happened; the log has the rest."
}

// tell posts why a schedule did not run where it was asked for.
func (k *Keeper) tell(ctx context.Context, d Due, text string, stops bool) error {
	after := ""
	if stops {
		after = " The schedule is ended."
	} else if !d.Once {
		after = " The schedule goes on; this is told once. Type unschedule " + d.ID + " to end it."
	}
	r := bot.Problem(fmt.Sprintf("%s asked for this %s. %s%s", d.By.ID, d.Text(), text, after))
	err := k.Chat.Announce(ctx, bot.Posting{Key: d.key(), Origin: d.Origin, Reply: r})
	if bot.ErrorCode(err) == bot.CodeInvalid { // nobody reads there, as in a shell: the log and the audit log have it
		return nil
	}
	return err
}
