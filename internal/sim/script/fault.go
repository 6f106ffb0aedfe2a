package script

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/random"
)

// Effect is what a fault rule does to a call.
type Effect string

// The effects.
const (
	EffectStatus  Effect = "status"  // answer Fault.Status; 429 with Retry-After where RetryAfter is set
	EffectError   Effect = "error"   // answer 200 with the error that Fault.Error names, where the platform answers errors so
	EffectGarbage Effect = "garbage" // answer 200 with a web page
	EffectDrop    Effect = "drop"    // close the connection without an answer
	EffectHang    Effect = "hang"    // say nothing until the client goes or the rules are forgotten
)

// Forever is the Count of a rule that stays.
const Forever = -1

// Fault is a rule for calls to come. The oldest rule that fits is used first.
type Fault struct {
	Method string `json:"method"` // empty is any
	Effect Effect `json:"effect"`
	Count  int    `json:"count"` // how many calls meet it; zero is one
	// After carries the call out first, so that only its answer suffers.
	After      bool   `json:"after"`
	Status     int    `json:"status,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds
	Error      string `json:"error,omitempty"`
	// Percent is how many of a hundred calls that fit meet the rule, drawn by chance; zero is all.
	Percent int `json:"percent,omitempty"`
	// Body is what a status or an error is answered with; empty is a web page. The simulator fills it in for an error.
	Body string `json:"body,omitempty"`
}

// FaultState is a rule with what became of it.
type FaultState struct {
	Fault
	ID    int `json:"id"`
	Fired int `json:"fired"`
}

// Faults are the rules. The zero value is none.
type Faults struct {
	// Random draws which calls meet a rule that has a Percent. Nil is the machine's.
	Random random.Source

	// mu guards what follows.
	mu    sync.Mutex
	rules []*FaultState
	freed chan struct{} // closed when what hangs is let go
}

// Inject adds a rule and returns its id. methods are the names that a rule may have.
func (f *Faults) Inject(rule Fault, methods []string) (int, error) {
	var wrong []error
	if !slices.Contains([]Effect{EffectStatus, EffectError, EffectGarbage, EffectDrop, EffectHang}, rule.Effect) {
		wrong = append(wrong, fmt.Errorf("there is no effect %q", rule.Effect))
	}
	if rule.Method != "" && !slices.Contains(methods, rule.Method) {
		wrong = append(wrong, fmt.Errorf("there is no method %q", rule.Method))
	}
	if (rule.Effect == EffectStatus) != (rule.Status >= 400 && rule.Status < 600) {
		wrong = append(wrong, errors.New("a status belongs to effect status and is from 400 to 599"))
	}
	if rule.Percent < 0 || rule.Percent > 100 {
		wrong = append(wrong, errors.New("a percent is from 0 to 100"))
	}
	if (rule.Effect == EffectError) != (rule.Error != "") {
		wrong = append(wrong, errors.New("an error belongs to effect error"))
	}
	if rule.Effect == EffectError && rule.Body == "" {
		wrong = append(wrong, errors.New("this platform answers errors with a status"))
	}
	if err := errors.Join(wrong...); err != nil {
		return 0, bot.E(bot.CodeInvalid, "sim.fault.inject", "The fault rule is wrong", err)
	}
	if rule.Count == 0 {
		rule.Count = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &FaultState{Fault: rule, ID: len(f.rules) + 1})
	return len(f.rules), nil
}

// List returns every rule since the last Clear.
func (f *Faults) List() []FaultState {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []FaultState{}
	for _, r := range f.rules {
		list = append(list, *r)
	}
	return list
}

// Clear forgets the rules and lets every held call go.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
	if f.freed != nil {
		close(f.freed)
		f.freed = nil
	}
}

// Take returns the rule that the call meets, nil for none.
func (f *Faults) Take(method string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if (r.Method == "" || r.Method == method) && (r.Count < 0 || r.Fired < r.Count) && f.drawn(r.Percent) {
			r.Fired++
			rule := r.Fault
			return &rule
		}
	}
	return nil
}

// drawn reports whether chance wants the call to meet a rule.
func (f *Faults) drawn(percent int) bool {
	if percent == 0 {
		return true
	}
	source := f.Random
	if source == nil {
		source = random.System()
	}
	return source.Uint64()%100 < uint64(percent) //nolint:gosec // it is from 0 to 100
}

// Spoil answers as the rule says. life ends with the simulator.
func (f *Faults) Spoil(life context.Context, w http.ResponseWriter, r *http.Request, rule *Fault) {
	page := "<html>a fault rule asked for this answer</html>"
	w.Header().Set("Content-Type", "text/html")
	switch rule.Effect {
	case EffectStatus:
		if rule.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(rule.RetryAfter))
		}
		if rule.Body != "" {
			page = rule.Body
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(rule.Status)
		_, _ = w.Write([]byte(page))
	case EffectError:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(rule.Body))
	case EffectGarbage:
		_, _ = w.Write([]byte(page))
	case EffectHang:
		f.hold(life, r)
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler) // the documented way to close the connection without an answer
	}
}

// hold waits until the rules are forgotten, the client goes or the simulator ends.
func (f *Faults) hold(life context.Context, r *http.Request) {
	f.mu.Lock()
	if f.freed == nil {
		f.freed = make(chan struct{})
	}
	freed := f.freed
	f.mu.Unlock()
	select {
	case <-freed:
	case <-r.Context().Done():
	case <-life.Done():
	}
}
