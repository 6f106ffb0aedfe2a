package clary

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

const jsonType = "application/json"

// answer is what goes back to the client. It is built completely before anything is written, so that a fault can replace it.
type answer struct {
	status      int
	code        string // the error code, empty for success; the ledger's word for a refused write
	contentType string // empty is JSON
	header      map[string]string
	payload     []byte
	drop        bool // close the connection and send nothing
}

// errorBody is the contract's error object. The members after Message are present where they say something.
type errorBody struct {
	Error    string   `json:"error"`
	Message  string   `json:"message"`
	From     string   `json:"from,omitempty"`
	To       string   `json:"to,omitempty"`
	Allowed  []string `json:"allowed,omitzero"` // an empty list is shown: the status is terminal
	Status   string   `json:"status,omitempty"` // state_changed: the status that the node has
	Expected string   `json:"expected,omitempty"`
	Field    string   `json:"field,omitempty"`
	Oldest   int64    `json:"oldest,omitempty"`
}

func reply(status int, body any) answer {
	payload, err := encode(body)
	if err != nil {
		return answer{status: http.StatusInternalServerError, code: "internal"}
	}
	return answer{status: status, payload: payload}
}

func fail(status int, code, message string) answer {
	return failWith(status, errorBody{Error: code, Message: message})
}

func failWith(status int, body errorBody) answer {
	a := reply(status, body)
	a.code = body.Error
	return a
}

// dropped ends the connection; code is the ledger's word for why.
func dropped(code string) answer { return answer{code: code, drop: true} }

// encode writes v as one line of JSON with "->" left readable.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

func (a answer) write(w http.ResponseWriter, now time.Time) {
	if a.drop {
		// The server closes the connection without an answer and without a log line. It is the documented way.
		panic(http.ErrAbortHandler)
	}
	h := w.Header()
	h.Set("Content-Type", jsonType)
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	for k, v := range a.header {
		h.Set(k, v)
	}
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(a.payload)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.payload) // a client that went away has no further say
}
