package discord_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// did fails the test when what a person does does not work.
func (h *running) did(id string, err error) string {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
	return id
}

// slash types the command. Time stands still until it is answered, for Discord waits three seconds.
func (h *running) slash(person, channel, text string) string {
	h.Helper()
	if err := h.sim.WaitCommand(h.ctx, "petrel"); err != nil {
		h.Fatal(err)
	}
	return h.did(h.sim.Slash(simdiscord.Said{User: person, Channel: channel, Command: "petrel", Text: text}))
}

func (h *running) press(person, channel, label string) {
	h.Helper()
	h.did(h.sim.Press(simdiscord.Said{User: person, Channel: channel, Label: label}))
}

// sees waits until the text can be read somewhere.
func (h *running) sees(text string) {
	h.Helper()
	if err := h.sim.Wait(h.ctx, text); err != nil {
		h.Fatalf("nobody sees %q but\n%s\n%+v", text, h.Seen(), h.ledger.Lines())
	}
}

// happens waits for so many lines of the ledger. Time stands still.
func (h *running) happens(n int, fits func(simdiscord.Line) bool) {
	h.Helper()
	if err := h.sim.Until(h.ctx, func() bool { return h.ledger.Count(fits) >= n }); err != nil {
		h.Fatalf("%d of %d lines; people see\n%s\n%+v", h.ledger.Count(fits), n, h.Seen(), h.ledger.Lines())
	}
}

// acked fits the answer of a type to an interaction.
func acked(kind string) func(simdiscord.Line) bool {
	return func(l simdiscord.Line) bool { return l.Kind == simdiscord.LineAck && l.Type == kind }
}

// The types of answers.
const (
	sentReply    = "4"
	sentDeferred = "5"
	sentChoices  = "8"
	sentForm     = "9"
)

// only returns what one person alone sees in the channel.
func (h *running) only(person, channel string) []string {
	var list []string
	for _, m := range h.sim.Messages(channel) {
		if m.Only == person {
			list = append(list, simdiscord.Readable(m))
		}
	}
	return list
}

// TestCompletion: what is offered is for whoever types, within Discord's limits, and asked for in time.
func TestCompletion(t *testing.T) {
	asked := make(chan time.Duration, 8)
	h := run(t, simdiscord.Options{}, discord.Options{Complete: func(ctx context.Context, o bot.Origin, line string) []discord.Choice {
		until, _ := ctx.Deadline()
		asked <- time.Until(until)
		if o.Account() != "discord:"+simdiscord.Guild+"/"+simdiscord.Ann {
			return nil
		}
		list := []discord.Choice{{Word: ""}, {Word: strings.Repeat("x", 101)}, {Word: "sta\u202etus", Help: strings.Repeat("ä", 200)}}
		for i := range 60 {
			list = append(list, discord.Choice{Word: fmt.Sprint("irene", i)})
		}
		return list
	}}, newDesk(works))
	complete := func(person, command string) []string {
		if err := h.sim.WaitCommand(h.ctx, "petrel"); err != nil {
			t.Fatal(err)
		}
		list, err := h.sim.Complete(simdiscord.Said{User: person, Channel: simdiscord.Ops, Command: command, Text: "clary node "})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	got := complete(simdiscord.Ann, "petrel")
	if len(got) != 25 || !slices.Contains(got, "clary node irene0") || !slices.Contains(got, "clary node status") {
		t.Errorf("%d are offered: %q", len(got), got)
	}
	for _, choice := range got {
		if utf8.RuneCountInString(choice) > 100 || strings.Contains(choice, "\u202e") {
			t.Errorf("%q is offered", choice)
		}
	}
	if limit := <-asked; limit <= 0 || limit > 2*time.Second {
		t.Errorf("the bot has %v to say what is offered", limit)
	}
	if got := complete(simdiscord.Bob, "petrel"); len(got) != 0 {
		t.Errorf("bob is offered %q", got)
	}
	h.happens(2, acked(sentChoices)) // the ledger has it a moment after the person
}

// TestAnswerIsAfterAccept: while the command is not durable the interaction is not answered; then its answer is one message.
func TestAnswerIsAfterAccept(t *testing.T) {
	held, release := make(chan bool), make(chan bool)
	h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(func(bot.Message) (bot.Answer, error) {
		held <- true
		<-release
		return bot.Answer{Execution: execution}, nil
	}))
	id := h.slash(simdiscord.Ann, simdiscord.Ops, "deploy")
	<-held
	if n := h.ledger.Count(line(simdiscord.LineAck, "")); n != 0 {
		t.Errorf("%d answers were given before the command was durable", n)
	}
	release <- true
	h.happens(1, acked(sentDeferred))
	p := bot.Posting{Key: execution, Origin: h.Place(), Reply: bot.Reply{Execution: execution, Status: bot.Running, Title: "At work."}}
	p.Origin.Thread = "i" + id
	if _, err := h.discord.Post(h.ctx, p); err != nil {
		t.Fatal(err)
	}
	if got := h.Messages(); len(got) != 1 || !strings.Contains(got[0], "At work.") {
		t.Errorf("people see %q", got)
	}
	for _, l := range h.ledger.Lines() {
		if l.Kind == simdiscord.LinePost {
			t.Errorf("a message was posted beside the answer: %+v", l)
		}
	}
}

// TestNotAcceptedInteraction: whoever typed a command that was not accepted is told so alone.
func TestNotAcceptedInteraction(t *testing.T) {
	for text, err := range map[string]error{
		"The store is away.":   bot.E(bot.CodeUnavailable, "test.store.write", "The store is away.", nil),
		"Something unexpected": bot.E(bot.CodeInternal, "test.store.write", "", nil),
	} {
		h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(func(bot.Message) (bot.Answer, error) { return bot.Answer{}, err }))
		h.slash(simdiscord.Ann, simdiscord.Ops, "deploy")
		h.sees(text)
		if got := h.only(simdiscord.Ann, simdiscord.Ops); len(got) != 1 {
			t.Errorf("ann alone sees %q", got)
		}
	}
}

// TestTokenEnds: after fourteen minutes the same message is changed by the bot itself, before Discord ends the token. Where it cannot look,
// the result is sent to the person.
func TestTokenEnds(t *testing.T) {
	for name, channel := range map[string]string{"seen": simdiscord.Ops, "not seen": simdiscord.Quiet} {
		t.Run(name, func(t *testing.T) {
			h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(works))
			p := bot.Posting{Key: execution, Origin: h.Place(), Reply: bot.Reply{Execution: execution, Status: bot.Running, Title: "At work."}}
			p.Origin.Channel, p.Origin.Thread = channel, "i"+h.slash(simdiscord.Ann, channel, "deploy")
			h.happens(1, acked(sentDeferred))
			ref, err := h.discord.Post(h.ctx, p)
			if err != nil {
				t.Fatal(err)
			}
			edit := func(status bot.Status, title string) {
				t.Helper()
				p.Reply.Status, p.Reply.Title = status, title
				if err := h.discord.Edit(h.ctx, ref, p); err != nil {
					t.Error(err)
				}
			}
			by := func(method string) int {
				return h.ledger.Count(func(l simdiscord.Line) bool { return l.Kind == simdiscord.LineUpdate && l.Method == method })
			}
			h.clock.Advance(13*time.Minute + 59*time.Second)
			edit(bot.Running, "Still at work.")
			if by("followup.edit") != 2 || by("message.edit") != 0 {
				t.Errorf("within the time: %+v", h.ledger.Lines())
			}
			h.clock.Advance(2 * time.Second)
			edit(bot.Running, "Nearly done.")
			edit(bot.Succeeded, "Done.")
			if by("followup.edit") != 2 {
				t.Error("the token was used after fourteen minutes")
			}
			if channel == simdiscord.Ops {
				if got := h.Messages(); by("message.edit") != 2 || len(got) != 1 || !strings.Contains(got[0], "Done.") {
					t.Errorf("people see %q", got)
				}
				return
			}
			if direct := h.sim.Messages(simdiscord.DirectAnn); len(direct) != 1 || !strings.Contains(simdiscord.Readable(direct[0]), "Done.") {
				t.Errorf("ann was sent %+v", direct)
			}
			if direct := h.sim.Messages(simdiscord.DirectBob); len(direct) != 0 {
				t.Errorf("bob was sent %+v", direct)
			}
		})
	}
}

// TestDeliveredAgain: an interaction that a process answered before it died comes again to the next one: it is one command, its first
// answer stands, and the result takes the place that was kept for it.
func TestDeliveredAgain(t *testing.T) {
	shared := newMemory()
	h := run(t, simdiscord.Options{}, discord.Options{Memory: shared}, newDesk(works))
	id := h.slash(simdiscord.Ann, simdiscord.Quiet, "deploy")
	h.happens(1, acked(sentDeferred))
	h.until("the answer is noted", func() bool {
		data, _, _ := shared.Load(h.ctx, "interaction/"+id)
		return strings.Contains(string(data), `"settled":true`)
	})
	h.stop()
	h.until("nobody listens", func() bool { return h.sim.Listening() == 0 })
	d := newDesk(works)
	second := h.adapter(t)
	h.work(second, d)
	h.listens()
	h.clock.Advance(time.Minute)
	if err := h.sim.Redeliver(); err != nil {
		t.Fatal(err)
	}
	h.takes(d, "deploy")
	p := bot.Posting{Key: execution, Origin: h.Place(), Reply: bot.Reply{Execution: execution, Status: bot.Succeeded, Title: "Done."}}
	p.Origin.Channel, p.Origin.Thread = simdiscord.Quiet, "i"+id
	if _, err := second.Post(h.ctx, p); err != nil {
		t.Fatal(err)
	}
	got := h.sim.Messages(simdiscord.Quiet)
	if len(got) != 1 || !strings.Contains(simdiscord.Readable(got[0]), "Done.") {
		t.Errorf("people see %+v", got)
	}
	if n := h.ledger.Count(line(simdiscord.LineRefused, "")); n != 0 {
		t.Errorf("%d calls were refused: %+v", n, h.ledger.Lines())
	}
}
