package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// answer is what goes back to the client, built completely before anything is written.
type answer struct {
	status     int
	code       string // the error code, empty for success
	body       any
	retryAfter time.Duration
	drop       bool // close the connection and send nothing
}

func reply(status int, body any) answer { return answer{status: status, body: body} }

func fail(status int, code, message string) answer {
	return answer{status: status, code: code, body: map[string]string{"error": code, "message": message}}
}

func (a answer) write(w http.ResponseWriter) {
	if a.drop {
		panic(http.ErrAbortHandler) // the documented way to close a connection without an answer
	}
	if a.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(a.retryAfter.Seconds()))))
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // a client that went away has no further say
}

// maxBody is room for a post with its files.
const maxBody = 4 << 20

// read decodes the one JSON object of a body strictly.
func read(w http.ResponseWriter, r *http.Request, into any) (answer, bool) {
	if r.Header.Get("Content-Type") != "application/json" {
		return fail(http.StatusUnsupportedMediaType, "unsupported_media_type", "send the body as application/json"), true
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fail(http.StatusRequestEntityTooLarge, "too_large", "the body is too large or broke off"), true
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(into); err == nil && d.More() {
		err = errors.New("there is more than one JSON value")
	}
	if err != nil {
		return fail(http.StatusUnprocessableEntity, "bad_body", err.Error()), true
	}
	return answer{}, false
}
