package clary

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Effect is what a fault rule does to a request.
type Effect string

// The effects. Delay and hang make a request wait and are met beside one of the others; a request meets at most one of the
// others. Content type, duplicate, unsorted and overlap change the true answer and therefore always come after it.
const (
	EffectStatus      Effect = "status"       // answer Fault.Status with an error body
	EffectGarbage     Effect = "garbage"      // answer 200 with half a JSON object
	EffectEmpty       Effect = "empty"        // answer 200 with no body
	EffectDrop        Effect = "drop"         // close the connection without an answer
	EffectContentType Effect = "content_type" // label the answer text/html
	EffectDelay       Effect = "delay"        // wait for Fault.Delay
	EffectHang        Effect = "hang"         // wait for Release, or until the client goes
	EffectDuplicate   Effect = "duplicate"    // a page has each event twice
	EffectUnsorted    Effect = "unsorted"     // a page is in reverse
	EffectOverlap     Effect = "overlap"      // a page begins with events that were not asked for, up to 20 ids back
)

// Forever is the Count of a rule that stays until ClearFaults or Release.
const Forever = -1

// Fault is a rule for requests to come. The oldest rule that matches is used first.
//
// One thing to know about EffectDrop: Go's HTTP client repeats a GET by itself when a kept-alive connection closes before any
// answer, so that one dropped GET may pass unnoticed. A PUT or POST is not repeated.
type Fault struct {
	// Host limits the rule to one node, Kind to one call. Empty is any.
	Host string `json:"host,omitempty"`
	Kind Kind   `json:"kind,omitempty"`
	// Count is how many requests meet the rule. Zero is one; less is Forever.
	Count  int    `json:"count"`
	Effect Effect `json:"effect"`
	// After carries the request out first: the effect happens and is in the ledger, and only the answer suffers. Otherwise
	// the request has no effect, unless it merely waits.
	After bool `json:"after"`
	// Status is the answer of EffectStatus, 400 to 599; RetryAfter, in seconds, adds that header when not zero.
	Status     int `json:"status,omitempty"`
	RetryAfter int `json:"retry_after,omitempty"`
	// Delay is the wait of EffectDelay, on the server's clock.
	Delay time.Duration `json:"-"`
}

// FaultState is a rule with what became of it.
type FaultState struct {
	Fault
	ID    int `json:"id"`
	Left  int `json:"left"` // below zero is Forever
	Fired int `json:"fired"`
}

// InjectFault adds a rule and returns its id.
func (s *Server) InjectFault(f Fault) (int, error) {
	if f.Count == 0 {
		f.Count = 1
	}
	f.Count = max(f.Count, Forever)
	if f.onPages() && f.Kind == "" {
		f.Kind = KindEvents
	}
	f.After = f.After || f.onPages() || f.Effect == EffectContentType
	if err := s.validateFault(f); err != nil {
		return 0, bot.E(bot.CodeInvalid, "simclary.fault.inject", "The fault rule is wrong", err)
	}
	return s.faults.add(f), nil
}

// validateFault refuses, beside plain mistakes, a rule that could never be met: a test would take its silence for success.
func (s *Server) validateFault(f Fault) error {
	var faults []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	effects := []Effect{
		EffectStatus, EffectGarbage, EffectEmpty, EffectDrop, EffectContentType,
		EffectDelay, EffectHang, EffectDuplicate, EffectUnsorted, EffectOverlap,
	}
	refuse(!slices.Contains(effects, f.Effect), "there is no effect %q", f.Effect)
	refuse(f.Kind != "" && !slices.Contains(kinds(), f.Kind), "there is no kind of call %q", f.Kind)
	refuse(f.Host != "" && s.nodes[f.Host] == nil, "there is no node %q", f.Host)
	perHost := []Kind{"", KindNode, KindSet, KindComment}
	refuse(f.Host != "" && !slices.Contains(perHost, f.Kind), "calls of kind %q name no host", f.Kind)
	refuse(f.onPages() && f.Kind != KindEvents, "effect %q is for kind events alone", f.Effect)
	status := f.Status >= 400 && f.Status <= 599
	refuse(f.Effect == EffectStatus && !status, "the status %d is not from 400 to 599", f.Status)
	refuse(f.Effect != EffectStatus && (f.Status != 0 || f.RetryAfter != 0), "effect %q takes no status", f.Effect)
	refuse(f.RetryAfter < 0, "the wait of Retry-After is negative")
	refuse((f.Effect == EffectDelay) != (f.Delay > 0), "a delay belongs to effect delay and is above zero")
	return errors.Join(faults...)
}

// waits reports whether the rule holds a request up, rather than spoiling its answer.
func (f Fault) waits() bool { return f.Effect == EffectDelay || f.Effect == EffectHang }

// onPages reports whether the rule changes pages of events.
func (f Fault) onPages() bool {
	return f.Effect == EffectDuplicate || f.Effect == EffectUnsorted || f.Effect == EffectOverlap
}

func (f Fault) matches(c *call) bool {
	return (f.Host == "" || f.Host == c.host) && (f.Kind == "" || f.Kind == c.kind)
}

// spoiled returns what the rule makes of the answer.
func (f *Fault) spoiled(a answer) answer {
	switch f.Effect {
	case EffectStatus:
		a = fail(f.Status, errorCode(f.Status), "a fault rule asked for this answer")
		if f.RetryAfter > 0 {
			a.header = map[string]string{"Retry-After": strconv.Itoa(f.RetryAfter)}
		}
	case EffectGarbage:
		a = answer{status: http.StatusOK, code: string(f.Effect), payload: []byte(`{"hostname": "irene`)}
	case EffectEmpty:
		a = answer{status: http.StatusOK, code: string(f.Effect)}
	case EffectDrop:
		a = dropped(string(f.Effect))
	case EffectContentType:
		a.contentType = "text/html; charset=utf-8"
	}
	return a
}

func errorCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "unauthorized"
	case http.StatusForbidden:
		return "forbidden"
	case http.StatusTooManyRequests:
		return "too_many_requests"
	case http.StatusServiceUnavailable:
		return "unavailable"
	}
	return "internal"
}

// disturbed returns what the rule, nil for none, makes of a page.
func (f *Fault) disturbed(events []json.RawMessage) []json.RawMessage {
	if f == nil {
		return events
	}
	switch f.Effect {
	case EffectUnsorted:
		slices.Reverse(events)
	case EffectDuplicate:
		twice := make([]json.RawMessage, 0, 2*len(events))
		for _, e := range events {
			twice = append(twice, e, e)
		}
		return twice
	}
	return events
}
