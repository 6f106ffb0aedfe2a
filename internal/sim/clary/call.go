package clary

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// call is one request on its way through the server.
type call struct {
	kind      Kind
	host      string
	node      *node // nil when the path names no node that exists
	requestID string
	body      []byte
	spoil     *Fault // the rule that will spoil the answer, nil for none
	line      Line   // what the ledger will say, filled as the body is read
	committed bool   // the line is in the ledger
}

type handler func(r *http.Request, c *call) answer

// serve wraps a handler in what every call goes through.
func (s *Server) serve(kind Kind, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := s.newCall(kind, r)
		w.Header().Set("X-Request-Id", c.requestID)
		// work ends, and the call stops counting as in flight, before the first byte goes out: a client that sends its next
		// request at once is never seen as two requests.
		s.work(w, r, c, h).write(w, s.clock.Now())
	}
}

func (s *Server) newCall(kind Kind, r *http.Request) *call {
	c := &call{kind: kind, host: r.PathValue("host"), requestID: r.Header.Get("X-Request-Id")}
	if c.requestID == "" {
		c.requestID = fmt.Sprintf("sim-%06d", s.ids.Add(1))
	}
	c.node = s.nodes[c.host]
	c.line = Line{Call: kind, Host: c.host, RequestID: c.requestID}
	return c
}

// work decides the answer. Every write leaves exactly one line in the ledger on the way: its effect, or here its refusal.
func (s *Server) work(w http.ResponseWriter, r *http.Request, c *call, h handler) answer {
	defer s.traffic.enter(c)()
	a, stopped := s.before(w, r, c)
	if !stopped {
		a = h(r, c)
	}
	if c.kind.writes() && !c.committed {
		c.line.Code = a.code
		if err := s.record(c, LineRefused); err != nil {
			a = ledgerFailed()
		}
	}
	if stopped {
		return a
	}
	return s.after(r.Context(), c, a)
}

// before takes a call up to the point of its effect. It returns true with the answer when the call ends here.
func (s *Server) before(w http.ResponseWriter, r *http.Request, c *call) (answer, bool) {
	if !s.authorized(r) {
		a := fail(http.StatusUnauthorized, "unauthorized", "send the token as Authorization: Bearer")
		a.header = map[string]string{"WWW-Authenticate": "Bearer"}
		return a, true
	}
	// The body is read before any wait: net/http notices that a client went away only once the body is through.
	if a, bad := s.readBody(w, r, c); bad {
		return a, true
	}
	ctx := r.Context()
	if clock.Wait(ctx, s.clock, time.Duration(s.latency.Load())) != nil || s.stall(ctx, c, false) != nil {
		return dropped("client_gone"), true
	}
	c.spoil = s.faults.takeSpoil(c)
	if c.spoil == nil {
		return answer{}, false
	}
	c.line.Fault = c.spoil.Effect
	if c.spoil.After {
		return answer{}, false
	}
	return c.spoil.spoiled(answer{}), true
}

// after takes a call from its effect to the answer.
func (s *Server) after(ctx context.Context, c *call, a answer) answer {
	if s.stall(ctx, c, true) != nil {
		return dropped("client_gone")
	}
	if c.spoil != nil {
		return c.spoil.spoiled(a)
	}
	return a
}

func (s *Server) authorized(r *http.Request) bool {
	want := "Bearer " + s.token
	return s.token == "" || subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(want)) == 1
}

func (s *Server) readBody(w http.ResponseWriter, r *http.Request, c *call) (answer, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		message := fmt.Sprintf("the body has more than %d bytes", s.maxBody)
		return fail(http.StatusRequestEntityTooLarge, "too_large", message), true
	}
	if err != nil {
		return dropped("client_gone"), true
	}
	c.body = body
	return answer{}, false
}

func ledgerFailed() answer {
	return fail(http.StatusInternalServerError, "ledger_failed", "the ledger cannot be written, so nothing is changed any more")
}
