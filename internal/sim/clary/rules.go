package clary

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// faults holds the rules and the requests that they stopped.
type faults struct {
	// mu guards the rest. A rule is taken and its request listed as held in one step, so that a Release never falls between.
	mu      sync.Mutex
	id      int
	active  []*rule
	spent   []*rule // used up or released, kept to prove that they fired
	held    []*held
	changed chan struct{} // closed and replaced when held grows
}

type rule struct {
	FaultState
}

// Held is a request that a rule stopped.
type Held struct {
	Host      string `json:"host,omitempty"`
	Kind      Kind   `json:"kind"`
	RequestID string `json:"request_id"`
	// After says that the request was carried out and only its answer waits.
	After bool `json:"after"`
}

type held struct {
	Held
	free  chan struct{}
	freed bool
}

func newFaults() *faults { return &faults{changed: make(chan struct{})} }

func (f *faults) add(fault Fault) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.id++
	f.active = append(f.active, &rule{FaultState{Fault: fault, ID: f.id, Left: fault.Count}})
	return f.id
}

// take uses the oldest rule that matches the call and is wanted. The caller holds mu.
func (f *faults) take(c *call, wanted func(Fault) bool) *Fault {
	i := slices.IndexFunc(f.active, func(r *rule) bool { return r.matches(c) && wanted(r.Fault) })
	if i < 0 {
		return nil
	}
	r := f.active[i]
	r.Fired++
	if r.Left > 0 {
		r.Left--
	}
	if r.Left == 0 {
		f.active = slices.Delete(f.active, i, i+1)
		f.spent = append(f.spent, r)
	}
	fault := r.Fault
	return &fault
}

// takeSpoil uses a rule that spoils the call's answer; nil for none.
func (f *faults) takeSpoil(c *call) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.take(c, func(rule Fault) bool { return !rule.waits() })
}

// takeWait uses a rule that holds the call up, at this side of its effect. It returns how long to wait, or what to wait for.
func (f *faults) takeWait(c *call, after bool) (time.Duration, *held) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := f.take(c, func(rule Fault) bool { return rule.waits() && rule.After == after })
	switch {
	case fault == nil:
		return 0, nil
	case fault.Effect == EffectDelay:
		return fault.Delay, nil
	}
	h := &held{Held: Held{Host: c.host, Kind: c.kind, RequestID: c.requestID, After: after}, free: make(chan struct{})}
	f.held = append(f.held, h)
	close(f.changed)
	f.changed = make(chan struct{})
	return 0, h
}

// stall makes the call wait if a rule says so. It returns the error of ctx when the client went away.
func (s *Server) stall(ctx context.Context, c *call, after bool) error {
	delay, h := s.faults.takeWait(c, after)
	if h == nil {
		return clock.Wait(ctx, s.clock, delay)
	}
	defer s.faults.leave(h)
	select {
	case <-h.free:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *faults) leave(h *held) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = slices.DeleteFunc(f.held, func(other *held) bool { return other == h })
}

// release lets held requests of the host go, any host for "", and returns how many. Unless keep, it ends the host's hang rules.
func (f *faults) release(host string, keep bool) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !keep {
		f.end(func(r *rule) bool { return r.Effect == EffectHang && (host == "" || r.Host == host) })
	}
	n := 0
	for _, h := range f.held {
		if !h.freed && (host == "" || h.Host == host) {
			h.freed = true
			close(h.free)
			n++
		}
	}
	return n
}

// end moves rules to the spent ones. The caller holds mu.
func (f *faults) end(ended func(*rule) bool) {
	f.active = slices.DeleteFunc(f.active, func(r *rule) bool {
		if !ended(r) {
			return false
		}
		r.Left = 0
		f.spent = append(f.spent, r)
		return true
	})
}

// stopped returns the held requests of the host and what is closed when there are more.
func (f *faults) stopped(host string) ([]Held, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := []Held{}
	for _, h := range f.held {
		if !h.freed && (host == "" || h.Host == host) {
			list = append(list, h.Held)
		}
	}
	return list, f.changed
}

// Faults returns every rule since ClearFaults in the order of their ids, those that are used up included.
func (s *Server) Faults() []FaultState {
	f := s.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]FaultState, 0, len(f.active)+len(f.spent))
	for _, r := range slices.Concat(f.active, f.spent) {
		list = append(list, r.FaultState)
	}
	slices.SortFunc(list, func(a, b FaultState) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// ClearFaults forgets every rule and lets every held request go. Call it before shutting a server down.
func (s *Server) ClearFaults() {
	s.faults.release("", false)
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.active, s.faults.spent = nil, nil
}

// Hold stops every request to the host from now on, of the given kind or of any kind for "", until Release. An empty host is
// any request. With after the request is carried out first and only its answer waits.
func (s *Server) Hold(host string, kind Kind, after bool) error {
	_, err := s.InjectFault(Fault{Host: host, Kind: kind, After: after, Effect: EffectHang, Count: Forever})
	return err
}

// Release ends the hang rules of the host and lets its held requests go; "" is every host. It returns how many went.
func (s *Server) Release(host string) int { return s.faults.release(host, false) }

// Step lets the held requests of the host go, but the next one is stopped again. It returns how many went.
func (s *Server) Step(host string) int { return s.faults.release(host, true) }

// WaitHeld waits until n requests to the host, any request for "", are held, and returns those that are. When ctx ends first
// the error has bot.CodeTimeout.
func (s *Server) WaitHeld(ctx context.Context, host string, n int) ([]Held, error) {
	list, reached := s.waitHeld(ctx, host, n)
	if !reached {
		return list, bot.E(bot.CodeTimeout, "simclary.held.wait", "Too few requests were held in time", ctx.Err())
	}
	return list, nil
}

// waitHeld reports whether n requests were held before ctx ended.
func (s *Server) waitHeld(ctx context.Context, host string, n int) ([]Held, bool) {
	for {
		list, changed := s.faults.stopped(host)
		if len(list) >= n {
			return list, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return list, false
		}
	}
}
