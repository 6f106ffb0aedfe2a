package discord_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// TestExamine: each thing that can be wrong is found and told with what to do, and nothing is written.
func TestExamine(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer refuses.Close()
	takes := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer takes.Close()
	key := publicKey(t)
	posted := simdiscord.Options{Deliver: refuses.URL}
	for name, tt := range map[string]struct {
		sim   simdiscord.Options
		o     discord.Options
		spoil func(h *harness)
		want  string // in what is not good; empty: all is well
	}{
		"all is well":       {},
		"content":           {o: discord.Options{Content: true}},
		"over HTTP":         {sim: posted, o: discord.Options{PublicKey: key}},
		"revoked":           {spoil: func(h *harness) { h.sim.Revoke() }, want: "the token: Discord does not accept the bot's token. Reset it under Bot"},
		"no Discord":        {spoil: func(h *harness) { h.web.Close() }, want: "the token: Discord cannot be reached"},
		"no content":        {sim: simdiscord.Options{NoContent: true}, o: discord.Options{Content: true}, want: "the message content intent is not granted. Switch it on"},
		"no command":        {spoil: func(h *harness) { h.sim.DeleteCommands() }, want: "the command /petrel is not registered. petrel serve does it"},
		"too many sessions": {sim: simdiscord.Options{Identifies: 40}, want: "may be joined 40 more times today, of 1000. Something makes the bot start over"},
		"no server":         {spoil: func(h *harness) { h.sim.Uninvite() }, want: "the bot is in no server. Open https://discord.com/oauth2/authorize?client_id=" + simdiscord.App + "&scope=bot+applications.commands&permissions=309237763136 to"},
		"no channel":        {spoil: func(h *harness) { h.sim.Remove(simdiscord.Ops, simdiscord.App) }, want: "the bot sees no channel of Simulated"},
		"a silent channel":  {spoil: func(h *harness) { h.sim.Deny(simdiscord.Ops, 1<<11|1<<14|1<<38) }, want: "in #ops of Simulated the bot lacks Send Messages, Embed Links. Give it"},
		"threads":           {o: discord.Options{Threads: true}, spoil: func(h *harness) { h.sim.Deny(simdiscord.Ops, 1<<38) }, want: "lacks Send Messages in Threads"},
		"not to the bot":    {sim: posted, want: "Discord posts interactions to " + refuses.URL + " and not to the gateway. Remove"},
		"no address":        {o: discord.Options{PublicKey: key}, want: "Discord does not know where to post interactions. Enter"},
		"another's key":     {sim: posted, o: discord.Options{PublicKey: strings.Repeat("ab", 32)}, want: "is not the application's, which is " + key},
		"unchecked":         {sim: simdiscord.Options{Deliver: takes.URL}, o: discord.Options{PublicKey: key}, want: "answers 200 to what nobody signed"},
		"no proxy":          {sim: simdiscord.Options{Deliver: "http://127.0.0.1:1/"}, o: discord.Options{PublicKey: key}, want: "http://127.0.0.1:1/ cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			witness := &ledger{}
			tt.sim.Ledger = witness
			h := newHarness(t, tt.sim, tt.o)
			if err := h.discord.Register(t.Context()); err != nil {
				t.Fatal(err)
			}
			wrote := len(witness.Lines())
			if tt.spoil != nil {
				tt.spoil(h)
			}
			var wrong []string
			for _, f := range h.discord.Examine(t.Context()) {
				if !f.Good {
					wrong = append(wrong, f.Text)
				}
			}
			got := strings.Join(wrong, "\n")
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) || len(wrong) > 1 {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			for _, l := range witness.Lines()[wrote:] {
				if l.Kind != simdiscord.LineRefused {
					t.Errorf("it wrote %+v", l)
				}
			}
		})
	}
}

// TestMissingPermissions: where the bot may not write, a result is sent to whoever asked; where it may not mark, all else goes on.
func TestMissingPermissions(t *testing.T) {
	for name, deny := range map[string]uint64{"send messages": 1 << 11, "embed links": 1 << 14, "view channel": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, simdiscord.Options{}, discord.Options{})
			if deny == 0 {
				h.sim.Remove(simdiscord.Ops, simdiscord.App)
			} else {
				h.sim.Deny(simdiscord.Ops, deny)
			}
			p := h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Done."})
			if _, err := h.discord.Post(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			if got := h.sim.Messages(simdiscord.DirectAnn); len(got) != 1 || len(h.Messages()) != 0 {
				t.Errorf("ann is sent %+v, in the channel stand %q", got, h.Messages())
			}
		})
	}
	h := newHarness(t, simdiscord.Options{}, discord.Options{})
	h.sim.Deny(simdiscord.Ops, 1<<11)
	h.sim.CloseDirect(simdiscord.Ann)
	_, err := h.discord.Post(t.Context(), h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Done."}))
	if bot.ErrorCode(err) != bot.CodeForbidden || h.Seen() != "" {
		t.Errorf("where it may write nowhere: %v, people see %q", err, h.Seen())
	}
	h = newHarness(t, simdiscord.Options{}, discord.Options{})
	h.sim.Deny(simdiscord.Ops, 1<<6)
	id, err := h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Text: "@petrel x"})
	if err != nil {
		t.Fatal(err)
	}
	m := bot.Message{Origin: h.Place(), Delivery: id}
	if err := h.discord.Mark(t.Context(), m, bot.MarkAccepted); bot.ErrorCode(err) != bot.CodeForbidden {
		t.Errorf("it marked a message where it may not: %v", err)
	}
}
