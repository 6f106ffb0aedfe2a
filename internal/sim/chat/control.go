package chat

import (
	"net/http"

	"github.com/petrelops/petrel/bot"
)

// none is the answer of a control call that has nothing to say.
type none struct{}

// control adds the hidden API, which is listed in the package comment.
func (s *Server) control(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sim/say", controlled(func(b *struct {
		User    string `json:"user"`
		Channel string `json:"channel"`
		Thread  string `json:"thread"`
		Text    string `json:"text"`
		Copies  int    `json:"copies"`
	},
	) (any, error) {
		m, err := s.Say(Message{User: b.User, Channel: b.Channel, Thread: b.Thread, Text: b.Text}, b.Copies)
		return map[string]string{"id": m.ID, "delivery": m.Delivery}, err
	}))
	mux.HandleFunc("POST /_sim/faults", controlled(func(f *Fault) (any, error) { return none{}, s.Inject(*f) }))
	mux.HandleFunc("DELETE /_sim/faults", told(func() any { s.ClearFaults(); return none{} }))
	mux.HandleFunc("GET /_sim/faults", told(func() any { return map[string]any{"faults": s.Faults()} }))
	mux.HandleFunc("POST /_sim/cut", controlled(func(b *struct {
		How string `json:"how"`
	},
	) (any, error) {
		if b.How != "close" && b.How != "deaf" {
			return nil, bot.E(bot.CodeInvalid, "simchat.socket.cut", "A cut is close or deaf", nil)
		}
		s.Cut(b.How == "deaf")
		return none{}, nil
	}))
	mux.HandleFunc("GET /_sim/sockets", told(func() any { return map[string]int{"open": s.Sockets()} }))
	mux.HandleFunc("GET /_sim/messages", told(func() any { return map[string]any{"messages": s.Messages()} }))
}

// Messages returns all that was written, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return list(s.messages, 0)["messages"]
}

func told(do func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { reply(http.StatusOK, do()).write(w) }
}

// controlled reads the body into a T for do.
func controlled[T any](do func(*T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		r.Header.Set("Content-Type", "application/json")
		a, bad := read(w, r, &body)
		if !bad {
			said, err := do(&body)
			if a = reply(http.StatusOK, said); err != nil {
				a = fail(http.StatusBadRequest, string(bot.ErrorCode(err)), err.Error())
			}
		}
		a.write(w)
	}
}
