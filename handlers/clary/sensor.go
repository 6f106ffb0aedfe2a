package clary

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/petrelops/petrel/bot"
)

// The triggers of the event sensor.
const (
	TriggerState  = "clary.node.state"    // a node has another status
	TriggerLost   = "clary.events.lost"   // events were purged before they were read
	TriggerDigest = "clary.events.digest" // many events were read at once: what they come to
)

const (
	// idlePolls is how many polls without an event pass before the log is checked for having been reset.
	idlePolls = 10
	// manyAtOnce is from how many transitions on a poll tells of them as late, and sums them up.
	manyAtOnce = 20
	// lookBackPolls is how many polls pass before it is looked for events that became visible too late, and lookBackIDs how far back, at the most.
	lookBackPolls = 10
	lookBackIDs   = 200
)

// sensor reads Clary's event log to its end at each poll. Between polls it keeps nothing that another process could not find out.
type sensor struct {
	client *Client
	// settled says that this process has looked at the ids around its start; until then it knows of none that it was told.
	settled bool
	// told are the ids, not greater than the cursor, that need not be told any more. Only the last few can still come late; those before are
	// kept to find out what came too late.
	told map[int64]bool
	// since is the id from which on this process knows what it was told.
	since int64
	polls int
	// real says that the cursor is the id of an event, so that it must be there.
	real bool
	idle int
	// away says that it could not look until now: this process has not polled yet, or the poll before failed.
	away bool
}

// EventSensor returns the sensor clary.ClaryPollingSensor: at its first start it finds the last event without telling of any, and from there
// on tells of each transition, at least once. The cursor is the id of the last event that was told, in decimal.
func (c *Client) EventSensor() bot.Sensor {
	return &sensor{client: c, told: map[int64]bool{}, away: true}
}

// Poll implements bot.Sensor.
func (s *sensor) Poll(ctx context.Context, w bot.Watch) error {
	err := s.poll(ctx, w)
	s.away = err != nil
	return err
}

func (s *sensor) poll(ctx context.Context, w bot.Watch) error {
	kept, err := w.Cursor(ctx)
	if err != nil {
		return err
	}
	last, err := strconv.ParseInt(kept, 10, 64)
	if err != nil || last < 0 {
		return s.first(ctx, w, kept)
	}
	if !s.settled {
		if err := s.settle(ctx, last); err != nil {
			return err
		}
	}
	if s.polls++; s.polls%lookBackPolls == 0 {
		if err := s.lookBack(ctx, w, last); err != nil {
			return err
		}
	}
	read, err := s.news(ctx, w, last)
	switch {
	case err != nil:
		return err
	case read > 0:
		s.idle = 0
		return nil
	}
	if s.idle++; s.idle%idlePolls != 0 || !s.real {
		return nil
	}
	return s.checkReset(ctx, w, last)
}

// first finds where the log ends, and tells of nothing that lies before.
func (s *sensor) first(ctx context.Context, w bot.Watch, kept string) error {
	last, err := s.client.lastEvent(ctx)
	if err != nil {
		return err
	}
	if kept != "" {
		w.Warn(ctx, fmt.Sprintf("The last event of Clary that was told could not be read (%.40q). It goes on after event %d; what came before that and was not told is not told any more.", kept, last))
	}
	if err := s.move(ctx, w, kept, last); err != nil {
		return err
	}
	return s.settle(ctx, last)
}

// settle marks what lies right before the cursor as told: a process that begins cannot know better.
func (s *sensor) settle(ctx context.Context, last int64) error {
	list, err := s.around(ctx, last)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.id <= last {
			s.told[e.id] = true
			s.real = s.real || e.id == last
		}
	}
	s.settled, s.since = true, last-int64(s.client.config.Events.Overlap)
	return nil
}

// around returns the first events from a little before an id on. That some of them were purged is no matter here.
func (s *sensor) around(ctx context.Context, id int64) ([]event, error) {
	from := max(0, id-int64(max(1, s.client.config.Events.Overlap)))
	list, err := s.client.eventsAfter(ctx, from, int(id-from)+1)
	if gone, ok := errors.AsType[purged](err); ok {
		return s.client.eventsAfter(ctx, gone.oldest-1, int(id-from)+1)
	}
	return list, err
}

// news tells of what came after the cursor, and of what became visible late before it. It returns how many events it read.
func (s *sensor) news(ctx context.Context, w bot.Watch, last int64) (int, error) {
	list, err := s.unread(ctx, w, last)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	transitions, broken := s.transitions(list)
	many := len(transitions) >= manyAtOnce
	told := last
	for _, e := range list {
		t, ok := transitions[e.id]
		if ok {
			if many {
				t["late"] = true
			}
			if err := w.Emit(ctx, bot.Event{Trigger: TriggerState, Key: strconv.FormatInt(e.id, 10), Payload: t}); err != nil {
				// What was told before it need not come again.
				return 0, errors.Join(err, s.move(ctx, w, cursor(last), told))
			}
		}
		s.told[e.id] = true
		if e.id > told {
			told, s.real = e.id, true
		}
	}
	if broken > 0 {
		w.Warn(ctx, fmt.Sprintf("%d events of Clary could not be read and were passed over (up to event %d). Look at clary.fields, or ask whoever runs Clary.", broken, told))
	}
	if many {
		if err := w.Emit(ctx, s.digest(list, transitions)); err != nil {
			return 0, err
		}
	}
	return len(list), s.move(ctx, w, cursor(last), told)
}

// unread returns what was not told yet, by id, up to the backlog of one poll.
func (s *sensor) unread(ctx context.Context, w bot.Watch, last int64) ([]event, error) {
	options := s.client.config.Events
	var list []event
	from := max(0, last-int64(options.Overlap))
	for len(list) < options.Backlog {
		page, err := s.client.eventsAfter(ctx, from, options.Page)
		if gone, ok := errors.AsType[purged](err); ok {
			if from < last { // only what lies before the cursor may be gone
				from = min(last, gone.oldest-1)
				continue
			}
			if err := s.lost(ctx, w, from, gone.oldest); err != nil {
				return nil, err
			}
			from = gone.oldest - 1
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if before := max(from, last); before > 0 && e.id-before > int64(options.GapWindow) {
				w.Warn(ctx, fmt.Sprintf("Event %d of Clary follows event %d: %d are missing between them. They may never have been, or have been purged.", e.id, before, e.id-before-1))
			}
			if !s.told[e.id] {
				list = append(list, e)
			}
			from = e.id
		}
		switch {
		case len(page) == options.Page:
		case options.Mode == "point" && from < last: // the look for the next id gave up before it came to the cursor
			from = last
		default:
			return list, nil
		}
	}
	return list, nil
}

// lost tells of events that were purged before they were read.
func (s *sensor) lost(ctx context.Context, w bot.Watch, last, oldest int64) error {
	w.Warn(ctx, fmt.Sprintf("Clary has purged its events %d to %d before they were read.", last+1, oldest-1))
	return w.Emit(ctx, bot.Event{
		Trigger: TriggerLost, Key: fmt.Sprintf("%d-%d", last+1, oldest-1), Payload: map[string]any{"from": last + 1, "to": oldest - 1},
	})
}

// checkReset finds out whether the log began anew below the cursor: then nothing would ever come after it again.
func (s *sensor) checkReset(ctx context.Context, w bot.Watch, last int64) error {
	list, err := s.client.eventsAfter(ctx, last-1, 1)
	if _, gone := errors.AsType[purged](err); gone {
		return nil // a log that tells of what it purged has not begun anew
	}
	if err != nil || len(list) > 0 && list[0].id == last {
		return err
	}
	now, err := s.client.lastEvent(ctx)
	if err != nil || now >= last {
		return err
	}
	w.Warn(ctx, fmt.Sprintf("The event log of Clary has begun anew: its last event was %d and is %d now. It goes on from there; what was written in between is not told.", last, now))
	clear(s.told)
	s.settled, s.real = false, false
	return s.move(ctx, w, cursor(last), now)
}

// move keeps a new cursor and forgets what cannot come late any more.
func (s *sensor) move(ctx context.Context, w bot.Watch, from string, to int64) error {
	for id := range s.told {
		if id <= to-int64(s.client.config.Events.Overlap)-lookBackIDs {
			delete(s.told, id)
		}
	}
	if from == cursor(to) {
		return nil
	}
	err := w.Advance(ctx, from, cursor(to))
	if bot.ErrorCode(err) == bot.CodeConflict { // another process polled: it knows what it told
		s.settled = false
		clear(s.told)
	}
	return err
}

func cursor(id int64) string { return strconv.FormatInt(id, 10) }
