package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// fresh returns the id of an execution that was accepted when the harness's clock says so.
func (h *harness) fresh() string { return bot.NewID(h.clock.Now(), 7) }

func (h *harness) posting(key string, r bot.Reply) bot.Posting {
	r.Execution = key
	return bot.Posting{Key: key, Origin: h.Place(), Reply: r}
}

// restarted is the adapter of another process on the same workspace, which remembers nothing.
func (h *harness) restarted(t *testing.T) *slack.Adapter {
	t.Helper()
	a, err := slack.New(slack.Options{
		Workspaces: []slack.Workspace{{BotToken: simslack.DefaultBotToken, AppToken: simslack.DefaultAppToken, URL: h.web.URL + "/api/"}}, Clock: h.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

func inject(t *testing.T, h *harness, f script.Fault) {
	t.Helper()
	if _, err := h.sim.Inject(f); err != nil {
		t.Fatal(err)
	}
}

// TestLostAnswers: whatever happens to the answer of a post, the outbox's next try leaves one message, in a channel, a thread, a direct
// message and where the bot is not a member.
func TestLostAnswers(t *testing.T) {
	faults := map[string]script.Fault{
		"dropped":             {Method: "chat.postMessage", Effect: script.EffectDrop, After: true},
		"dropped before":      {Method: "chat.postMessage", Effect: script.EffectDrop},
		"5xx after it stored": {Method: "chat.postMessage", Effect: script.EffectStatus, Status: 502, After: true},
		"5xx before":          {Method: "chat.postMessage", Effect: script.EffectStatus, Status: 502},
		"a web page":          {Method: "chat.postMessage", Effect: script.EffectGarbage, After: true},
		"fatal_error":         {Method: "chat.postMessage", Effect: script.EffectError, Error: "fatal_error", After: true},
	}
	for name, f := range faults {
		for _, channel := range []string{"C0OPS", "D0ANN", "C0QUIET", "thread"} {
			t.Run(name+" in "+channel, func(t *testing.T) {
				h := newHarness(t, simslack.Options{}, slack.Options{})
				p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
				p.Origin.Channel = channel
				if channel == "thread" {
					p.Origin.Channel = "C0OPS"
					ts, err := h.sim.Say(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "a question"})
					if err != nil {
						t.Fatal(err)
					}
					p.Origin.Thread = ts
				}
				if channel == "C0QUIET" { // the first call is refused there, the second writes to ann
					inject(t, h, script.Fault{Method: "chat.postMessage", Effect: script.EffectError, Error: "not_in_channel"})
				}
				inject(t, h, f)
				if _, err := h.slack.Post(t.Context(), p); err == nil {
					t.Fatal("the fault was not felt")
				}
				p.Reply.Title = "Still at work."
				ref, err := h.slack.Post(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(h.Seen(), "t work."); n != 1 || !strings.Contains(h.Seen(), "Still at work.") {
					t.Errorf("%d messages stand there:\n%s", n, h.Seen())
				}
				p.Reply = bot.Reply{Status: bot.Succeeded, Title: "Done."}
				if err := h.slack.Edit(t.Context(), ref, p); err != nil || strings.Contains(h.Seen(), "work") || !strings.Contains(h.Seen(), "Done.") {
					t.Errorf("%v; people see\n%s", err, h.Seen())
				}
			})
		}
	}
}

// TestPostOfADeadProcess: a process posted and died before it could write the reference down. The next one, 30 s later, finds the message.
func TestPostOfADeadProcess(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
	first, err := h.slack.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(30 * time.Second)
	p.Reply = bot.Reply{Status: bot.Succeeded, Title: "Done."}
	second, err := h.restarted(t).Post(t.Context(), p)
	if err != nil || second != first {
		t.Errorf("it posted %s after %s, %v", second, first, err)
	}
	if len(h.Messages()) != 1 || !strings.Contains(h.Seen(), "Done.") {
		t.Errorf("people see %q", h.Messages())
	}
}

// TestRetryAfterIsKept: no call of the method is made before the wait is over, whoever wants it.
func TestRetryAfterIsKept(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	inject(t, h, script.Fault{Method: "chat.postMessage", Effect: script.EffectStatus, Status: 429, RetryAfter: 17, Count: script.Forever})
	for i, wait := range []time.Duration{17 * time.Second, 12 * time.Second, 7 * time.Second} {
		_, err := h.slack.Post(t.Context(), h.posting(bot.NewID(h.clock.Now(), uint64(i)), bot.Reply{Title: "x"}))
		if bot.ErrorCode(err) != bot.CodeRateLimited || bot.ErrorWait(err) != wait {
			t.Errorf("post %d: %v, wait %s, want %s", i, err, bot.ErrorWait(err), wait)
		}
		h.clock.Advance(5 * time.Second)
	}
	if f := h.sim.Faults()[0]; f.Fired != 1 {
		t.Errorf("Slack was called %d times", f.Fired)
	}
	h.sim.ClearFaults()
	h.clock.Advance(3 * time.Second)
	if _, err := h.slack.Post(t.Context(), h.posting(h.fresh(), bot.Reply{Title: "x"})); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// TestDeletedMessage: somebody deleted the living message. Progress is not worth a new one; the result is.
func TestDeletedMessage(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
	p.Origin.Thread = ""
	if _, err := h.slack.Post(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	gone := "C0OPS/1.000000"
	if err := h.slack.Edit(t.Context(), gone, p); err != nil || len(h.Messages()) != 1 {
		t.Errorf("progress: %v; people see %q", err, h.Messages())
	}
	p.Reply = bot.Reply{Status: bot.Failed, Title: "It failed."}
	if err := h.slack.Edit(t.Context(), gone, p); err != nil || len(h.Messages()) != 2 {
		t.Errorf("the result: %v; people see %q", err, h.Messages())
	}
}

// TestFiles: long output and attachments hang in the thread once, however often an upload has to be tried.
func TestFiles(t *testing.T) {
	long := bot.Reply{Status: bot.Succeeded, Title: "Done.", Blocks: []bot.Block{
		{Code: strings.Repeat("output\n", 600) + "the end"}, {File: &bot.File{Name: "plan.csv", Content: []byte("a,b")}}, {File: &bot.File{Name: "empty.txt"}},
	}}
	for name, f := range map[string]script.Fault{
		"no fault":       {Method: "users.info", Effect: script.EffectDrop},
		"first step":     {Method: "files.getUploadURLExternal", Effect: script.EffectStatus, Status: 500},
		"bytes":          {Method: "upload", Effect: script.EffectStatus, Status: 500, After: true},
		"last step":      {Method: "files.completeUploadExternal", Effect: script.EffectDrop},
		"answer is lost": {Method: "files.completeUploadExternal", Effect: script.EffectDrop, After: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, simslack.Options{}, slack.Options{})
			inject(t, h, f)
			p := h.posting(h.fresh(), long)
			var err error
			for range 3 {
				if _, err = h.slack.Post(t.Context(), p); err == nil {
					break
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"the end", "a,b"} {
				if n := strings.Count(h.Seen(), want); n != 1 {
					t.Errorf("%q can be read %d times", want, n)
				}
			}
			for _, m := range h.sim.Messages("C0OPS")[1:] {
				if m.Thread != h.sim.Messages("C0OPS")[0].TS {
					t.Errorf("%v hangs in thread %q", m.Files, m.Thread)
				}
			}
		})
	}
}

// TestFileWithoutTheScope: the person is told which scope is missing, and the rest of the reply stands.
func TestFileWithoutTheScope(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	h.sim.SetScopes([]string{"chat:write", "channels:history"})
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Done.", Blocks: []bot.Block{{File: &bot.File{Name: "plan.csv", Content: []byte("a,b")}}}})
	if _, err := h.slack.Post(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Done.", "plan.csv could not be attached", "files:write"} {
		if !strings.Contains(h.Seen(), want) {
			t.Errorf("%q is not in\n%s", want, h.Seen())
		}
	}
}

// TestFaultsHaveWords: each kind of trouble has a code and a text that names the next step.
func TestFaultsHaveWords(t *testing.T) {
	for _, tt := range []struct {
		fault script.Fault
		code  bot.Code
		text  string
	}{
		{script.Fault{Effect: script.EffectError, Error: "missing_scope"}, bot.CodeAuth, "reinstall"},
		{script.Fault{Effect: script.EffectError, Error: "token_revoked"}, bot.CodeAuth, "Install the app again"},
		{script.Fault{Effect: script.EffectStatus, Status: 503}, bot.CodeUnavailable, "Try again"},
		{script.Fault{Effect: script.EffectStatus, Status: 429}, bot.CodeRateLimited, "Try again in 5s"},
		{script.Fault{Effect: script.EffectStatus, Status: 404}, bot.CodeInternal, ""},
		{script.Fault{Effect: script.EffectError, Error: "is_archived", Count: 2}, bot.CodeForbidden, "Invite it"},
		{script.Fault{Effect: script.EffectError, Error: "ratelimited"}, bot.CodeRateLimited, "Try again"},
		{script.Fault{Effect: script.EffectDrop}, bot.CodeUnavailable, "cannot be reached"},
	} {
		h := newHarness(t, simslack.Options{}, slack.Options{})
		tt.fault.Method = "chat.postMessage"
		inject(t, h, tt.fault)
		p := h.posting(h.fresh(), bot.Reply{Title: "x"})
		if tt.code == bot.CodeForbidden {
			p.Origin.User = ""
		}
		_, err := h.slack.Post(t.Context(), p)
		if bot.ErrorCode(err) != tt.code || !strings.Contains(bot.ErrorText(err), tt.text) {
			t.Errorf("%+v: %v", tt.fault, err)
		}
	}
}

// TestDeletedQuestion: the result of a question that somebody deleted is not lost.
func TestDeletedQuestion(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Done."})
	p.Origin.Thread = "1700000000.000001"
	if _, err := h.slack.Post(t.Context(), p); err != nil || !strings.Contains(h.Seen(), "Done.") {
		t.Errorf("%v; people see %q", err, h.Seen())
	}
}

func TestUnknownWorkspace(t *testing.T) {
	h := newHarness(t, simslack.Options{}, slack.Options{})
	p := h.posting(h.fresh(), bot.Reply{Title: "x"})
	p.Origin.Workspace = "T0GONE"
	if _, err := h.slack.Post(t.Context(), p); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("Post: %v", err)
	}
	if err := h.slack.Edit(t.Context(), "C0OPS/1.1", p); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("Edit: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	_, err := slack.New(slack.Options{
		Workspaces: []slack.Workspace{{BotToken: "secret-1", AppToken: "secret-2", URL: "https://x"}}, Commands: []string{"petrel"}, Sockets: 11, Guests: "hug",
	})
	for _, want := range []string{"xoxb-", "xapp-", "slash", "petrel", "11 sockets", "hug"} {
		if !strings.Contains(bot.ErrorText(err), want) {
			t.Errorf("%q is not told: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a token is repeated: %v", err)
	}
	if _, err := slack.New(slack.Options{}); err == nil {
		t.Error("no workspace is needed")
	}
}
