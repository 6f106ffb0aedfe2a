package slack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// form asks for a value of each kind.
func form() bot.Form {
	return bot.Form{
		Title: "clary.node.status.set", Text: "Set the status of a node", Command: "clary node status set", Submit: "Run",
		Fields: []bot.FormField{
			{Name: "host", Label: "host", Help: "The node.", Type: "string", Required: true, Live: true},
			{Name: "status", Label: "status", Type: "string", Options: []string{"production", "draining"}, Default: "draining", Required: true},
			{Name: "count", Label: "count", Type: "integer", Default: "3"},
			{Name: "rate", Label: "rate", Type: "number", Default: "0.5"},
			{Name: "force", Label: "force", Type: "boolean", Default: "false"},
			{Name: "day", Label: "day", Type: "string", Format: "date"},
			{Name: "hosts", Label: "hosts", Type: "array"},
			{Name: "extra", Label: "extra", Type: "object", Default: `{"a":1}`},
			{Name: "token", Label: "token", Type: "string", Secret: true, Default: "never shown"},
			{Name: "note", Label: "note", Type: "string", Default: "as usual"},
		},
	}
}

// refusesView returns why Slack would refuse the view, nothing when it would not.
func (j judge) refusesView(method string, view any) string {
	trigger, err := j.sim.Slash(simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel"})
	if err != nil {
		return err.Error()
	}
	text, err := json.Marshal(view)
	if err != nil {
		return err.Error()
	}
	body := url.Values{"token": {simslack.DefaultBotToken}, "view": {string(text)}}
	if method == "views.publish" {
		body.Set("user_id", "U0ANN")
	} else {
		body.Set("trigger_id", trigger)
	}
	request := httptest.NewRequest(http.MethodPost, "/api/"+method, strings.NewReader(body.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	adaptertest.Keep(*sent, j.sim).ServeHTTP(w, request)
	var answer struct {
		OK       bool
		Error    string
		Metadata struct{ Messages []string } `json:"response_metadata"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !answer.OK {
		return fmt.Sprint(answer.Error, answer.Metadata.Messages, err)
	}
	return ""
}

// TestViews pins how forms and the App home look to Slack.
func TestViews(t *testing.T) {
	at := bot.Origin{Channel: "C0OPS", Thread: "1800000000.000001"}
	full, ok := slack.FormView(form(), at)
	if !ok {
		t.Fatal("the form cannot be shown")
	}
	for name, view := range map[string]any{
		"form":       full,
		"line":       slack.LineView(slack.Event{Offer: "irene4000 is slow", Message: bot.Message{Origin: at}}),
		"home":       slack.HomeView(home(), bot.Origin{Channel: "D0ANN"}),
		"home_empty": slack.HomeView(bot.Home{}, bot.Origin{Channel: "D0ANN"}),
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.MarshalIndent(view, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			adaptertest.Golden(t, *update, filepath.Join("testdata", "view", name+".json"), text)
			if strings.Contains(string(text), "never shown") {
				t.Error("a secret can be read")
			}
		})
	}
}

func home() bot.Home {
	when := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	return bot.Home{
		Commands: []bot.HomeCommand{{Line: "clary node status set", Help: "Set the status of a node"}, {Line: "help", Help: "Show what can be typed"}},
		Recent:   []bot.Execution{{ID: execution, Action: "clary.node.status.get", Status: bot.Succeeded, Targets: "irene4000", Created: when}},
		Waiting:  []bot.Inquiry{{ID: execution, Action: "clary.node.status.set", Asker: bot.Identity{ID: "bob"}, Expires: when, Plan: []string{"irene4000: production -> draining"}}},
	}
}

// TestViewLimitsAreKept: no form and no home, however large or odd, becomes a view that Slack refuses.
func TestViewLimitsAreKept(t *testing.T) {
	j := newJudge(t)
	text := adaptertest.Texts([]string{"", " ", "x", "<@U1> & <!here>", "\u202e\u200b", "💥", "a\nb\tc", "\x1b[31mred", "7", "-1.5", "1e5", "Inf", "0x1p4", "true", "2026-11-25", "2026-13-45", "ß"},
		0, 1, 1, 1, 23, 25, 74, 76, 149, 151, 254, 256, 1999, 3001)
	field := adaptertest.FormFields(text)
	rapid.Check(t, func(t *rapid.T) {
		f := bot.Form{Title: text.Draw(t, "title"), Text: text.Draw(t, "text"), Command: text.Draw(t, "command"), Submit: text.Draw(t, "submit"), Fields: rapid.SliceOfN(field, 0, 5).Draw(t, "fields")}
		help := text.Draw(t, "help")
		for i := range rapid.SampledFrom([]int{0, 0, 0, 89, 120}).Draw(t, "more") {
			f.Fields = append(f.Fields, bot.FormField{Name: fmt.Sprint("more", i), Help: help, Default: help, Label: help})
		}
		if v, ok := slack.FormView(f, bot.Origin{Channel: "C0OPS"}); ok {
			if why := j.refusesView("views.open", v); why != "" {
				t.Fatalf("Slack refuses the form: %s", why)
			}
		}
		if why := j.refusesView("views.open", slack.LineView(slack.Event{Offer: text.Draw(t, "offer"), Message: bot.Message{Origin: bot.Origin{Channel: "C0OPS"}}})); why != "" {
			t.Fatalf("Slack refuses the line: %s", why)
		}
		h := bot.Home{}
		line := text.Draw(t, "line")
		for i := range rapid.SampledFrom([]int{0, 1, 99, 101, 500}).Draw(t, "commands") {
			h.Commands = append(h.Commands, bot.HomeCommand{Line: line + fmt.Sprint(i), Help: help})
		}
		e := bot.Execution{ID: text.Draw(t, "id"), Action: text.Draw(t, "action"), Status: bot.Running, Targets: text.Draw(t, "targets")}
		q := bot.Inquiry{ID: e.ID, Action: e.Action, Asker: bot.Identity{ID: e.Targets}, Plan: rapid.SliceOfN(text, 0, 12).Draw(t, "plan")}
		for range rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "items") {
			h.Recent, h.Waiting = append(h.Recent, e), append(h.Waiting, q)
		}
		if why := j.refusesView("views.publish", slack.HomeView(h, bot.Origin{Channel: "D0ANN"})); why != "" {
			t.Fatalf("Slack refuses the home: %s", why)
		}
	})
}

// clerk answers a line that lacks values with a form, and a form with what it was given. It knows values, and what there is at home.
type clerk struct{ receiver }

func newClerk() clerk {
	return clerk{func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		switch {
		case m.Values == nil && m.Text == "clary node status set":
			f, r := form(), bot.Problem("Say also: host.")
			return bot.Answer{Form: &f, Reply: &r}, nil
		case m.Values["count"] == "66":
			return bot.Answer{}, bot.E(bot.CodeUnavailable, "test.store.write", "The store is away.", nil)
		case m.Values["count"] == "99":
			r := bot.Problem("It is too many.")
			return bot.Answer{Faults: map[string]string{"count": "It is too many.", "other": "And that."}, Reply: &r}, nil
		}
		text, err := json.Marshal(m.Values)
		if m.Values == nil {
			return parrot(ctx, m)
		}
		return bot.Answer{Reply: &bot.Reply{Title: fmt.Sprintf("%s filled in %s: %s", m.Account(), m.Text, text)}}, err
	}}
}

func (clerk) Suggest(_ context.Context, t bot.Typing) []string {
	if t.User != "U0ANN" || t.Command != "clary node status set" || t.Field != "host" || t.Limit < 10 {
		return nil
	}
	return []string{t.Prefix + "4000", t.Prefix + "4001"}
}

func (clerk) Home(_ context.Context, o bot.Origin) (bot.Home, error) {
	if o.Account() != "slack:T0SIM/U0ANN" {
		return bot.Home{}, bot.E(bot.CodeInternal, "test.home.show", "", nil)
	}
	return home(), nil
}

// opened waits for the form that the person has open.
func (h *running) opened(person string) simslack.FormState {
	h.Helper()
	if err := h.sim.WaitForm(h.ctx, person); err != nil {
		h.Fatalf("no form was opened; people see\n%s", h.Seen())
	}
	f, _ := h.sim.Form(person)
	return f
}

func (h *running) submits(person string, values map[string][]string) (simslack.FormState, bool) {
	h.Helper()
	if err := h.sim.Submit(h.ctx, simslack.Filled{User: person, Values: values}); err != nil {
		h.Fatal(err)
	}
	return h.sim.Form(person)
}

// TestForm: a slash command that lacks values opens a form with live values; what is wrong stands at its field and nothing is lost; what
// is right is run once and answered.
func TestForm(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "clary node status set"})
	f := h.opened("U0ANN")
	if f.Title != "clary.node.status.set" || len(f.Fields) != len(form().Fields) {
		t.Errorf("the form is %+v", f)
	}
	found, err := h.sim.Suggest(h.ctx, simslack.Filled{User: "U0ANN", Field: "host", Typed: "irene"})
	if diff := cmp.Diff([]string{"irene", "irene4000", "irene4001"}, found); diff != "" || err != nil {
		t.Error(diff, err)
	}
	f, open := h.submits("U0ANN", map[string][]string{"host": {"irene4001"}, "count": {"99"}, "token": {"s3cret"}})
	if !open || !strings.Contains(f.Faults["count"], "too many") || !strings.Contains(f.Faults["host"], "And that") {
		t.Errorf("the faults are %v", f.Faults)
	}
	if f, open = h.submits("U0ANN", map[string][]string{"count": {"66"}}); !open || !strings.Contains(f.Faults["host"], "The store is away") {
		t.Errorf("the faults are %v, open is %v", f.Faults, open)
	}
	if _, open = h.submits("U0ANN", map[string][]string{"count": {"7"}}); open {
		t.Error("the form is open after it was taken")
	}
	h.sees(`filled in clary node status set: {"count":"7","extra":"{\"a\":1}","force":"false","host":"irene4001","note":"as usual","rate":"0.5","status":"draining","token":"s3cret"}`)
}

// TestFormWithoutTrigger: a mention cannot open a form, so its answer has a button that can.
func TestFormWithoutTrigger(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel clary node status set"})
	h.sees("[Fill in a form]")
	h.does(h.sim.Press, simslack.Said{User: "U0ANN", Channel: "C0OPS", Label: "Fill in a form"})
	h.opened("U0ANN")
	h.submits("U0ANN", map[string][]string{"host": {}})
	if _, err := h.sim.Suggest(h.ctx, simslack.Filled{User: "U0ANN", Field: "host", Typed: "irene"}); err != nil {
		t.Fatal(err)
	}
	h.submits("U0ANN", map[string][]string{"host": {"irene4000"}})
	h.sees("slack:T0SIM/U0ANN filled in clary node status set")
}

// TestFormTooLate: when Slack does not open the form any more, the answer is told in words.
func TestFormTooLate(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	for range 2 {
		inject(t, h.harness, script.Fault{Method: "views.open", Effect: script.EffectError, Error: "expired_trigger_id"})
	}
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "clary node status set"})
	h.sees("Say also: host.")
	h.sees("[Fill in a form]")
	ts, err := h.sim.Say(simslack.Said{User: "U0BOB", Channel: "C0OPS", Text: "irene4000 is slow"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.sim.Run(simslack.Said{User: "U0ANN", Channel: "C0OPS", TS: ts, Origin: h.web.URL}, simslack.DefaultShortcut); err != nil {
		t.Fatal(err)
	}
	h.sees("could not be opened in time")
}

// TestShortcut: a message is offered as the line to run, the next form follows in the same place, and the answer hangs below the message.
func TestShortcut(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	ts, err := h.sim.Say(simslack.Said{User: "U0BOB", Channel: "C0OPS", Text: "irene4000 & irene4001 are slow"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.sim.Run(simslack.Said{User: "U0ANN", Channel: "C0OPS", TS: ts, Origin: h.web.URL}, simslack.DefaultShortcut); err != nil {
		t.Fatal(err)
	}
	if f := h.opened("U0ANN"); f.Fields[0].Value[0] != "irene4000 & irene4001 are slow" {
		t.Errorf("the form is %+v", f)
	}
	if f, open := h.submits("U0ANN", map[string][]string{"Command": {"clary node status set"}}); !open || f.Title != "clary.node.status.set" {
		t.Errorf("the next form is %+v", f)
	}
	h.sim.CloseForm("U0ANN")
	if _, err := h.sim.Run(simslack.Said{User: "U0ANN", Channel: "C0OPS", TS: ts, Origin: h.web.URL}, simslack.DefaultShortcut); err != nil {
		t.Fatal(err)
	}
	h.opened("U0ANN")
	h.submits("U0ANN", map[string][]string{"Command": {"whoami"}})
	h.sees("slack:T0SIM/U0ANN said whoami")
	for _, m := range h.sim.Messages("C0OPS") {
		if m.Bot && m.Thread != ts {
			t.Errorf("%q hangs in thread %q, want %q", simslack.Readable(m), m.Thread, ts)
		}
	}
}

// TestHome: the App home is drawn when it is opened and after something was pressed there; a choice asks before it runs.
func TestHome(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	published := func(l simslack.Line) bool { return l.Kind == simslack.LineView && l.Method == "views.publish" }
	if err := h.sim.OpenHome("U0ANN"); err != nil {
		t.Fatal(err)
	}
	h.until(1, published)
	for _, want := range []string{"clary.node.status.set is wanted by bob", "[Approve]", "succeeded  clary.node.status.get  irene4000", "clary node status set  Set the status of a node"} {
		if !strings.Contains(h.sim.Home("U0ANN"), want) {
			t.Errorf("%q is not at home:\n%s", want, h.sim.Home("U0ANN"))
		}
	}
	if _, err := h.sim.PressHome("U0ANN", "Approve"); err != nil {
		t.Fatal(err)
	}
	h.sees("slack:T0SIM/U0ANN said approve " + execution)
	h.until(2, published)
	if _, err := h.sim.PressHome("U0ANN", "clary node status set"); err != nil {
		t.Fatal(err)
	}
	if f := h.opened("U0ANN"); f.Fields[0].Value[0] != "clary node status set" {
		t.Errorf("the form is %+v", f)
	}
	// Who is not heard sees nothing, and is not told off for looking.
	if err := h.sim.OpenHome("U0EVE"); err != nil {
		t.Fatal(err)
	}
	h.until(2, kind(simslack.LineAck, "events_api"))
	if h.sim.Home("U0EVE") != "" || strings.Contains(h.Seen(), "guest") {
		t.Errorf("eve reads %q", h.sim.Home("U0EVE"))
	}
}

// TestFormDoesNotWaitForPosts: answers wait for as long as Slack asks, longer than a trigger lasts; a form is opened beside them, at once.
func TestFormDoesNotWaitForPosts(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		answer, err := parrot(ctx, m)
		if m.Text == "set" {
			f := form()
			answer.Form = &f
		}
		return answer, err
	}))
	inject(t, h.harness, script.Fault{Method: "chat.postMessage", Effect: script.EffectStatus, Status: 429, RetryAfter: 25})
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "first"})
	h.until(1, func(l simslack.Line) bool { return l.Fault == script.EffectStatus })
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "D0ANN", Command: "/petrel", Text: "set"})
	if err := h.sim.WaitForm(h.ctx, "U0ANN"); err != nil { // the clock stands still
		t.Fatalf("no form was opened; people see %s", h.Seen())
	}
	h.pass(1, func(l simslack.Line) bool { return l.Kind == simslack.LinePost })
	h.sees("said first")
	h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "last"})
	h.sees("said last")
	if strings.Contains(h.Seen(), "said set") {
		t.Errorf("the form was told in words as well: %s", h.Seen())
	}
}

// TestFormOfNobody: guests are not offered values and cannot submit; the form of a view that is not ours is left alone.
func TestFormOfNobody(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, newClerk())
	payload := func(kind, callback, user string) json.RawMessage {
		text, err := json.Marshal(map[string]any{
			"type": kind, "team": map[string]string{"id": simslack.Team}, "user": map[string]string{"id": user, "team_id": simslack.Team}, "block_id": "field.host", "value": "irene",
			"view": map[string]any{"id": "V1", "type": "modal", "callback_id": callback, "private_metadata": `{"command":"whoami","channel":"C0OPS"}`},
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	h.sim.Raw("interactive", payload("block_suggestion", "petrel_form", "U0EVE"))
	h.sim.Raw("interactive", payload("view_submission", "other_form", "U0ANN"))
	h.until(2, kind(simslack.LineAck, "interactive"))
	h.sim.Raw("interactive", payload("view_submission", "petrel_form", "U0EVE"))
	h.sees("no commands from guest accounts")
	h.sim.Raw("interactive", payload("view_submission", "petrel_form", "U0ANN"))
	h.sees("slack:T0SIM/U0ANN filled in whoami")
	h.sim.Raw("interactive", payload("view_submission", "petrel_form", "U0ANN"))
	h.until(5, kind(simslack.LineAck, "interactive"))
	h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "and then"})
	h.sees("said and then")
	if n := strings.Count(h.Seen(), "filled in whoami"); n != 1 {
		t.Errorf("the same form was answered %d times", n)
	}
}
