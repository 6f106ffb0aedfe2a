package clary

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// node is one machine. Its host never changes.
type node struct {
	host    string
	traffic gauge

	// mu guards what follows. It is held while the ledger line is written, so that the lines of one node stand in the order
	// of its changes.
	mu        sync.Mutex
	status    string
	since     time.Time
	reason    string
	user      string
	impacting bool
	comments  int
	busy      bool      // in an asynchronous status, not settled
	busyUntil time.Time // zero waits for Settle
}

// pending reports whether the node's status has not finished yet. The caller holds mu.
func (n *node) pending(now time.Time) bool {
	return n.busy && (n.busyUntil.IsZero() || now.Before(n.busyUntil))
}

// change is a wish for another status.
type change struct {
	status    string
	comment   string
	user      string
	impacting bool
	expected  *string // compare-and-set; nil for any
}

// Node is a node as the contract shows it.
type Node struct {
	Hostname  string    `json:"hostname"`
	Status    string    `json:"status"`
	Since     time.Time `json:"since"`
	Reason    string    `json:"reason"`
	User      string    `json:"user"`
	Impacting bool      `json:"impacting"`
}

// body returns the node for an answer. The caller holds mu.
func (n *node) body() Node {
	return Node{
		Hostname: n.host, Status: n.status, Since: wireTime(n.since),
		Reason: n.reason, User: n.user, Impacting: n.impacting,
	}
}

// wireTime cuts t to the form of the contract: UTC, whole seconds.
func wireTime(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func unknownNode(host string) answer {
	return fail(http.StatusNotFound, "unknown_node", "there is no node "+host)
}

func (s *Server) getNode(_ *http.Request, c *call) answer {
	if c.node == nil {
		return unknownNode(c.host)
	}
	c.node.mu.Lock()
	body := c.node.body()
	c.node.mu.Unlock()
	return reply(http.StatusOK, body)
}

func (s *Server) putStatus(r *http.Request, c *call) answer {
	var ch change
	a, bad := decode(r, c.body, fields{
		"status": &ch.status, "comment": &ch.comment, "user": &ch.user, "impacting": &ch.impacting, "expected": &ch.expected,
	})
	c.line.Status, c.line.Comment, c.line.User, c.line.Impacting = ch.status, ch.comment, ch.user, ch.impacting
	if bad {
		return a
	}
	if c.node == nil {
		return unknownNode(c.host)
	}
	for _, f := range [][2]string{{"comment", ch.comment}, {"user", ch.user}, {"status", ch.status}} {
		if a, bad := require(f[0], f[1]); bad {
			return a
		}
	}
	if _, ok := s.next(ch.status); !ok {
		return refuseField("unknown_status", "status", "there is no status "+ch.status)
	}
	if ch.expected != nil {
		if _, ok := s.next(*ch.expected); !ok {
			return refuseField("unknown_status", "expected", "there is no status "+*ch.expected)
		}
	}
	return s.transition(c, ch)
}

// transition moves the node of the call, or says why it may not.
func (s *Server) transition(c *call, ch change) answer {
	n := c.node
	n.mu.Lock()
	defer n.mu.Unlock()
	if ch.expected != nil && *ch.expected != n.status {
		return failWith(http.StatusConflict, errorBody{
			Error:   "state_changed",
			Message: n.host + " is in " + n.status + ", not in " + *ch.expected,
			From:    n.status, To: ch.status, Status: n.status, Expected: *ch.expected,
		})
	}
	if a, bad := s.forbidden(n, ch.status); bad {
		return a
	}
	c.line.Previous = n.status
	if err := s.record(c, LineTransition); err != nil {
		return ledgerFailed()
	}
	s.move(n, ch, c.line.Time)
	return reply(http.StatusOK, struct {
		Hostname string `json:"hostname"`
		Previous string `json:"previous"`
		Status   string `json:"status"`
		EventID  int64  `json:"event_id"`
	}{n.host, c.line.Previous, n.status, c.line.EventID})
}

// forbidden returns true with the answer when the node may not go to status now. A node that is still settling is refused
// although its next statuses are listed, as the notes expect of a real Clary. The caller holds n.mu.
func (s *Server) forbidden(n *node, status string) (answer, bool) {
	allowed, _ := s.next(n.status)
	message := n.status + " -> " + status + " is not allowed"
	if n.pending(s.clock.Now()) {
		message += " yet: " + n.status + " has not finished"
	} else if slices.Contains(allowed, status) || s.same && status == n.status {
		return answer{}, false
	}
	return failWith(http.StatusConflict, errorBody{
		Error: "forbidden_transition", Message: message, From: n.status, To: status, Allowed: allowed,
	}), true
}

// move puts the change into the node. The caller holds n.mu and has written the ledger.
func (s *Server) move(n *node, ch change, now time.Time) {
	n.status, n.since, n.reason, n.user, n.impacting = ch.status, now, ch.comment, ch.user, ch.impacting
	wait, async := s.async[ch.status]
	n.busy, n.busyUntil = async, time.Time{}
	if wait > 0 {
		n.busyUntil = now.Add(wait)
	}
}

func (s *Server) postComment(r *http.Request, c *call) answer {
	l := &c.line
	a, bad := decode(r, c.body, fields{"comment": &l.Comment, "user": &l.User, "impacting": &l.Impacting})
	if bad {
		return a
	}
	if c.node == nil {
		return unknownNode(c.host)
	}
	for _, f := range [][2]string{{"comment", l.Comment}, {"user", l.User}} {
		if a, bad := require(f[0], f[1]); bad {
			return a
		}
	}
	c.node.mu.Lock()
	defer c.node.mu.Unlock()
	if err := s.record(c, LineComment); err != nil {
		return ledgerFailed()
	}
	c.node.comments++
	return reply(http.StatusCreated, struct {
		ID       int64  `json:"id"`
		Hostname string `json:"hostname"`
	}{l.CommentID, c.node.host})
}

// record writes the line of the call to the journal as the given kind.
func (s *Server) record(c *call, kind LineKind) error {
	c.line.Kind = kind
	if err := s.journal.record(&c.line); err != nil {
		return err
	}
	c.committed = true
	return nil
}
