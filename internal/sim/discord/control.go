package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
)

// controlRoutes adds the hidden API, which is listed in the package comment.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	did := func(do func(Said) (string, error)) script.Control {
		return script.Body(func(w Said) (any, error) {
			id, err := do(w)
			return answer{"id": id}, err
		})
	}
	script.Handle(mux, map[string]script.Control{
		"POST /_sim/say":    did(s.Say),
		"POST /_sim/slash":  did(s.Slash),
		"POST /_sim/press":  did(s.Press),
		"POST /_sim/submit": did(s.Submit),
		"POST /_sim/fill": script.Body(func(w struct {
			User   string              `json:"user"`
			Values map[string][]string `json:"values"`
		},
		) (any, error) {
			err := s.Fill(w.User, "", w.Values)
			return answer{"faults": s.FormFaults(w.User)}, err
		}),
		"POST /_sim/complete": script.Body(func(w Said) (any, error) {
			list, err := s.Complete(w)
			return answer{"choices": list}, err
		}),
		"POST /_sim/raw": script.Body(func(w struct {
			Type    string          `json:"type"`
			Payload json.RawMessage `json:"payload"`
		},
		) (any, error) {
			s.Raw(w.Type, w.Payload)
			return script.None{}, nil
		}),
		"POST /_sim/redeliver": func(*http.Request) (any, error) { return script.None{}, s.Redeliver() },
		"POST /_sim/first": script.Body(func(w struct {
			Op int `json:"op"`
		},
		) (any, error) {
			s.First(w.Op)
			return script.None{}, nil
		}),
		"POST /_sim/gateway/{what}": s.controlGateway,
		"GET /_sim/messages":        s.controlMessages,
		"GET /_sim/wait":            s.controlWait,
		"POST /_sim/faults": script.Body(func(f script.Fault) (any, error) {
			id, err := s.Inject(f)
			return answer{"id": id}, err
		}),
		"GET /_sim/faults":    func(*http.Request) (any, error) { return answer{"faults": s.faults.List()}, nil },
		"DELETE /_sim/faults": script.Do(s.ClearFaults),
		"POST /_sim/revoke":   script.Do(s.Revoke),
	})
}

func (s *Server) controlGateway(r *http.Request) (any, error) {
	switch r.PathValue("what") {
	case "reconnect":
		s.Reconnect()
	case "invalid":
		s.Invalidate()
	case "drop":
		s.DropGateway()
	case "deaf":
		s.Deafen()
	case "expire":
		s.Expire()
	case "close":
		code, err := strconv.Atoi(r.URL.Query().Get("code"))
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, "simdiscord.gateway.close", "The code is no number", err)
		}
		s.CloseGateway(code, "a test asked for it")
	default:
		return nil, bot.E(bot.CodeNotFound, "simdiscord.gateway.control", "There is no such thing to do", nil)
	}
	return script.None{}, nil
}

// shownMessage is a message as the control API shows it.
type shownMessage struct {
	ID        string   `json:"id"`
	User      string   `json:"user"`
	Text      string   `json:"text"` // as a person reads it
	Reply     string   `json:"reply,omitempty"`
	Only      string   `json:"only,omitempty"`
	Files     []string `json:"files,omitempty"`
	Reactions []string `json:"reactions,omitempty"`
}

func (s *Server) controlMessages(r *http.Request) (any, error) {
	list := []shownMessage{}
	for _, m := range s.Messages(r.URL.Query().Get("channel")) {
		list = append(list, shownMessage{m.ID, m.User, Readable(m), m.Reply, m.Only, m.Files, m.Reactions})
	}
	return answer{"messages": list}, nil
}

// controlWait waits for a text, for sessions that listen or for a form, for as long as the query says.
func (s *Server) controlWait(r *http.Request) (any, error) {
	query := r.URL.Query()
	limit, err := script.Patience(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	if text := query.Get("sessions"); text != "" {
		count, err := strconv.Atoi(text)
		if err != nil {
			return nil, bot.E(bot.CodeInvalid, "simdiscord.control.wait", "The number of sessions is no number", err)
		}
		return answer{"seen": s.WaitSessions(ctx, count) == nil}, nil
	}
	if command := query.Get("command"); command != "" {
		return answer{"seen": s.WaitCommand(ctx, command) == nil}, nil
	}
	if person := query.Get("form"); person != "" {
		return answer{"seen": s.WaitForm(ctx, person) == nil}, nil
	}
	return answer{"seen": s.Wait(ctx, query.Get("text")) == nil}, nil
}

// WaitCommand waits until the command is there.
func (s *Server) WaitCommand(ctx context.Context, name string) error {
	return s.change.Until(ctx, "command", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.state.command(name) != nil
	})
}

// WaitForm waits until the person has a form before them.
func (s *Server) WaitForm(ctx context.Context, person string) error {
	return s.change.Until(ctx, "form", func() bool { return s.Form(person) })
}
