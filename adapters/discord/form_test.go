package discord_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// form asks for a value of each kind, for more of them than Discord has room for.
func form() bot.Form {
	return bot.Form{
		Title: "clary.node.status.set", Text: "Set the status of a node", Command: "clary node status set", Submit: "Run",
		Fields: []bot.FormField{
			{Name: "note", Label: "note", Type: "string", Default: "as usual"},
			{Name: "host", Label: "host", Help: "The node.", Type: "string", Required: true, Live: true},
			{Name: "status", Label: "status", Type: "string", Options: []string{"production", "draining"}, Default: "draining", Required: true},
			{Name: "force", Label: "force", Type: "boolean", Default: "false"},
			{Name: "extra", Label: "extra", Type: "object", Default: `{"a":1}`},
			{Name: "token", Label: "token", Type: "string", Secret: true, Default: "never shown"},
			{Name: "more", Label: "more", Type: "array"},
			{Name: "last", Label: "last", Type: "string"},
		},
	}
}

// clerk answers a line that lacks values with a form, complains once about what was filled in, and then says what it was given.
func clerk(m bot.Message) (bot.Answer, error) {
	r := bot.Problem("Say also: host.")
	f := form()
	switch {
	case m.Values == nil && m.Text == f.Command:
		return bot.Answer{Form: &f, Reply: &r}, nil
	case m.Values["host"] == "nowhere":
		r = bot.Problem("There is no node nowhere.")
		return bot.Answer{Form: &f, Reply: &r, Faults: map[string]string{"host": r.Title}}, nil
	}
	text, err := json.Marshal(m.Values)
	return bot.Answer{Reply: &bot.Reply{Title: m.Text, Blocks: []bot.Block{{Code: string(text)}}}}, err
}

func (h *running) submits(person string, values map[string]string) {
	h.Helper()
	if err := h.sim.WaitForm(h.ctx, person); err != nil {
		h.Fatalf("no form was opened; people see\n%s", h.Seen())
	}
	h.did(h.sim.Submit(simdiscord.Said{User: person, Values: values}))
}

// TestForm: a command that lacks values opens a form; a complaint is told to its person alone, who gets back what was filled in; what is
// right is run once.
func TestForm(t *testing.T) {
	d := newDesk(clerk)
	h := run(t, simdiscord.Options{}, discord.Options{}, d)
	h.slash(simdiscord.Ann, simdiscord.Ops, "clary node status set")
	h.submits(simdiscord.Ann, map[string]string{"host": "nowhere", "status": "production", "note": "urgent"})
	h.sees("There is no node nowhere.")
	h.sees("[Fill in a form]")
	if got := h.only(simdiscord.Ann, simdiscord.Ops); len(got) != 1 || len(h.Messages()) != 1 {
		t.Errorf("ann alone sees %q, everybody %q", got, h.Messages())
	}
	h.press(simdiscord.Ann, simdiscord.Ops, "Fill in a form")
	h.submits(simdiscord.Ann, map[string]string{"host": "irene4000"})
	h.sees(`{"extra":"{\"a\":1}","force":"false","host":"irene4000","note":"urgent","status":"production"}`)
	if n := h.ledger.Count(acked(sentForm)); n != 2 {
		t.Errorf("%d forms were opened", n)
	}
	// Somebody else's form has nothing of it.
	h.slash(simdiscord.Bob, simdiscord.Ops, "clary node status set")
	h.submits(simdiscord.Bob, map[string]string{"host": "irene4001"})
	h.sees(`{"extra":"{\"a\":1}","force":"false","host":"irene4001","note":"as usual","status":"draining"}`)
	if strings.Contains(h.Seen(), "never shown") {
		t.Error("a secret can be read")
	}
}

// TestFormBehindMessage: a message cannot open a form, so its answer has a button that can.
func TestFormBehindMessage(t *testing.T) {
	h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(clerk))
	h.says("clary node status set")
	h.sees("Say also: host.")
	h.press(simdiscord.Ann, simdiscord.DirectAnn, "Fill in a form")
	h.submits(simdiscord.Ann, map[string]string{"host": "irene4000"})
	h.sees(`"host":"irene4000"`)
}

// TestFormIsTooMuch: a form that Discord cannot show, or that would show a secret, is asked for in words.
func TestFormIsTooMuch(t *testing.T) {
	var many []bot.FormField
	for i := range 6 {
		many = append(many, bot.FormField{Name: fmt.Sprint("f", i), Required: true})
	}
	for name, f := range map[string]bot.Form{
		"too many fields": {Command: "x", Fields: many},
		"a secret":        {Command: "x", Fields: []bot.FormField{{Name: "a", Secret: true}}},
		"a long command":  {Command: strings.Repeat("x", 99), Fields: []bot.FormField{{Name: "a"}}},
		"no field":        {Command: "x"},
		"the same twice":  {Command: "x", Fields: []bot.FormField{{Name: "a"}, {Name: "a"}}},
	} {
		if got, ok := discord.RenderForm(f); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
	h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(func(bot.Message) (bot.Answer, error) {
		r := bot.Problem("Say also: a.")
		return bot.Answer{Form: &bot.Form{Command: "x", Fields: many}, Reply: &r}, nil
	}))
	h.slash(simdiscord.Ann, simdiscord.Ops, "x")
	h.sees("Say also: a.")
	if strings.Contains(h.Seen(), "Fill in") || h.ledger.Count(acked(sentForm)) != 0 {
		t.Errorf("people see %s", h.Seen())
	}
}
