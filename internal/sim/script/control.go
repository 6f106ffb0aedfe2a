package script

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/petrelops/petrel/bot"
)

// maxBody bounds what a control call may say.
const maxBody = 1 << 20

// None is the answer of a control call that has nothing to say.
type None struct{}

// Control is one call: it returns what is answered.
type Control func(*http.Request) (any, error)

// Handle adds the calls to mux by their patterns.
func Handle(mux *http.ServeMux, calls map[string]Control) {
	for pattern, do := range calls {
		mux.HandleFunc(pattern, do.serve)
	}
}

func (c Control) serve(w http.ResponseWriter, r *http.Request) {
	body, err := c(r)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch bot.ErrorCode(err) {
	case "":
	case bot.CodeNotFound:
		w.WriteHeader(http.StatusNotFound)
		body = map[string]any{"error": err.Error()}
	default:
		w.WriteHeader(http.StatusBadRequest)
		body = map[string]any{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(body) // a caller that went away has no further say
}

// Body reads the body into a T for do.
func Body[T any](do func(T) (any, error)) Control {
	return Request(func(_ *http.Request, body T) (any, error) { return do(body) })
}

// Request reads the body into a T for do, which wants to know of the request as well.
func Request[T any](do func(*http.Request, T) (any, error)) Control {
	return func(r *http.Request) (any, error) {
		var body T
		d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
		d.DisallowUnknownFields()
		if err := d.Decode(&body); err != nil {
			return nil, bot.E(bot.CodeInvalid, "sim.control.read", "The body cannot be read", err)
		}
		return do(r, body)
	}
}

// Do is a call that takes and answers nothing.
func Do(do func()) Control {
	return func(*http.Request) (any, error) {
		do()
		return None{}, nil
	}
}

// Patience returns how long a call that waits may do so.
func Patience(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("timeout")
	if text == "" {
		return 10 * time.Second, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil {
		return 0, bot.E(bot.CodeInvalid, "sim.control.wait", `Write durations such as "250ms"`, err)
	}
	return limit, nil
}
