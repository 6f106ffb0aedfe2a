package executor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// ratePeriod is what a person's number of commands is counted over.
const ratePeriod = time.Minute

// rates counts what each person had accepted of late by this process. It refuses without asking the store, and knows which of a person's
// slots are surely taken.
type rates struct {
	limit  int // 0 is none
	random random.Source

	// mu guards recent: the slots that a person took, oldest first, at most limit each.
	mu     sync.Mutex
	recent map[string][]taken
}

// taken is a slot that was taken.
type taken struct {
	number int
	at     time.Time
}

func newRates(limit int, source random.Source) *rates {
	return &rates{limit: limit, random: source, recent: map[string][]taken{}}
}

// slot is one of the commands that a person may give within the period. It is a record that lives for the period, so all processes give the
// same slots away, and those that are over come back by themselves.
type slot struct {
	who    string
	number int
	shared bool // it is a record; what comes from a shell or a rule is counted by this process alone
}

// kindSlot is the kind of these records.
const kindSlot = "slot"

func (t slot) key() store.Key {
	return store.Key{Kind: kindSlot, ID: fmt.Sprintf("%s/%d", t.who, t.number)}
}

// slotTaken is what the record says.
type slotTaken struct {
	Number int       `json:"number"`
	At     time.Time `json:"at"`
}

// take gives a person a slot that this process has not given away. CodeRateLimited says when the next one is possible. give takes it back.
func (r *rates) take(who string, now time.Time) (t slot, give func(), err error) {
	if r.limit <= 0 {
		return slot{}, func() {}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	list := r.recent[who]
	if len(list) >= r.limit {
		return slot{}, nil, r.refused(list[0].at.Add(ratePeriod).Sub(now))
	}
	used := map[int]bool{}
	for _, one := range list {
		used[one.number] = true
	}
	t = slot{who: who, number: r.free(used)}
	r.recent[who] = append(list, taken{t.number, now})
	return t, func() { r.give(who, now) }, nil
}

// free returns a slot that is not used. Which one is drawn, so that two processes seldom want the same.
func (r *rates) free(used map[int]bool) int {
	n := int(r.random.Uint64() % uint64(r.limit)) //nolint:gosec // below an int
	for used[n] {
		n = (n + 1) % r.limit
	}
	return n
}

func (r *rates) refused(wait time.Duration) error {
	wait = max(wait, time.Second)
	return &bot.Error{Code: bot.CodeRateLimited, Op: "executor.rate.take", Wait: wait, Text: fmt.Sprintf(
		"That is a lot at once: %d commands of yours were taken within a minute, which is as many as one person may give. Please try again in %s. Nothing was done.",
		r.limit, (wait + time.Second - 1).Truncate(time.Second))}
}

func (r *rates) give(who string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, t := range r.recent[who] {
		if t.at.Equal(at) {
			r.recent[who] = append(r.recent[who][:i:i], r.recent[who][i+1:]...)
			return
		}
	}
}

// forget drops what is older than the period. The caller holds mu.
func (r *rates) forget(now time.Time) {
	for who, list := range r.recent {
		i := 0
		for i < len(list) && !now.Before(list[i].at.Add(ratePeriod)) {
			i++
		}
		if i == len(list) {
			delete(r.recent, who)
		} else {
			r.recent[who] = list[i:]
		}
	}
}

// commitSlot commits the batch that accepts a command at a time, and takes the slot with it. It costs no look at the store: only where
// another process has given that slot away, those that are taken are looked at and another one is tried.
func (x *Executor) commitSlot(ctx context.Context, b store.Batch, t slot, now time.Time) error {
	if !t.shared {
		return x.Store.Commit(ctx, b)
	}
	for range maxLooks {
		put, err := putValue(t.key(), slotTaken{t.number, now}, ratePeriod)
		if err != nil {
			return err
		}
		put.If, put.Index = store.Absent, []store.Index{{Name: indexWho, Value: t.who}}
		whole := b
		whole.Puts = slices.Concat(b.Puts, []store.Put{put})
		conflict := x.Store.Commit(ctx, whole)
		if bot.ErrorCode(conflict) != bot.CodeConflict {
			return conflict
		}
		next, err := x.nextSlot(ctx, t, now)
		switch {
		case err != nil:
			return err
		case next == t: // the conflict is about something else
			return conflict
		}
		t = next
	}
	return bot.E(bot.CodeUnavailable, "executor.rate.commit", "Too much came at the same moment. Nothing was done. Please try again.", nil)
}

// nextSlot returns the slot itself when nobody has it, else one that is free. CodeRateLimited says when there is one again.
func (x *Executor) nextSlot(ctx context.Context, t slot, now time.Time) (slot, error) {
	used, oldest := map[int]bool{}, now
	q := store.Query{Kind: kindSlot, Index: store.Index{Name: indexWho, Value: t.who}}
	for {
		page, err := x.Store.List(ctx, q)
		if err != nil {
			return slot{}, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[slotTaken](r.Data)
			if err != nil {
				return slot{}, err
			}
			used[doc.Value.Number] = true
			if doc.Value.At.Before(oldest) {
				oldest = doc.Value.At
			}
		}
		if q.After = page.Next; page.Next == "" {
			break
		}
	}
	switch {
	case !used[t.number]:
		return t, nil
	case len(used) >= x.rates.limit:
		return slot{}, x.rates.refused(oldest.Add(ratePeriod).Sub(now))
	}
	t.number = x.rates.free(used)
	return t, nil
}
