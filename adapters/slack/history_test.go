package slack_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// past runs no adapter: what people say comes to nobody, and is read from the history.
func past(t *testing.T, o slack.Options) *running {
	t.Helper()
	h := &running{T: t, ledger: &ledger{}}
	h.begin()
	h.harness = newHarness(t, simslack.Options{Ledger: h.ledger, Unlimited: true}, o)
	return h
}

// write has a person write something and returns its timestamp.
func (h *running) write(w simslack.Said) string {
	h.Helper()
	ts, err := h.sim.Say(w)
	if err != nil {
		h.Fatal(err)
	}
	return ts
}

// read returns the texts that the history since then has.
func (h *running) read(since time.Time) (list []bot.Past, texts []string) {
	h.Helper()
	list, err := h.slack.History(h.ctx, since)
	if err != nil {
		h.Fatal(err)
	}
	for _, p := range list {
		texts = append(texts, p.Text)
	}
	return list, texts
}

// TestHistory: mentions, in threads too, and direct messages of those who are heard; nothing that is older, and nothing of others.
func TestHistory(t *testing.T) {
	h := past(t, slack.Options{Guests: slack.Refuse, Strangers: slack.Ignore})
	thread := h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "a thread begins"})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel too old"})
	h.clock.Advance(time.Hour)
	since := h.clock.Now()
	mention := h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel mention"})
	h.write(simslack.Said{User: "U0BOB", Channel: "C0OPS", Thread: thread, Text: "@petrel in the thread"})
	h.write(simslack.Said{User: "U0BOB", Channel: "D0BOB", Text: "petrel direct"})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "no mention, but @petrel in passing"})
	h.write(simslack.Said{User: "U0EVE", Channel: "C0OPS", Text: "@petrel guest"})
	h.write(simslack.Said{User: "U0MAL", Channel: "C0SHARED", Text: "@petrel stranger"})
	h.write(simslack.Said{User: "U0BOT", Channel: "C0OPS", Text: "@petrel another bot"})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0QUIET", Text: "@petrel where it is not"})
	list, texts := h.read(since)
	if diff := cmp.Diff([]string{"mention", "in the thread", "direct"}, texts); diff != "" {
		t.Fatal(diff)
	}
	want := bot.Message{
		Origin:   bot.Origin{Adapter: "slack", Workspace: simslack.Team, Channel: "C0OPS", Thread: mention, User: "U0ANN"},
		Delivery: "C0OPS/" + mention, Text: "mention",
	}
	if diff := cmp.Diff(bot.Past{Message: want, At: list[0].At}, list[0]); diff != "" || !list[0].At.Equal(since) {
		t.Errorf("%s; it was written at %s", diff, list[0].At)
	}
	if list[1].Thread != thread {
		t.Errorf("the line in the thread is in %q", list[1].Thread)
	}
}

// TestHistoryKnowsWhatWasAnswered: marks, answers in the thread, private answers, and refusals, which are no answers.
func TestHistoryKnowsWhatWasAnswered(t *testing.T) {
	h := run(t, simslack.Options{Unlimited: true}, slack.Options{}, receiver(parrot))
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel answered in the open"})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel answered where only ann sees it (private)"})
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "answered directly"})
	h.sees("said answered in the open")
	h.sees("said answered directly")
	h.until(1, func(l simslack.Line) bool { return l.Kind == simslack.LineReaction && l.Text == "speech_balloon" })
	h.slack = h.another(t, slack.Options{Clock: h.clock}) // it remembers nothing
	list, _ := h.read(start())
	for _, p := range list {
		if !p.Answered {
			t.Errorf("%q counts as not answered", p.Text)
		}
	}
	if len(list) != 3 {
		t.Errorf("%d messages", len(list))
	}
}

// TestMarks: a mark is a reaction, twice is no error, and what is no message has none.
func TestMarks(t *testing.T) {
	h := past(t, slack.Options{})
	for i, k := range []bot.Mark{bot.MarkAccepted, bot.MarkLate} {
		h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel set it"})
		list, _ := h.read(start())
		m := list[i].Message
		if list[i].Taken {
			t.Error("it counts as taken before")
		}
		for range 2 {
			if err := h.slack.Mark(h.ctx, m, k); err != nil {
				t.Error(err)
			}
		}
		if list, _ = h.read(start()); !list[i].Taken {
			t.Errorf("the mark %s is not seen", k)
		}
	}
	if err := h.slack.Mark(h.ctx, bot.Message{Origin: h.Place(), Delivery: "t/1.2.3"}, bot.MarkAccepted); err != nil {
		t.Errorf("a slash command cannot be marked: %v", err)
	}
}

// TestHistoryWaits: where Slack asks to slow down, or has a fault of its own, it is asked again after that.
func TestHistoryWaits(t *testing.T) {
	h := past(t, slack.Options{})
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "direct"})
	for _, method := range []string{"users.conversations", "conversations.history"} {
		inject(t, h.harness, script.Fault{Method: method, Effect: script.EffectStatus, Status: 429, RetryAfter: 7})
	}
	inject(t, h.harness, script.Fault{Method: "conversations.history", Effect: script.EffectStatus, Status: 503})
	ended := make(chan []bot.Past, 1)
	go func() {
		list, err := h.slack.History(h.ctx, start())
		if err != nil {
			t.Error(err)
		}
		ended <- list
	}()
	for range 3 {
		h.waiting(2) // Slack's retry is the other
		h.clock.Advance(7 * time.Second)
	}
	if list := <-ended; len(list) != 1 {
		t.Errorf("%d messages", len(list))
	}
}

// TestDeafSocketIsFound: a socket that carries nothing is replaced within a minute of the clock, and what was missed since is told.
func TestDeafSocketIsFound(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{Sockets: 1, Silence: 40 * time.Second}, receiver(parrot))
	open := func(l simslack.Line) bool { return l.Kind == simslack.LineSocket && l.Code == "open" }
	h.slack.Missed() // the start counts too
	h.sim.DeafenSockets()
	deaf := h.clock.Now()
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "into the void"})
	h.waiting(3) // the ping, its watcher and the acknowledgement
	for range 40 {
		h.clock.Advance(time.Second)
	}
	h.until(2, open)
	if passed := h.clock.Now().Sub(deaf); passed > time.Minute {
		t.Errorf("it took %s", passed)
	}
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "can you hear me"})
	h.sees("said can you hear me")
	since, over := h.slack.Missed()
	if !over || since.After(deaf) || deaf.Sub(since) > time.Minute {
		t.Errorf("missed since %s, over %v; it was deaf since %s", since, over, deaf)
	}
	if _, texts := h.read(since); !slices.Contains(texts, "into the void") {
		t.Errorf("the history has %q", texts)
	}
	if since, _ := h.slack.Missed(); !since.IsZero() {
		t.Error("it is missed twice")
	}
}

// TestCaughtIsNotAnsweredTwice: Slack delivers what was read from the history before; whoever reads it answers, so the adapter does not.
func TestCaughtIsNotAnsweredTwice(t *testing.T) {
	h := past(t, slack.Options{Silence: time.Hour})
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "help"})
	if _, texts := h.read(start()); len(texts) != 1 {
		t.Fatalf("the history has %q", texts)
	}
	h.work(h.slack, receiver(parrot))
	if err := h.listening(h.ctx, 1); err != nil {
		t.Fatal(err)
	}
	if err := h.sim.Redeliver(); err != nil {
		t.Fatal(err)
	}
	h.until(1, kind(simslack.LineAck))
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "and then"})
	h.sees("said and then")
	if strings.Contains(h.Seen(), "said help") {
		t.Errorf("it was answered: %s", h.Seen())
	}
}

// waiting waits until so many wait for the clock.
func (h *running) waiting(count int) {
	h.Helper()
	for n, changed := h.clock.Waiters(); n < count; n, changed = h.clock.Waiters() {
		select {
		case <-changed:
		case <-h.ctx.Done():
			h.Fatalf("%d wait for the clock, want %d", n, count)
		}
	}
}

// TestHistoryGoesOn: a look that a fault stopped is not begun anew, unless it is to go back further; what was read is told once.
func TestHistoryGoesOn(t *testing.T) {
	h := past(t, slack.Options{})
	var mu sync.Mutex
	calls, broken := map[string]int{}, true
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what cannot be read is no call
		r.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(r.URL.Path, "/conversations.history") {
			calls[form.Get("channel")]++
			if broken && form.Get("channel") == "D0ANN" {
				_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
				return
			}
		}
		h.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	a, err := slack.New(slack.Options{Clock: h.clock, Workspaces: []slack.Workspace{{BotToken: simslack.DefaultBotToken, AppToken: simslack.DefaultAppToken, URL: web.URL + "/api/"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	h.slack = a
	for _, w := range []simslack.Said{
		{User: "U0ANN", Channel: "C0OPS", Text: "@petrel in ops"}, {User: "U0ANN", Channel: "D0ANN", Text: "ann"}, {User: "U0BOB", Channel: "D0BOB", Text: "bob"},
	} {
		h.write(w)
	}
	if _, err := a.History(h.ctx, start()); bot.ErrorCode(err) != bot.CodeAuth {
		t.Fatalf("History = %v", err)
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	if _, texts := h.read(start()); !slices.Equal(texts, []string{"in ops", "ann", "bob"}) {
		t.Errorf("it has %q", texts)
	}
	want := map[string]int{"C0OPS": 1, "C0SHARED": 1, "D0ANN": 2, "D0BOB": 1}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("the channels were read so often: %s", diff)
	}
	mu.Lock()
	broken = true
	mu.Unlock()
	if _, err := a.History(h.ctx, start()); err == nil { // what was told is forgotten
		t.Fatal("the fault was not felt")
	}
	mu.Lock()
	broken = false
	mu.Unlock()
	h.read(start().Add(-time.Minute))
	want = map[string]int{"C0OPS": 3, "C0SHARED": 3, "D0ANN": 4, "D0BOB": 2}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("after a look that goes back further: %s", diff)
	}
}
