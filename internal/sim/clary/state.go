package clary

import (
	"cmp"
	"maps"
	"slices"

	"github.com/petrelops/petrel/bot"
)

// NodeState is a node as only the simulator knows it.
type NodeState struct {
	Node
	Comments int   `json:"comments"`
	Settled  bool  `json:"settled"` // false while an asynchronous status has not finished
	InFlight int64 `json:"in_flight"`
	Peak     int64 `json:"peak"` // the most requests at once for this node
}

// Stats is what happened since New or ResetStats.
type Stats struct {
	// Requests counts calls by kind, with every kind present.
	Requests map[Kind]int64 `json:"requests"`
	// InFlight and Peak are requests at once, now and at most.
	InFlight int64 `json:"in_flight"`
	Peak     int64 `json:"peak"`
	// PeakPerHost is the most requests at once for one node: above 1 a client did not keep to one at a time. A client that
	// gives up on a request and sends another may show up as 2 as well. PeakHost is the first such node by name.
	PeakPerHost int64  `json:"peak_per_host"`
	PeakHost    string `json:"peak_host,omitempty"`
	// Ledger counts the lines by kind since New; ResetStats leaves it alone.
	Ledger map[LineKind]int64 `json:"ledger"`
	// LastEvent is the last event id given, Events how many events are kept.
	LastEvent int64 `json:"last_event"`
	Events    int   `json:"events"`
}

// Stats returns the counters.
func (s *Server) Stats() Stats {
	st := Stats{
		Requests: map[Kind]int64{},
		InFlight: s.traffic.all.now.Load(),
		Peak:     s.traffic.all.peak.Load(),
	}
	for kind, n := range s.traffic.requests {
		st.Requests[kind] = n.Load()
	}
	for _, host := range slices.Sorted(maps.Keys(s.nodes)) {
		if peak := s.nodes[host].traffic.peak.Load(); peak > st.PeakPerHost {
			st.PeakPerHost, st.PeakHost = peak, host
		}
	}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	st.Ledger = s.journal.ledger.countsByKind()
	st.LastEvent, st.Events = s.journal.events.last, len(s.journal.events.records)
	return st
}

// ResetStats sets the request counts to zero and lets the peaks start from what is in flight now.
func (s *Server) ResetStats() {
	for _, n := range s.traffic.requests {
		n.Store(0)
	}
	s.traffic.all.reset()
	for _, n := range s.nodes {
		n.traffic.reset()
	}
}

// Nodes returns every node, sorted by name.
func (s *Server) Nodes() []NodeState {
	list := make([]NodeState, 0, len(s.nodes))
	for _, n := range s.nodes {
		list = append(list, s.state(n))
	}
	slices.SortFunc(list, func(a, b NodeState) int { return cmp.Compare(a.Hostname, b.Hostname) })
	return list
}

// Node returns one node. The error has bot.CodeNotFound.
func (s *Server) Node(host string) (NodeState, error) {
	n, err := s.find(host)
	if err != nil {
		return NodeState{}, err
	}
	return s.state(n), nil
}

func (s *Server) find(host string) (*node, error) {
	n, ok := s.nodes[host]
	if !ok {
		return nil, bot.E(bot.CodeNotFound, "simclary.node.find", "There is no node "+host, nil)
	}
	return n, nil
}

func (s *Server) state(n *node) NodeState {
	n.mu.Lock()
	defer n.mu.Unlock()
	return NodeState{
		Node: n.body(), Comments: n.comments, Settled: !n.pending(s.clock.Now()),
		InFlight: n.traffic.now.Load(), Peak: n.traffic.peak.Load(),
	}
}

// Change is a status that somebody else gives a node.
type Change struct {
	Status    string `json:"status"`
	User      string `json:"user"` // empty is "operator"
	Comment   string `json:"comment"`
	Impacting bool   `json:"impacting"`
}

// SetStatus changes a node behind the back of the client, whatever the graph allows, and returns the id of the event. The
// error has bot.CodeNotFound for an unknown node and bot.CodeInvalid for an unknown status.
func (s *Server) SetStatus(host string, ch Change) (int64, error) {
	const op = "simclary.node.set"
	n, err := s.find(host)
	if err != nil {
		return 0, err
	}
	if _, ok := s.next(ch.Status); !ok {
		return 0, bot.E(bot.CodeInvalid, op, "There is no status "+ch.Status, nil)
	}
	ch.User = cmp.Or(ch.User, "operator")
	n.mu.Lock()
	defer n.mu.Unlock()
	line := Line{
		Kind: LineExternal, Host: host, Previous: n.status, Status: ch.Status,
		Comment: ch.Comment, User: ch.User, Impacting: ch.Impacting,
	}
	if err := s.journal.record(&line); err != nil {
		return 0, bot.E(bot.CodeInternal, op, "The ledger cannot be written", err)
	}
	s.move(n, change{status: ch.Status, comment: ch.Comment, user: ch.User, impacting: ch.Impacting}, line.Time)
	return line.EventID, nil
}

// Settle ends the wait of an asynchronous status. The error has bot.CodeNotFound.
func (s *Server) Settle(host string) error {
	n, err := s.find(host)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.busy = false
	return nil
}
