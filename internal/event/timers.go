package event

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/timer"
)

const (
	// late is how late a slot may be found and still be on time.
	late = time.Minute
	// maxCatchUp is how many missed slots a timer makes up for, the last ones.
	maxCatchUp = 1000
	// maxLook is how many missed slots are gone through. A timer that missed more is taken up from now on.
	maxLook = 200_000
	// longestNap is how long the timers sleep at the most, so that a changed clock or rule is seen.
	longestNap = 10 * time.Second
	timerLife  = 10 * 365 * 24 * time.Hour
)

// timers emits the events of timers until ctx ends.
func (x *Engine) timers(ctx context.Context) error {
	for ctx.Err() == nil {
		nap, err := x.timersTurn(ctx)
		if err != nil && ctx.Err() == nil {
			x.Log.WarnContext(ctx, "could not look after the timers", "op", "event.timers.turn", "code", bot.ErrorCode(err), "err", err)
			nap = scan
		}
		_ = clock.Wait(ctx, x.Clock, nap) // its error is that ctx has ended
	}
	return nil
}

// timersTurn emits what is due now and returns how long nothing else is.
func (x *Engine) timersTurn(ctx context.Context) (time.Duration, error) {
	list, err := x.Timers(ctx)
	if err != nil || len(list) == 0 {
		return longestNap, err
	}
	now, err := x.Store.Now(ctx)
	if err != nil {
		return 0, err
	}
	nap := longestNap
	for _, t := range list {
		next, err := x.fireTimer(ctx, t, now)
		if err != nil && bot.ErrorCode(err) != bot.CodeConflict { // another process was first
			return 0, err
		}
		if !next.IsZero() {
			nap = min(nap, max(next.Sub(now), time.Millisecond))
		}
	}
	return nap, nil
}

// Timer is a timer that enabled rules wait for.
type Timer struct {
	timer.Timer
	Rules []*rule.Rule // all with the same parameters
}

// Timers returns the timers of the enabled rules, in the order of the rules.
func (x *Engine) Timers(ctx context.Context) ([]Timer, error) {
	rules, err := x.rules(ctx)
	if err != nil {
		return nil, err
	}
	var list []Timer
	places := map[string]int{}
	for _, r := range rules.list {
		if !r.Enabled || !timer.IsTimer(r.Trigger) {
			continue
		}
		if n, ok := places[r.Key()]; ok {
			list[n].Rules = append(list[n].Rules, r)
			continue
		}
		t, err := timer.New(r.Trigger, r.With)
		if err != nil { // packs are checked when they are read
			return nil, err
		}
		places[r.Key()] = len(list)
		list = append(list, Timer{t, []*rule.Rule{r}})
	}
	return list, nil
}

// timerKey is where the state of a rule's timer is kept.
func timerKey(r *rule.Rule) store.Key {
	sum := sha256.Sum256([]byte(r.Key()))
	return store.Key{Kind: kindTimer, ID: hex.EncodeToString(sum[:16])}
}

// fireTimer emits the slots of a timer that are due, and returns when the next one is. How far it came and the events are one batch, on
// the condition that nobody else moved the timer: so each slot is emitted once.
func (x *Engine) fireTimer(ctx context.Context, t Timer, now time.Time) (time.Time, error) {
	key := timerKey(t.Rules[0])
	state, version := timerState{Last: now}, store.Absent
	got, err := x.Store.Get(ctx, key)
	switch {
	case err == nil:
		doc, err := store.Decode[timerState](got.Data)
		if err != nil {
			return time.Time{}, err
		}
		state, version = doc.Value, got.Version
	case bot.ErrorCode(err) != bot.CodeNotFound:
		return time.Time{}, err
	}
	due, last, next := t.due(state.Last, now)
	if version != store.Absent && last.Equal(state.Last) {
		return next, nil
	}
	state.Last = last
	p, err := put(key, state, version, timerLife)
	if err != nil {
		return time.Time{}, err
	}
	b := store.Batch{Puts: []store.Put{p}}
	for _, slot := range due {
		i := x.instance(Event{
			Trigger: t.Rules[0].Trigger, With: t.Rules[0].With, Source: "timer",
			Payload: map[string]any{"executed_at": slot.Format("2006-01-02 15:04:05.000000-07:00"), "schedule": nil},
		}, now)
		if err := x.add(&b, i, ""); err != nil {
			return time.Time{}, err
		}
	}
	return next, x.Store.Commit(ctx, b)
}

// due returns the slots to be emitted of those after last and up to now, the last slot that was looked at, and the next one.
func (t Timer) due(last, now time.Time) (slots []time.Time, looked, next time.Time) {
	looked = last
	for n := 0; ; n++ {
		at, ok := t.Next(looked)
		if !ok {
			break
		}
		if at.After(now) {
			next = at
			break
		}
		if n >= maxLook { // it missed more than anybody wants to hear of
			looked = now
			continue
		}
		looked = at
		if slots = append(slots, at); len(slots) > maxCatchUp {
			slots = slots[1:]
		}
	}
	if len(slots) == 0 || t.Missed == timer.All {
		return slots, looked, next
	}
	newest := slots[len(slots)-1:]
	if t.Missed == timer.Skip && now.Sub(newest[0]) > late {
		return nil, looked, next
	}
	return newest, looked, next
}

// Upcoming returns the next n slots of a timer after a time.
func (t Timer) Upcoming(after time.Time, n int) []time.Time {
	var list []time.Time
	for range n {
		at, ok := t.Next(after)
		if !ok {
			break
		}
		list, after = append(list, at), at
	}
	return list
}

// Refs returns the refs of the rules that wait for the timer.
func (t Timer) Refs() string {
	names := make([]string, len(t.Rules))
	for i, r := range t.Rules {
		names[i] = r.Ref()
	}
	return strings.Join(names, ", ")
}
