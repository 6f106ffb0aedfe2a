package slack_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// TestNothingUnfurls: a post says that its links are not to be unfurled. An edit cannot say so: chat.update has no such arguments.
func TestNothingUnfurls(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	file := filepath.Join(t.TempDir(), "sent.jsonl")
	h.web.Config.Handler = adaptertest.Keep(file, h.sim)
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "see https://example.com"})
	ref, err := h.slack.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.slack.Edit(t.Context(), ref, p); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for d := json.NewDecoder(bytes.NewReader(text)); d.More(); {
		var s adaptertest.Sent
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(s.Body)
		if err != nil {
			t.Fatal(err)
		}
		got[s.Path] = []string{form.Get("unfurl_links"), form.Get("unfurl_media")}
	}
	delete(got, "/api/auth.test")
	want := map[string][]string{"/api/chat.postMessage": {"false", "false"}, "/api/chat.update": {"", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
