package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/random"
)

// Effect is what a fault rule does to a call of the Web API.
type Effect string

// The effects.
const (
	EffectStatus  Effect = "status"  // answer Fault.Status; 429 with Retry-After where RetryAfter is set
	EffectError   Effect = "error"   // answer 200 with Fault.Error
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
	RetryAfter int    `json:"retry_after,omitempty"`
	Error      string `json:"error,omitempty"`
	// Percent is how many of a hundred calls that fit meet the rule, drawn by chance; zero is all.
	Percent int `json:"percent,omitempty"`
}

// FaultState is a rule with what became of it.
type FaultState struct {
	Fault
	ID    int `json:"id"`
	Fired int `json:"fired"`
}

// faults are the rules.
type faults struct {
	random random.Source

	// mu guards what follows.
	mu    sync.Mutex
	rules []*FaultState
	freed chan struct{} // closed when what hangs is let go
}

func newFaults(r random.Source) *faults { return &faults{random: r, freed: make(chan struct{})} }

// Inject adds a rule and returns its id.
func (s *Server) Inject(f Fault) (int, error) {
	var wrong []error
	if !slices.Contains([]Effect{EffectStatus, EffectError, EffectGarbage, EffectDrop, EffectHang}, f.Effect) {
		wrong = append(wrong, fmt.Errorf("there is no effect %q", f.Effect))
	}
	if f.Method != "" && f.Method != uploadStep {
		if _, known := s.api[f.Method]; !known {
			wrong = append(wrong, fmt.Errorf("there is no method %q", f.Method))
		}
	}
	if (f.Effect == EffectStatus) != (f.Status >= 400 && f.Status < 600) {
		wrong = append(wrong, errors.New("a status belongs to effect status and is from 400 to 599"))
	}
	if (f.Effect == EffectError) != (f.Error != "") {
		wrong = append(wrong, errors.New("an error belongs to effect error"))
	}
	if f.Percent < 0 || f.Percent > 100 {
		wrong = append(wrong, errors.New("a percent is from 0 to 100"))
	}
	if err := errors.Join(wrong...); err != nil {
		return 0, bot.E(bot.CodeInvalid, "simslack.fault.inject", "The fault rule is wrong", err)
	}
	if f.Count == 0 {
		f.Count = 1
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = append(s.faults.rules, &FaultState{Fault: f, ID: len(s.faults.rules) + 1})
	return len(s.faults.rules), nil
}

// Faults returns every rule since the last ClearFaults.
func (s *Server) Faults() []FaultState {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	list := []FaultState{}
	for _, r := range s.faults.rules {
		list = append(list, *r)
	}
	return list
}

// ClearFaults forgets the rules and lets every held call go.
func (s *Server) ClearFaults() { s.faults.clear() }

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
	close(f.freed)
	f.freed = make(chan struct{})
}

// take returns the rule that the call meets, nil for none.
func (f *faults) take(method string) *Fault {
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
func (f *faults) drawn(percent int) bool {
	return percent == 0 || f.random.Uint64()%100 < uint64(percent) //nolint:gosec // it is from 0 to 100
}

// spoil answers as the rule says.
func (f *Fault) spoil(w http.ResponseWriter, r *http.Request, s *Server) {
	switch f.Effect {
	case EffectStatus:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte("<html>a fault rule asked for this answer</html>"))
	case EffectError:
		send(w, answer{"ok": false, "error": f.Error})
	case EffectGarbage:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>"))
	case EffectHang:
		s.faults.mu.Lock()
		freed := s.faults.freed
		s.faults.mu.Unlock()
		select {
		case <-freed:
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	default:
		panic(http.ErrAbortHandler) // the documented way to close the connection without an answer
	}
}
