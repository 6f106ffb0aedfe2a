package clary

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

// defaultMaxBody is generous for a comment and small enough to reach in a test.
const defaultMaxBody = 64 << 10

// Options says how a Server behaves. The zero value is the demo: its nodes, its graph, no token, no latency.
type Options struct {
	// Clock dates events and runs latency, delays and asynchronous statuses. Nil is the clock of the machine.
	Clock clock.Clock
	// Random decides on the gaps between event ids. Nil is the operating system's source.
	Random random.Source
	// Graph is the allowed transitions. Nil is ExampleGraph.
	Graph Graph
	// Nodes maps each host to its first status. Nil is DemoNodes; an empty map is a site without nodes.
	Nodes map[string]string
	// Token, when not empty, must come with each call as "Authorization: Bearer <token>".
	Token string
	// Ledger receives one JSON line per write call, in one Write each, before the answer is sent. A writer with a Flush
	// method is flushed. Nil keeps counters only.
	Ledger io.Writer
	// Latency is added to every call. Zero is none.
	Latency time.Duration
	// MaxBody is the largest request body in bytes. Zero is 64 KiB.
	MaxBody int64
	// AllowSame accepts a change to the status that the node already has, which is otherwise a forbidden transition unless
	// the graph lists it.
	AllowSame bool
	// Async lists statuses that take time: after entering one, every further change is refused with forbidden_transition
	// until the duration has passed or Settle is called. Zero or less waits for Settle alone. Nil is none.
	Async map[string]time.Duration
	// Events says how event ids and pages behave.
	Events EventOptions
}

// Server is the simulated Clary. It is an http.Handler and safe for concurrent use: a lock is held per node while it changes,
// never while a request waits or an answer is written.
type Server struct {
	clock   clock.Clock
	token   string
	maxBody int64
	same    bool
	async   map[string]time.Duration
	nodes   map[string]*node // fixed after New; each node has its own lock

	graph   atomic.Pointer[Graph]
	latency atomic.Int64 // nanoseconds
	ids     atomic.Int64 // request ids given to calls that came without one

	traffic *traffic
	faults  *faults
	journal *journal

	api     *http.ServeMux
	control *http.ServeMux
}

// New returns a server for o, or one error that lists everything wrong with o.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, bot.E(bot.CodeInvalid, "simclary.server.new", "The options of the Clary simulator are wrong", err)
	}
	s := &Server{
		clock:   o.Clock,
		token:   o.Token,
		maxBody: o.MaxBody,
		same:    o.AllowSame,
		async:   maps.Clone(o.Async),
		nodes:   make(map[string]*node, len(o.Nodes)),
		traffic: newTraffic(),
		faults:  newFaults(),
		journal: newJournal(o),
	}
	graph := o.Graph.clone()
	s.graph.Store(&graph)
	s.latency.Store(int64(o.Latency))
	now := o.Clock.Now()
	for host, status := range o.Nodes {
		s.nodes[host] = &node{host: host, status: status, since: now, reason: "first state", user: "clary"}
	}
	s.api = s.apiRoutes()
	s.control = s.controlRoutes()
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Random == nil {
		o.Random = random.System()
	}
	if o.Graph == nil {
		o.Graph = ExampleGraph()
	}
	if o.Nodes == nil {
		o.Nodes = DemoNodes()
	}
	if o.Ledger == nil {
		o.Ledger = io.Discard
	}
	if o.MaxBody == 0 {
		o.MaxBody = defaultMaxBody
	}
	return o
}

func (o Options) validate() error {
	faults := []error{o.Graph.validate(), o.Events.validate()}
	if o.Latency < 0 {
		faults = append(faults, errors.New("the latency is negative"))
	}
	if o.MaxBody < 0 {
		faults = append(faults, errors.New("the largest body is negative"))
	}
	for _, host := range slices.Sorted(maps.Keys(o.Nodes)) {
		if host == "" {
			faults = append(faults, errors.New("a node has no name"))
		}
		if _, ok := o.Graph[o.Nodes[host]]; !ok {
			faults = append(faults, fmt.Errorf("node %q has the status %q, which is not in the graph", host, o.Nodes[host]))
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Async)) {
		if _, ok := o.Graph[status]; !ok {
			faults = append(faults, fmt.Errorf("the asynchronous status %q is not in the graph", status))
		}
	}
	return errors.Join(faults...)
}

// ServeHTTP answers the contract and, under /_sim/, the control API. To drop a connection it panics with
// http.ErrAbortHandler, which net/http's server takes as the wish to close it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/_sim/"):
		s.control.ServeHTTP(w, r)
	case unclean(r.URL.EscapedPath()):
		// ServeMux would redirect, which hides a client that builds its paths wrongly.
		s.serve(KindOther, unknownPath)(w, r)
	default:
		s.api.ServeHTTP(w, r)
	}
}

func unclean(p string) bool { return path.Clean(p) != strings.TrimSuffix(p, "/") }

// SetLatency changes what is added to every call from now on.
func (s *Server) SetLatency(d time.Duration) error {
	if d < 0 {
		return bot.E(bot.CodeInvalid, "simclary.latency.set", "Give a latency of zero or more", nil)
	}
	s.latency.Store(int64(d))
	return nil
}
