package discord_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// court lets ann approve once and tells everybody else, and her the second time, why not.
func court() func(bot.Message) (bot.Answer, error) {
	decided := false
	return func(m bot.Message) (bot.Answer, error) {
		var r bot.Reply
		switch {
		case m.Text == "rerun "+execution:
			return bot.Answer{Execution: execution}, nil
		case m.User != simdiscord.Ann:
			r = bot.Problem("You may not approve this: it needs the role admin.")
		case decided:
			r = bot.Problem("This is approved already.")
		default:
			decided = true
			return bot.Answer{Execution: execution, Reply: &bot.Reply{Title: "Ann says " + m.Text}}, nil
		}
		return bot.Answer{Reply: &r}, nil
	}
}

// question is a reply with buttons, and with more of them than fit.
func question() bot.Reply {
	r := bot.Reply{Execution: execution, Status: bot.Pending, Title: "May it?"}
	list := []bot.Button{{Label: "Approve", Command: "approve " + execution}, {Label: "Deny", Command: "deny " + execution, Danger: true}, {Label: "Run again", Command: "rerun " + execution}}
	for i := range 25 {
		list = append(list, bot.Button{Label: fmt.Sprint("Option ", i), Command: fmt.Sprint("choose ", i)})
	}
	r.Blocks = []bot.Block{{Buttons: list}}
	return r
}

// TestButtons: a press is a command of whoever presses. Whoever may not, or comes too late, is told so alone, also on an old message.
func TestButtons(t *testing.T) {
	d := newDesk(court())
	h := run(t, simdiscord.Options{}, discord.Options{}, d)
	if _, err := h.discord.Post(h.ctx, bot.Posting{Key: execution, Origin: h.Place(), Reply: question()}); err != nil {
		t.Fatal(err)
	}
	h.stop()
	h.clock.Advance(20 * time.Minute)
	h.work(h.discord, d)
	h.listens()
	h.press(simdiscord.Bob, simdiscord.Ops, "Approve")
	h.sees("You may not approve this")
	h.press(simdiscord.Ann, simdiscord.Ops, "Approve")
	h.sees("Ann says approve " + execution)
	h.press(simdiscord.Ann, simdiscord.Ops, "Approve")
	h.sees("This is approved already")
	if got := h.only(simdiscord.Bob, simdiscord.Ops); len(got) != 1 || !strings.Contains(got[0], "You may not") {
		t.Errorf("bob alone sees %q", got)
	}
	if got := h.only(simdiscord.Ann, simdiscord.Ops); len(got) != 1 || !strings.Contains(got[0], "already") {
		t.Errorf("ann alone sees %q", got)
	}
	h.press(simdiscord.Ann, simdiscord.Ops, "Run again")
	h.happens(1, acked(sentDeferred))
	h.press(simdiscord.Eve, simdiscord.Ops, "Option 24")
	want := []string{"approve " + execution, "approve " + execution, "approve " + execution, "rerun " + execution, "choose 24"}
	h.happens(4, acked(sentReply))
	if got, _ := d.texts(); !slices.Equal(got, want) {
		t.Errorf("the bot heard %q", got)
	}
	if n := h.ledger.Count(line(simdiscord.LineFailed, "")); n != 0 {
		t.Errorf("%d presses were not answered", n)
	}
}

// TestUnknownInteractions: what the bot does not know, or cannot read, gets an answer that only its person sees, and has no effect.
func TestUnknownInteractions(t *testing.T) {
	d := newDesk(works)
	h := run(t, simdiscord.Options{}, discord.Options{}, d)
	for name, data := range map[string]any{
		"another command":     map[string]any{"name": "other", "type": 1, "id": "7"},
		"a foreign button":    map[string]any{"custom_id": "somebody else's", "component_type": 2},
		"an empty button":     map[string]any{"custom_id": "c0: ", "component_type": 2},
		"a new component":     map[string]any{"custom_id": "c0:help", "component_type": 99},
		"a choice of nothing": map[string]any{"custom_id": "choose", "component_type": 3, "values": []string{}},
		"a foreign form":      map[string]any{"custom_id": "x", "components": []any{map[string]any{"type": 99}}},
		"no data":             nil,
	} {
		before := h.ledger.Count(acked(sentReply))
		kind := 3
		if name == "another command" || name == "no data" {
			kind = 2
		}
		if name == "a foreign form" {
			kind = 5
		}
		h.did(h.sim.Interact(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops}, kind, data))
		h.happens(before+1, acked(sentReply))
	}
	if got, _ := d.texts(); len(got) != 0 {
		t.Errorf("the bot heard %q", got)
	}
	for _, m := range h.sim.Messages(simdiscord.Ops) {
		if m.Only != simdiscord.Ann {
			t.Errorf("everybody sees %q", simdiscord.Readable(m))
		}
	}
}
