package slack_test

import (
	"strings"
	"testing"

	"github.com/petrelops/petrel/adapters/slack"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// TestExamine: each thing that can be wrong is found and told with what to do, and nothing is written.
func TestExamine(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(h *harness)
		want  string // in what is not good; empty: all is well
	}{
		"all is well": {func(*harness) {}, ""},
		"revoked":     {func(h *harness) { h.sim.Revoke() }, "workspace 1: the bot token: Slack does not accept"},
		"scopes": {func(h *harness) {
			h.sim.SetScopes(strings.Split(strings.Replace(h.sim.Scopes(), "files:write,", "", 1), ","))
		}, "the scope files:write is missing (long output and pictures). Add it"},
		"e-mail": {func(h *harness) {
			h.sim.SetScopes(strings.Split(strings.Replace(h.sim.Scopes(), ",users:read.email", "", 1), ","))
		}, "the scope users:read.email is missing (know people by their e-mail addresses, as identity_by_email wants). Add it"},
		"sockets": {func(h *harness) {
			h.sim.SetScopes(strings.Split(strings.Replace(h.sim.Scopes(), "connections:write,", "", 1), ","))
		}, "Socket Mode: The Slack app lacks the scope connections:write"},
		"no Slack": {func(h *harness) { h.web.Close() }, "workspace 1: the bot token: Slack cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, simslack.Options{}, slack.Options{Emails: true})
			tt.spoil(h)
			var wrong []string
			for _, f := range h.slack.Examine(t.Context()) {
				if !f.Good {
					wrong = append(wrong, f.Text)
				}
			}
			got := strings.Join(wrong, "\n")
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			if h.Seen() != "" {
				t.Errorf("it wrote %q", h.Seen())
			}
		})
	}
}
