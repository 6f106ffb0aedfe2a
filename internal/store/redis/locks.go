package redis

import (
	"context"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// Acquire implements store.Locks.
func (s *Store) Acquire(ctx context.Context, a store.Acquire) ([]store.Blocker, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	answer, err := s.write(ctx, opAcquire, s.scripts.acquire, s.keys.acquireParams(a))
	if err != nil {
		return nil, err
	}
	if number(answer, 0) == answerFenced {
		return nil, store.Fenced(a.Claim)
	}
	var blockers []store.Blocker
	for i := 1; i < len(answer); i += 2 + holdParts {
		b := store.Blocker{Name: text(answer, i), Ahead: int(number(answer, i+1))}
		if h := readHold(b.Name, answer[i+2:]); h.Owner.Fence > 0 {
			b.Hold = &h
		}
		blockers = append(blockers, b)
	}
	return blockers, nil
}

func (k keys) acquireParams(a store.Acquire) *params {
	p := newParams(append([]string{k.meta}, k.locks...)...)
	c, wait, stem, wake := a.Claim, 0, "", ""
	if c.Queue != "" {
		p.number(k.ready(c.Queue))
		p.number(k.timers(c.Queue))
		stem, wake = k.entryStem(c.Queue), encodeNotice(store.Notice{Topic: store.QueueTopic(c.Queue)})
	}
	if a.Wait {
		wait = 1
	}
	p.add(k.channel, c.Queue, c.ID, c.Fence, millis(a.Keep), a.Note, wait, stem, wake)
	for _, place := range a.Places {
		p.add(place.Name, place.Limit)
	}
	return p
}

// holdParts is how many parts of an answer tell of a hold, beside its name.
const holdParts = 6

// readHold reads the hold that an answer begins with.
func readHold(name string, answer []any) store.Hold {
	return store.Hold{
		Name: name, Owner: store.Claim{Queue: text(answer, 0), ID: text(answer, 1), Fence: number(answer, 2)}, Note: text(answer, 3),
		Since: time.UnixMilli(number(answer, 4)).UTC(), Until: time.UnixMilli(number(answer, 5)).UTC(),
	}
}

// Holds implements store.Locks.
func (s *Store) Holds(ctx context.Context, prefix, after string, limit int) ([]store.Hold, error) {
	if err := store.ValidateHolds(limit); err != nil {
		return nil, err
	}
	var found []store.Hold
	for len(found) <= limit { // one more than asked for, to know whether a name goes on
		from, to := span(store.Query{Prefix: prefix, After: after})
		p := newParams(append([]string{s.keys.meta}, s.keys.locks...)...)
		p.add(from, to, limit+1)
		answer, err := s.read(ctx, opHolds, s.scripts.holds, p)
		if err != nil {
			return nil, err
		}
		for i := 2; i < len(answer); i += 1 + holdParts {
			found = append(found, readHold(text(answer, i), answer[i+1:]))
		}
		if number(answer, 0) <= int64(limit) {
			break
		}
		after = text(answer, 1)
	}
	return store.PageOfHolds(found, limit), nil
}

// Free implements store.Locks.
func (s *Store) Free(ctx context.Context, name string) (int, error) {
	if err := store.ValidateFree(name); err != nil {
		return 0, err
	}
	p := newParams(append([]string{s.keys.meta}, s.keys.locks...)...)
	p.add(s.keys.channel, name)
	answer, err := s.write(ctx, opFree, s.scripts.free, p)
	if err != nil {
		return 0, err
	}
	return int(number(answer, 0)), nil
}

// Head implements store.Logs.
func (s *Store) Head(ctx context.Context, log string) (store.Head, error) {
	if err := store.ValidateHead(log); err != nil {
		return store.Head{}, err
	}
	p := newParams(s.keys.meta, s.keys.heads)
	p.add(log)
	answer, err := s.read(ctx, opHead, s.scripts.head, p)
	if err != nil {
		return store.Head{}, err
	}
	return store.Head{Seq: number(answer, 0), Hash: text(answer, 1)}, nil
}
