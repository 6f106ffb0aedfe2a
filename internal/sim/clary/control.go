package clary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// none is the answer of a control call that has nothing to say.
type none struct{}

// controlRoutes builds the hidden API, which is listed in the package comment.
func (s *Server) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, do := range map[string]func(*http.Request) (any, error){
		"GET /_sim/stats":               func(*http.Request) (any, error) { return s.Stats(), nil },
		"DELETE /_sim/stats":            func(*http.Request) (any, error) { s.ResetStats(); return none{}, nil },
		"GET /_sim/nodes":               func(*http.Request) (any, error) { return map[string]any{"nodes": s.Nodes()}, nil },
		"GET /_sim/nodes/{host}":        func(r *http.Request) (any, error) { return s.Node(r.PathValue("host")) },
		"PUT /_sim/nodes/{host}/status": s.controlStatus,
		"POST /_sim/nodes/{host}/settle": func(r *http.Request) (any, error) {
			return none{}, s.Settle(r.PathValue("host"))
		},
		"PUT /_sim/graph":            controlled(func(g *Graph) (any, error) { return none{}, s.SetGraph(*g) }),
		"PUT /_sim/latency":          controlled(s.controlLatency),
		"POST /_sim/faults":          controlled(s.controlFault),
		"GET /_sim/faults":           func(*http.Request) (any, error) { return s.controlFaults(), nil },
		"DELETE /_sim/faults":        func(*http.Request) (any, error) { s.ClearFaults(); return none{}, nil },
		"POST /_sim/hold":            controlled(s.controlHold),
		"POST /_sim/release":         controlled(s.controlRelease),
		"GET /_sim/held":             s.controlHeld,
		"POST /_sim/events":          controlled(s.controlEvent),
		"DELETE /_sim/events":        func(*http.Request) (any, error) { s.ResetEvents(); return none{}, nil },
		"POST /_sim/events/truncate": controlled(s.controlTruncate),
		"POST /_sim/events/hide":     controlled(s.controlHide),
		"POST /_sim/events/show":     s.controlShow,
		"PUT /_sim/events/options":   controlled(func(o *EventOptions) (any, error) { return none{}, s.SetEventOptions(*o) }),
	} {
		mux.HandleFunc(pattern, s.controlAnswer(do))
	}
	return mux
}

func (s *Server) controlAnswer(do func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var a answer
		body, err := do(r)
		switch bot.ErrorCode(err) {
		case "":
			a = reply(http.StatusOK, body)
		case bot.CodeNotFound:
			a = fail(http.StatusNotFound, "not_found", err.Error())
		case bot.CodeInvalid:
			a = fail(http.StatusBadRequest, "invalid", err.Error())
		default:
			a = fail(http.StatusInternalServerError, "internal", err.Error())
		}
		a.write(w, s.clock.Now())
	}
}

// controlled reads the body into a T for do.
func controlled[T any](do func(*T) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var body T
		if err := readControl(r, &body); err != nil {
			return nil, err
		}
		return do(&body)
	}
}

func readControl(r *http.Request, into any) error {
	text, err := io.ReadAll(r.Body)
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err = d.Decode(into); err == nil && d.More() {
			err = errors.New("there is more than one JSON value")
		}
	}
	if err != nil {
		return bot.E(bot.CodeInvalid, "simclary.control.read", "The body cannot be read", err)
	}
	return nil
}

// parseDuration reads a text such as "250ms".
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, bot.E(bot.CodeInvalid, "simclary.control.read", `Write durations such as "250ms"`, err)
	}
	return d, nil
}

func (s *Server) controlStatus(r *http.Request) (any, error) {
	var ch Change
	if err := readControl(r, &ch); err != nil {
		return nil, err
	}
	id, err := s.SetStatus(r.PathValue("host"), ch)
	return map[string]int64{"event_id": id}, err
}

func (s *Server) controlLatency(body *struct{ Latency string }) (any, error) {
	d, err := parseDuration(body.Latency)
	if err != nil {
		return nil, err
	}
	return none{}, s.SetLatency(d)
}

// faultBody is a Fault with its delay as a text.
type faultBody struct {
	Fault
	Delay string `json:"delay,omitempty"`
}

func (s *Server) controlFault(body *faultBody) (any, error) {
	if body.Delay != "" {
		d, err := parseDuration(body.Delay)
		if err != nil {
			return nil, err
		}
		body.Fault.Delay = d
	}
	id, err := s.InjectFault(body.Fault)
	return map[string]int{"id": id}, err
}

func (s *Server) controlFaults() any {
	type entry struct {
		FaultState
		Delay string `json:"delay,omitempty"`
	}
	list := []entry{}
	for _, f := range s.Faults() {
		e := entry{FaultState: f}
		if f.Delay > 0 {
			e.Delay = f.Delay.String()
		}
		list = append(list, e)
	}
	return map[string]any{"faults": list}
}

type holdBody struct {
	Host  string `json:"host"`
	Kind  Kind   `json:"kind"`
	After bool   `json:"after"`
}

func (s *Server) controlHold(body *holdBody) (any, error) {
	return none{}, s.Hold(body.Host, body.Kind, body.After)
}

type releaseBody struct {
	Host string `json:"host"`
	Keep bool   `json:"keep"`
}

func (s *Server) controlRelease(body *releaseBody) (any, error) {
	return map[string]int{"released": s.faults.release(body.Host, body.Keep)}, nil
}

// controlHeld waits on the server's clock for as long as the query says, at once without a timeout.
func (s *Server) controlHeld(r *http.Request) (any, error) {
	query := r.URL.Query()
	count, timeout := 1, time.Duration(0)
	var err error
	if query.Has("count") {
		if count, err = strconv.Atoi(query.Get("count")); err != nil {
			return nil, bot.E(bot.CodeInvalid, "simclary.held.read", "The count is not a whole number", err)
		}
	}
	if query.Has("timeout") {
		if timeout, err = parseDuration(query.Get("timeout")); err != nil {
			return nil, err
		}
	}
	ctx, stop := s.within(r.Context(), timeout)
	defer stop()
	list, reached := s.waitHeld(ctx, query.Get("host"), count)
	return map[string]any{"reached": reached, "held": list}, nil
}

// within returns a context that ends after d on the server's clock. The caller calls stop, which waits for the watcher.
func (s *Server) within(parent context.Context, d time.Duration) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	watcher := make(chan struct{})
	go func() {
		defer close(watcher)
		defer cancel()
		_ = clock.Wait(ctx, s.clock, d) // either end of the wait is the end of ctx
	}()
	return ctx, func() { cancel(); <-watcher }
}
