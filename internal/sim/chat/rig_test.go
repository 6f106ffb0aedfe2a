package chat_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)

// rig is a chat behind a real HTTP server, on a clock that stands still.
type rig struct {
	*testing.T
	sim    *chat.Server
	clock  *clock.Fake
	url    string
	client *http.Client

	// mu guards ledger.
	mu     sync.Mutex
	ledger bytes.Buffer
}

func (r *rig) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ledger.Write(p)
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{T: t, clock: clock.NewFake(start)}
	r.sim = chat.New(chat.Options{Clock: r.clock, Ledger: r, Scale: 60})
	srv := httptest.NewServer(r.sim)
	r.url, r.client = srv.URL, srv.Client()
	t.Cleanup(func() {
		r.sim.Close() // a socket would keep the server open
		srv.Close()
	})
	return r
}

// call sends a request and demands the status; it returns the answer's body.
func (r *rig) call(method, path, body string, status int) string {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := r.client.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		r.Errorf("%s %s %s: %d %s %v, want %d", method, path, body, answer.StatusCode, text, err, status)
	}
	return string(text)
}

// say writes as ann.
func (r *rig) say(text string, copies int) chat.Message {
	r.Helper()
	m, err := r.sim.Say(chat.Message{User: "ann", Channel: "ops", Text: text}, copies)
	if err != nil {
		r.Fatal(err)
	}
	return m
}

// lines returns the ledger's lines of a kind.
func (r *rig) lines(kind chat.LineKind) []chat.Line {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []chat.Line
	for text := range strings.Lines(r.ledger.String()) {
		var l chat.Line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			r.Fatal(err)
		}
		if l.Kind == kind {
			list = append(list, l)
		}
	}
	return list
}

// ear is a bot's socket.
type ear struct {
	*rig
	events chan chat.Event
	close  context.CancelFunc
}

// listen opens a socket and waits for its hello.
func (r *rig) listen() *ear {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/v1/socket", nil)
	if err != nil {
		r.Fatal(err)
	}
	answer, err := r.client.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	e := &ear{rig: r, events: make(chan chat.Event, 100), close: cancel}
	var done sync.WaitGroup
	done.Go(func() {
		defer close(e.events)
		defer answer.Body.Close()
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			var event chat.Event
			if json.Unmarshal(s.Bytes(), &event) == nil {
				select {
				case e.events <- event:
				case <-ctx.Done():
				}
			}
		}
	})
	r.Cleanup(func() { cancel(); done.Wait() })
	if hello := e.hear("hello"); hello.BeatMS != 333 {
		r.Errorf("hello tells a beat of %d ms, want a 60th of 20 s", hello.BeatMS)
	}
	return e
}

// hear returns the next event of the type; beats are passed over.
func (e *ear) hear(kind string) chat.Event {
	e.Helper()
	for event := range e.events {
		if event.Type == kind {
			return event
		}
		if event.Type != "beat" {
			e.Fatalf("heard %+v, want %s", event, kind)
		}
	}
	e.Fatalf("the socket ended before %s", kind)
	return chat.Event{}
}

// wait moves the clock until an event of the type is heard.
func (e *ear) wait(kind string) chat.Event {
	e.Helper()
	for {
		select {
		case event := <-e.events:
			if event.Type == kind {
				return event
			}
		default:
			e.clock.Advance(10 * time.Millisecond)
			runtime.Gosched()
		}
	}
}
