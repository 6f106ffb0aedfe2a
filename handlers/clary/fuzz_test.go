package clary_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/clock"
)

// canned answers every call in one way and counts those that write.
type canned struct {
	status             int
	media, after, body string
	puts, posts        int
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.Method {
	case http.MethodPut:
		c.puts++
	case http.MethodPost:
		c.posts++
	}
	header := http.Header{"Content-Type": {c.media}, "Retry-After": {c.after}}
	return &http.Response{StatusCode: c.status, Header: header, Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

// FuzzAnswers: whatever Clary answers, nothing panics, nothing is written more often than it may be, and every failure says
// something that a person can read.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", "{}", `{"status":"spare"}`, `{"hostname":"n1","status":"spare"}`, `{"hostname":"n1","status":"draining"}`,
		`{"next":["a","b"]}`, `{"next":[""]}`, `{"error":"state_changed"}`, `{"error":"forbidden_transition","allowed":["a"]}`,
		`{"error":"unknown_node"}`, "{\"error\":\"\x00\xff\"}",
	} {
		for _, status := range []uint16{200, 201, 204, 302, 404, 409, 429, 500} {
			f.Add(status, "application/json", "2", body)
		}
	}
	f.Add(uint16(429), "text/html; x", "Sat, 01 Mar 2025 10:00:09 GMT", "<html>")
	f.Fuzz(func(t *testing.T, status uint16, media, after, body string) {
		server := &canned{status: 100 + int(status)%500, media: media, after: after, body: body}
		client, err := clary.New(clary.Config{
			URL: "http://clary.example/", HTTP: &http.Client{Transport: server},
			Clock: &hasty{Fake: clock.NewFake(start)}, Random: lowest{},
		})
		if err != nil {
			t.Fatal(err)
		}
		plan := &bot.Plan{Changes: []bot.Change{{Targets: []string{"n1"}, From: "production", Path: []string{"draining"}}}}
		for entry, p := range map[string]params{
			"NodeStatusGet": {"host": "n1"}, "StatusNext": {"state": "spare"}, "NodeComment": note("n1"),
			"NodeStatusSet": to("n1", "draining"), "NodeStatusEnsure": to("n1", "draining"),
		} {
			h := client.Handlers()["clary."+entry]
			if h.Plan != nil {
				_, _ = h.Plan(t.Context(), alice(), p) // its writes are counted below
			}
			_, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: alice(), Plan: plan}), p)
			if text := bot.ErrorText(err); err != nil && (text == "" || len(text) > 5000 || !utf8.ValidString(text)) {
				t.Errorf("%s: the text %q of %v", entry, text, err)
			}
		}
		if server.posts != 1 {
			t.Errorf("%d comments were sent", server.posts)
		}
		// Set and ensure may ask twice in doubt, and each of these again after 429; ensure may plan three times.
		if server.puts > 32 {
			t.Errorf("%d changes were asked for", server.puts)
		}
	})
}
