package discord_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

// fresh returns the id of an execution that was accepted when the harness's clock says so.
func (h *harness) fresh() string { return bot.NewID(h.clock.Now(), 7) }

func (h *harness) posting(key string, r bot.Reply) bot.Posting {
	r.Execution = key
	return bot.Posting{Key: key, Origin: h.Place(), Reply: r}
}

func inject(t *testing.T, h *harness, f script.Fault) {
	t.Helper()
	if _, err := h.sim.Inject(f); err != nil {
		t.Fatal(err)
	}
}

// TestPrivate: a private answer is seen by its person alone: beside the command, otherwise in direct messages. Who takes none is
// told in the channel what to do, and nothing of the answer.
func TestPrivate(t *testing.T) {
	for name, tt := range map[string]struct {
		say    func(h *running)
		only   int // in the channel, for ann alone
		direct int
		open   int // in the channel
	}{
		"command": {func(h *running) { h.slash(simdiscord.Ann, simdiscord.Ops, "x") }, 1, 0, 0},
		"mention": {func(h *running) { h.says("x") }, 0, 1, 0},
		"direct messages are closed": {func(h *running) {
			h.sim.CloseDirect(simdiscord.Ann)
			h.says("x")
		}, 0, 0, 1},
		"in direct messages": {func(h *running) {
			h.did(h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.DirectAnn, Text: "x"}))
		}, 0, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := bot.Problem("I do not know x.")
			h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(func(bot.Message) (bot.Answer, error) { return bot.Answer{Reply: &r}, nil }))
			tt.say(h)
			if tt.open > 0 {
				h.sees("Allow direct messages from members of this server, or type /petrel")
			} else {
				h.sees(r.Title)
			}
			only, direct, open := len(h.only(simdiscord.Ann, simdiscord.Ops)), 0, 0
			for _, m := range h.sim.Messages(simdiscord.DirectAnn) {
				if m.User == simdiscord.App {
					direct++
				}
			}
			for _, m := range h.sim.Messages(simdiscord.Ops) {
				if m.User == simdiscord.App && m.Only == "" {
					open++
					if text := simdiscord.Readable(m); strings.Contains(text, r.Title) {
						t.Errorf("everybody reads %q", text)
					}
				}
			}
			if only != tt.only || direct != tt.direct || open != tt.open {
				t.Errorf("%d for ann alone, %d direct, %d in the channel", only, direct, open)
			}
		})
	}
}

// TestPrivateResult: the private end of an execution takes the room that was kept for it away, and once the token has ended it is sent.
func TestPrivateResult(t *testing.T) {
	for name, age := range map[string]time.Duration{"in time": 0, "later": 20 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(works))
			p := h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Yours alone.", Private: true})
			p.Origin.Thread = "i" + h.slash(simdiscord.Ann, simdiscord.Ops, "x")
			h.happens(1, acked(sentDeferred))
			h.clock.Advance(age)
			ref, err := h.discord.Post(h.ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			direct := h.sim.Messages(simdiscord.DirectAnn)
			if age == 0 && (len(h.only(simdiscord.Ann, simdiscord.Ops)) != 1 || len(direct) != 0) || age > 0 && len(direct) != 1 {
				t.Errorf("people see %q, ann is sent %+v", h.Messages(), direct)
			}
			for _, m := range h.sim.Messages(simdiscord.Ops) {
				if age == 0 && m.Only == "" {
					t.Errorf("everybody sees %q", simdiscord.Readable(m))
				}
			}
			p.Reply.Status = bot.Running
			if err := h.discord.Edit(h.ctx, ref, p); err != nil || strings.Count(h.Seen(), "Yours alone") != 1 {
				t.Errorf("%v; people see %s", err, h.Seen())
			}
		})
	}
}

// TestFiles: what is too long is a file that is there once, pictures are attached, and a table is aligned; by the command and without.
func TestFiles(t *testing.T) {
	picture := bot.File{Name: "load.png", Type: "image/png", Content: []byte("\x89PNG\r\n\x1a\n")}
	for name, slash := range map[string]bool{"command": true, "channel": false} {
		t.Run(name, func(t *testing.T) {
			h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(works))
			p := h.posting(h.fresh(), bot.Reply{Status: bot.Succeeded, Title: "Done.", Blocks: []bot.Block{
				{Code: strings.Repeat("a long line\n", 1000)},
				{File: &picture},
				bot.TableBlock([]string{"host", "status"}, [][]string{{"irene4000", "production"}, {"i1", "draining"}}),
			}})
			if slash {
				p.Origin.Thread = "i" + h.slash(simdiscord.Ann, simdiscord.Ops, "x")
				h.happens(1, acked(sentDeferred))
			}
			ref, err := h.discord.Post(h.ctx, p)
			if err == nil {
				err = h.discord.Edit(h.ctx, ref, p)
			}
			if err != nil {
				t.Fatal(err)
			}
			got := h.sim.Messages(simdiscord.Ops)
			if len(got) != 1 || !slices.Equal(got[0].Files, []string{"output.txt", "load.png"}) {
				t.Fatalf("people see %+v", got)
			}
			for _, want := range []string{"irene4000  production\ni1         draining", strings.Repeat("a long line\n", 1000), "Attached: output.txt, load.png"} {
				if !strings.Contains(h.Seen(), want) {
					t.Errorf("%.40q is not seen:\n%s", want, simdiscord.Readable(got[0]))
				}
			}
		})
	}
}

// TestNobodyIsPinged: whatever people and actions write, nobody is notified, not even whoever is answered.
func TestNobodyIsPinged(t *testing.T) {
	hostile := "@everyone <@" + simdiscord.Bob + "> <@&1> @here"
	r := bot.Reply{Title: hostile, Status: bot.Succeeded, Blocks: []bot.Block{bot.TextBlock(hostile), {Code: hostile}, {Fields: []bot.Field{{Name: hostile, Value: hostile}}}, {Buttons: []bot.Button{{Label: hostile, Command: "x"}}}}}
	h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(func(bot.Message) (bot.Answer, error) {
		said := r
		return bot.Answer{Reply: &said}, nil
	}))
	h.says(hostile)
	h.happens(1, line(simdiscord.LinePost, ""))
	id := h.slash(simdiscord.Ann, simdiscord.Ops, hostile)
	h.happens(1, acked(sentReply))
	p := h.posting(h.fresh(), r)
	p.Origin.Thread = "i" + id
	h.clock.Advance(time.Hour)
	if _, err := h.discord.Post(h.ctx, p); err != nil { // it names whoever asked, whose question nobody sees
		t.Fatal(err)
	}
	if !strings.Contains(h.Seen(), "<@"+simdiscord.Ann+">") {
		t.Errorf("it is not said who asked:\n%s", h.Seen())
	}
	if n := h.ledger.Count(func(l simdiscord.Line) bool { return len(l.Pings) > 0 }); n != 0 {
		t.Errorf("%d messages notified somebody: %+v", n, h.ledger.Lines())
	}
}

// TestLostAnswers: whatever happens to the answer of a post, the outbox's next try leaves one message that says the newest, in a channel, in
// answer to a message, in direct messages, in a thread and behind an interaction.
func TestLostAnswers(t *testing.T) {
	faults := map[string]script.Fault{
		"dropped":             {Effect: script.EffectDrop, After: true},
		"dropped before":      {Effect: script.EffectDrop},
		"5xx after it stored": {Effect: script.EffectStatus, Status: 502, After: true},
		"5xx before":          {Effect: script.EffectStatus, Status: 503},
		"a web page":          {Effect: script.EffectGarbage, After: true},
	}
	for name, f := range faults {
		for _, where := range []string{"channel", "answer", "direct", "thread", "command", "button"} {
			t.Run(name+" in "+where, func(t *testing.T) {
				d := newDesk(works)
				h := run(t, simdiscord.Options{}, discord.Options{Threads: where == "thread"}, d)
				p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
				f.Method = "message.create"
				switch where {
				case "answer", "thread":
					p.Origin.Thread = h.did(h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Text: "@petrel x"}))
				case "direct":
					p.Origin.Channel, p.Origin.Workspace = simdiscord.DirectAnn, ""
				case "command":
					p.Origin.Thread, f.Method = "i"+h.slash(simdiscord.Ann, simdiscord.Ops, "x"), "followup.edit"
					h.happens(1, acked(sentDeferred))
				case "button": // its first answer is something else, and what follows has no nonce
					d.answer = func(bot.Message) (bot.Answer, error) { return bot.Answer{Reply: &bot.Reply{Title: "Approved."}}, nil }
					p.Origin.Thread, f.Method = "i"+h.slash(simdiscord.Ann, simdiscord.Ops, "x"), "followup.create"
					h.happens(1, acked(sentReply))
				}
				inject(t, h.harness, f)
				if _, err := h.discord.Post(h.ctx, p); err == nil {
					t.Fatal("the fault was not felt")
				}
				p.Reply.Title = "Still at work."
				ref, err := h.discord.Post(h.ctx, p)
				if err != nil {
					t.Fatal(err)
				}
				if n := strings.Count(h.Seen(), "t work."); n != 1 || !strings.Contains(h.Seen(), "Still at work.") {
					t.Errorf("%d messages stand there:\n%s", n, h.Seen())
				}
				p.Reply = bot.Reply{Execution: p.Key, Status: bot.Succeeded, Title: "Done."}
				if err := h.discord.Edit(h.ctx, ref, p); err != nil || strings.Contains(h.Seen(), "work") || !strings.Contains(h.Seen(), "Done.") {
					t.Errorf("%v; people see\n%s", err, h.Seen())
				}
			})
		}
	}
}

// TestPostOfADeadProcess: a process posted and died before it could write the reference down. The next one finds the message, by the nonce
// and when that has long been forgotten, in the channel and in a thread.
func TestPostOfADeadProcess(t *testing.T) {
	for name, tt := range map[string]struct {
		later   time.Duration
		threads bool
	}{"soon": {30 * time.Second, false}, "later": {time.Hour, false}, "in a thread": {time.Hour, true}} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, simdiscord.Options{}, discord.Options{Threads: tt.threads})
			p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
			id, err := h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Text: "@petrel x"})
			if err != nil {
				t.Fatal(err)
			}
			p.Origin.Thread = id
			first, err := h.discord.Post(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			h.clock.Advance(tt.later)
			p.Reply.Status, p.Reply.Title = bot.Succeeded, "Done."
			second, err := h.adapter(t).Post(t.Context(), p)
			if err != nil || second != first {
				t.Errorf("it posted %s after %s, %v", second, first, err)
			}
			if n := strings.Count(h.Seen(), p.Key); n != 1 || !strings.Contains(h.Seen(), "Done.") {
				t.Errorf("people see %s", h.Seen())
			}
		})
	}
}

// TestThreads: where it is wanted each execution has its thread at the message that asked for it; where there can be none it is answered
// where it was asked.
func TestThreads(t *testing.T) {
	h := newHarness(t, simdiscord.Options{}, discord.Options{Threads: true})
	ask := func(channel string) bot.Posting {
		id, err := h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: channel, Text: "@petrel x"})
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(5 * time.Second)
		p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: strings.Repeat("x", 200)})
		p.Origin.Channel, p.Origin.Thread = channel, id
		if _, err := h.discord.Post(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := ask(simdiscord.Ops)
	if got := h.sim.Messages(p.Origin.Thread); len(got) != 1 || got[0].Reply != "" {
		t.Errorf("in the thread stand %+v", got)
	}
	if again := ask(p.Origin.Thread); len(h.sim.Messages(again.Origin.Thread)) != 0 || len(h.sim.Messages(p.Origin.Thread)) != 3 {
		t.Errorf("a question in a thread is answered elsewhere:\n%s", h.Seen())
	}
	past, err := h.discord.History(t.Context(), start().Add(-time.Minute))
	if err != nil || len(past) != 2 || !past[0].Taken {
		t.Errorf("the history is %+v, %v", past, err)
	}
	if _, err := h.discord.Post(t.Context(), bot.Posting{Key: "plain", Origin: p.Origin, Reply: bot.Reply{Title: "Help."}}); err != nil || len(h.Messages()) != 1 {
		t.Errorf("%v; in the channel stand %q", err, h.Messages())
	}
}
