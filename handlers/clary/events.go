package clary

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/petrelops/petrel/bot"
)

// Events says how the event log is read.
type Events struct {
	// Mode is range (GET of the events after an id) or point (GET of one event by its id, where there is nothing else). Empty is range.
	Mode string
	// Page is how many events are asked for at once. Zero is 100, at most 500.
	Page int
	// GapWindow is how many ids may be missing in a row. Zero is 20. In point mode it must be more than the largest gap.
	GapWindow int
	// Overlap is how many ids back each look begins, for events that become visible after later ones. Zero is 20; negative is none.
	Overlap int
	// StartHint is an id near the start of the log, for point mode on a log whose old part was purged.
	StartHint int
	// Backlog is how many events one poll may tell of. Zero is 1000.
	Backlog int
}

func (e Events) withDefaults() Events {
	e.Mode = cmp.Or(e.Mode, "range")
	e.Page = cmp.Or(e.Page, 100)
	e.GapWindow = cmp.Or(e.GapWindow, 20)
	e.Overlap = max(0, cmp.Or(e.Overlap, 20))
	e.Backlog = cmp.Or(e.Backlog, 1000)
	return e
}

func (e Events) validate() []error {
	var faults []error
	if e.Mode != "range" && e.Mode != "point" {
		faults = append(faults, errors.New("events.mode is neither range nor point"))
	}
	if e.Page < 1 || e.Page > 500 {
		faults = append(faults, errors.New("events.page is not from 1 to 500"))
	}
	if e.GapWindow < 1 || e.StartHint < 0 || e.Backlog < 1 {
		faults = append(faults, errors.New("events.gap_window or events.backlog is less than 1, or events.start_hint is negative"))
	}
	return faults
}

// event is an entry of Clary's log. What has no id cannot be told from others and is nowhere.
type event struct {
	id     int64
	fields object
}

// purged is the answer that events after the wanted id are gone.
type purged struct{ oldest int64 }

func (p purged) Error() string { return fmt.Sprintf("events before %d were purged", p.oldest) }

// eventsAfter returns up to limit events with ids greater than after, by id, each once. The error is a purged when the server says that
// some are gone.
func (c *Client) eventsAfter(ctx context.Context, after int64, limit int) ([]event, error) {
	if c.config.Events.Mode == "point" {
		return c.eventsOneByOne(ctx, after, limit)
	}
	o, f := c.read(ctx, request{method: http.MethodGet, path: fmt.Sprintf("%s?after=%d&limit=%d", c.config.Paths.Events, after, limit)})
	if f != nil {
		if f.oldest > 0 {
			return nil, purged{f.oldest}
		}
		return nil, f.about("clary.events.read", "The event log")
	}
	var list []object
	if err := json.Unmarshal(o["events"], &list); err != nil || list == nil {
		return nil, unreadable(`has no list in the field "events"`, err).about("clary.events.read", "The event log")
	}
	var found []event
	for _, fields := range list {
		if id, ok := idOf(fields); ok && id > after {
			found = append(found, event{id, fields})
		}
	}
	slices.SortFunc(found, func(a, b event) int { return cmp.Compare(a.id, b.id) })
	return slices.CompactFunc(found, func(a, b event) bool { return a.id == b.id }), nil
}

func idOf(fields object) (int64, bool) {
	id, err := strconv.ParseInt(string(fields["id"]), 10, 64)
	return id, err == nil && id >= 0
}

// eventsOneByOne asks for each id until none is there for as many ids as a gap may have.
func (c *Client) eventsOneByOne(ctx context.Context, after int64, limit int) ([]event, error) {
	var found []event
	end := after + int64(c.config.Events.GapWindow)
	for id := after + 1; id <= end && len(found) < limit; id++ {
		o, f := c.read(ctx, request{method: http.MethodGet, path: c.config.Paths.Events + "/" + strconv.FormatInt(id, 10)})
		if f != nil && f.code == bot.CodeNotFound {
			continue
		}
		if f != nil {
			return nil, f.about("clary.events.read", "The event log")
		}
		found = append(found, event{id, o})
		end = id + int64(c.config.Events.GapWindow)
	}
	return found, nil
}

// lastEvent finds the id of the newest event by probing and bisection, where the log begins when there is none. "Some event has a greater id" is true up to the
// last id and false from there on, whatever the gaps: so the answer is exact. Events that are added meanwhile make it the last id of some
// moment of the search, and the rest comes with the first poll. At most about 50 calls for ten million events.
func (c *Client) lastEvent(ctx context.Context) (int64, error) {
	start := int64(0)
	if c.config.Events.Mode == "point" {
		start = int64(max(0, c.config.Events.StartHint-1))
	}
	known, found, err := c.anyAfter(ctx, start)
	if err != nil || !found {
		return start, err
	}
	// No event is after high, once the probes are over; known is one that exists.
	high := known
	for step := int64(1); ; step *= 2 {
		id, found, err := c.anyAfter(ctx, high)
		if err != nil {
			return 0, err
		}
		if !found {
			break
		}
		known, high = id, id+step
	}
	for known < high {
		middle := known + (high-known)/2
		id, found, err := c.anyAfter(ctx, middle)
		if err != nil {
			return 0, err
		}
		if found {
			known = id
		} else {
			high = middle
		}
	}
	return known, nil
}

// anyAfter returns the first event after an id, if there is one. On a log that was purged this is the oldest that is left.
func (c *Client) anyAfter(ctx context.Context, after int64) (int64, bool, error) {
	list, err := c.eventsAfter(ctx, after, 1)
	if gone, ok := errors.AsType[purged](err); ok {
		list, err = c.eventsAfter(ctx, gone.oldest-1, 1)
	}
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	return list[0].id, true, nil
}
