package clary

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/petrelops/petrel/bot"
)

const (
	defaultLimit = 100
	maxLimit     = 500
	// overlap is how many ids back a page with EffectOverlap begins.
	overlap = 20
)

// pageQuery is what a range query asks for.
type pageQuery struct {
	after int64
	limit int
}

func (s *Server) getEvents(r *http.Request, c *call) answer {
	q, a, bad := parsePageQuery(r.URL.RawQuery)
	if bad {
		return a
	}
	overlapping := c.spoil != nil && c.spoil.Effect == EffectOverlap
	var options EventOptions
	var oldest int64
	var events []json.RawMessage
	s.journal.withEvents(func(l *eventLog) {
		options, oldest = l.options, l.floor
		events = l.page(q.after+1, math.MaxInt64, q.limit)
		if overlapping {
			events = append(l.page(q.after-overlap+1, q.after+1, overlap), events...)
		}
	})
	switch {
	case options.PointOnly:
		return unknownPath(r, c)
	case options.Gone && q.after < oldest-1:
		return truncated(q.after, oldest)
	}
	return reply(http.StatusOK, map[string]any{"events": c.spoil.disturbed(events)})
}

func (s *Server) getEvent(r *http.Request, _ *call) answer {
	id, err := parseID(r.PathValue("id"))
	if err != nil {
		return fail(http.StatusBadRequest, "bad_id", "the event id is not a whole number of zero or more")
	}
	var found []json.RawMessage
	s.journal.withEvents(func(l *eventLog) { found = l.page(id, id+1, 1) })
	if len(found) == 0 {
		return fail(http.StatusNotFound, "unknown_event", fmt.Sprintf("there is no event %d", id))
	}
	return reply(http.StatusOK, found[0])
}

// parsePageQuery reads after and limit. It returns true with the answer on a fault.
func parsePageQuery(raw string) (pageQuery, answer, bool) {
	refuse := func(code, message string) (pageQuery, answer, bool) {
		return pageQuery{}, fail(http.StatusBadRequest, code, message), true
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return refuse("bad_parameter", "the query cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "after" && name != "limit" || len(query[name]) > 1 {
			return refuse("bad_parameter", "the parameter "+name+" is not known here or comes twice")
		}
	}
	q := pageQuery{limit: defaultLimit}
	if query.Has("after") {
		if q.after, err = parseID(query.Get("after")); err != nil {
			return refuse("bad_id", "after is not a whole number of zero or more")
		}
	}
	if query.Has("limit") {
		if q.limit, err = strconv.Atoi(query.Get("limit")); err != nil || q.limit < 1 || q.limit > maxLimit {
			return refuse("bad_parameter", fmt.Sprintf("limit is not a whole number from 1 to %d", maxLimit))
		}
	}
	return q, answer{}, false
}

// parseID reads an id that leaves room for adding one.
func parseID(text string) (int64, error) {
	id, err := strconv.ParseUint(text, 10, 62)
	return int64(id), err
}

func truncated(after, oldest int64) answer {
	return failWith(http.StatusGone, errorBody{
		Error:   "truncated",
		Message: fmt.Sprintf("events after %d were purged, the oldest id is %d", after, oldest),
		Oldest:  oldest,
	})
}

// AppendEvent appends any JSON object as an event, with the next id in its member id, and returns the id. It is how a test
// serves an event of an unknown type or shape.
func (s *Server) AppendEvent(fields map[string]any) (int64, error) {
	body := maps.Clone(fields)
	if body == nil {
		body = map[string]any{}
	}
	var id int64
	var err error
	s.journal.withEvents(func(l *eventLog) {
		id = l.allocate()
		body["id"] = id
		err = l.add(id, body)
	})
	if err != nil {
		return 0, bot.E(bot.CodeInvalid, "simclary.event.append", "The event cannot be written as JSON", err)
	}
	return id, nil
}

// TruncateEvents forgets every event with an id below before, as a purge does.
func (s *Server) TruncateEvents(before int64) {
	s.journal.withEvents(func(l *eventLog) { l.truncate(before) })
}

// ResetEvents forgets all events and starts ids anew, as a restored database does.
func (s *Server) ResetEvents() {
	s.journal.withEvents((*eventLog).reset)
}

// HideEvents gives the next n events their ids but keeps them unseen until ShowEvents: later ids become visible first, as
// when transactions commit out of order.
func (s *Server) HideEvents(n int) {
	s.journal.withEvents(func(l *eventLog) { l.hide = max(0, n) })
}

// ShowEvents makes every hidden event visible and returns how many there were.
func (s *Server) ShowEvents() int {
	shown := 0
	s.journal.withEvents(func(l *eventLog) { shown = l.show() })
	return shown
}

// SetEventOptions replaces all options of the event log. First counts from the next ResetEvents on.
func (s *Server) SetEventOptions(o EventOptions) error {
	if err := o.validate(); err != nil {
		return bot.E(bot.CodeInvalid, "simclary.events.set", "The options of the events are wrong", err)
	}
	s.journal.withEvents(func(l *eventLog) { l.setOptions(o) })
	return nil
}
