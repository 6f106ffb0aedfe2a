package slack_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"github.com/petrelops/petrel/internal/sim/slack"
)

func words(s string) *slackgo.TextBlockObject {
	return slackgo.NewTextBlockObject(slackgo.PlainTextType, s, false, false)
}

func option(value string) *slackgo.OptionBlockObject {
	return slackgo.NewOptionBlockObject(value, words("the "+value), nil)
}

// everything is a modal with a field of each kind.
func everything() slackgo.ModalViewRequest {
	inputs := []struct {
		id      string
		element slackgo.BlockElement
	}{
		{"text", slackgo.NewPlainTextInputBlockElement(nil, "v").WithInitialValue("as before")},
		{"number", slackgo.NewNumberInputBlockElement(nil, "v", true)},
		{"select", slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, words("choose"), "v", option("a"), option("b"))},
		{"live", slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeExternal, words("type"), "v")},
		{"radio", slackgo.NewRadioButtonsBlockElement("v", option("yes"), option("no"))},
		{"checks", slackgo.NewCheckboxGroupsBlockElement("v", option("x"), option("y"))},
		{"day", slackgo.NewDatePickerBlockElement("v")},
	}
	view := slackgo.ModalViewRequest{Type: slackgo.VTModal, Title: words("Everything"), Submit: words("Run"), PrivateMetadata: "kept"}
	for _, in := range inputs {
		block := slackgo.NewInputBlock(in.id, words("Label of "+in.id), words("hint"), in.element)
		block.Optional = in.id != "select"
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, block)
	}
	return view
}

// app answers interactions as it is told, one after the other, and keeps what it was asked.
type app struct {
	// mu guards what follows.
	mu      sync.Mutex
	answers []any
	asked   []slackgo.InteractionCallback
	raw     []json.RawMessage
}

func (a *app) handle(c *socketmode.Client, e socketmode.Event) {
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var payload any
	if i, ok := e.Data.(slackgo.InteractionCallback); ok {
		a.asked, a.raw = append(a.asked, i), append(a.raw, e.Request.Payload)
		if len(a.answers) > 0 {
			payload, a.answers = a.answers[0], a.answers[1:]
		}
	}
	_ = c.Ack(*e.Request, payload) // the ledger tells
}

func (a *app) last() slackgo.InteractionCallback {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[len(a.asked)-1]
}

// opened is a rig with an app that listens and a modal that ann has open.
func opened(t *testing.T) (*rig, *app) {
	t.Helper()
	r, a := newRig(t, slack.Options{}), &app{}
	t.Cleanup(r.listen(a.handle))
	trigger, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Origin: r.web.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.api.OpenViewContext(t.Context(), trigger, everything()); err != nil {
		t.Fatal(err)
	}
	return r, a
}

// A form is filled in and submitted, what Slack finds wrong itself is not asked of the app, and the app's complaints stand at their fields.
func TestForm(t *testing.T) {
	r, a := opened(t)
	fill := func(values map[string][]string) slack.FormState {
		t.Helper()
		if err := r.sim.Submit(t.Context(), slack.Filled{User: "U0ANN", Values: values}); err != nil {
			t.Fatal(err)
		}
		f, _ := r.sim.Form("U0ANN")
		return f
	}
	if f := fill(map[string][]string{"number": {"many"}, "day": {"tomorrow"}}); f.Faults["Label of select"] == "" || f.Faults["Label of number"] == "" || f.Faults["Label of day"] == "" {
		t.Errorf("the faults are %v", f.Faults)
	}
	if len(a.asked) != 0 {
		t.Error("the app was asked about a field that Slack refuses")
	}

	a.answers = []any{map[string]any{"options": []any{map[string]any{"text": map[string]any{"type": "plain_text", "text": "irene4000"}, "value": "4000"}}}}
	found, err := r.sim.Suggest(t.Context(), slack.Filled{User: "U0ANN", Field: "live", Typed: "ire"})
	if err != nil || !cmp.Equal(found, []string{"irene4000"}) || a.last().Value != "ire" || a.last().Type != slackgo.InteractionTypeBlockSuggestion {
		t.Errorf("offered %v, %v", found, err)
	}

	a.answers = []any{slackgo.NewErrorsViewSubmissionResponse(map[string]string{"number": "too many"})}
	f := fill(map[string][]string{"number": {"7"}, "day": {"2026-11-25"}, "select": {"the b"}, "live": {"irene4000"}, "radio": {"yes"}, "checks": {"x", "y"}})
	if f.Faults["Label of number"] != "too many" {
		t.Errorf("the faults are %v", f.Faults)
	}
	values := a.last().View.State.Values
	for block, want := range map[string]string{
		"text": values["text"]["v"].Value, "number": values["number"]["v"].Value, "select": values["select"]["v"].SelectedOption.Value,
		"live": values["live"]["v"].SelectedOption.Value, "radio": values["radio"]["v"].SelectedOption.Value, "day": values["day"]["v"].SelectedDate,
	} {
		expected := map[string]string{"text": "as before", "number": "7", "select": "b", "live": "4000", "radio": "yes", "day": "2026-11-25"}[block]
		if want != expected {
			t.Errorf("%s holds %q, want %q", block, want, expected)
		}
	}
	if n := len(values["checks"]["v"].SelectedOptions); n != 2 || a.last().View.PrivateMetadata != "kept" {
		t.Errorf("%d boxes are checked, the metadata is %q", n, a.last().View.PrivateMetadata)
	}
	fill(nil)
	if _, open := r.sim.Form("U0ANN"); open {
		t.Error("the form is open after it was taken")
	}
}

// An answer that Slack could not use keeps the form open.
func TestFormBadAnswer(t *testing.T) {
	for name, answer := range map[string]any{
		"an unknown field": slackgo.NewErrorsViewSubmissionResponse(map[string]string{"nothing": "wrong"}),
		"a bad view":       map[string]any{"response_action": "update", "view": map[string]any{"type": "modal"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, a := opened(t)
			a.answers = []any{answer}
			if err := r.sim.Submit(t.Context(), slack.Filled{User: "U0ANN", Values: map[string][]string{"select": {"a"}}}); err != nil {
				t.Fatal(err)
			}
			r.until(func(l slack.Line) bool { return l.Kind == slack.LineRefused && l.Method == "submit" })
			if _, open := r.sim.Form("U0ANN"); !open {
				t.Error("the form was closed")
			}
		})
	}
}

// Views that Slack would refuse.
func TestRefusedViews(t *testing.T) {
	r := newRig(t, slack.Options{Unlimited: true})
	for name, change := range map[string]func(*slackgo.ModalViewRequest){
		"a long title":  func(v *slackgo.ModalViewRequest) { v.Title = words(strings.Repeat("x", 25)) },
		"no submit":     func(v *slackgo.ModalViewRequest) { v.Submit = nil },
		"long metadata": func(v *slackgo.ModalViewRequest) { v.PrivateMetadata = strings.Repeat("x", 3001) },
		"101 blocks": func(v *slackgo.ModalViewRequest) {
			v.Blocks.BlockSet = make([]slackgo.Block, 0)
			for range 101 {
				v.Blocks.BlockSet = append(v.Blocks.BlockSet, slackgo.NewDividerBlock())
			}
		},
		"a long option": func(v *slackgo.ModalViewRequest) {
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, slackgo.NewInputBlock("more", words("l"), nil, slackgo.NewRadioButtonsBlockElement("v", option(strings.Repeat("x", 72)))))
		},
		"11 radio buttons": func(v *slackgo.ModalViewRequest) {
			var list []*slackgo.OptionBlockObject
			for i := range 11 {
				list = append(list, option(string(rune('a'+i))))
			}
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, slackgo.NewInputBlock("more", words("l"), nil, slackgo.NewRadioButtonsBlockElement("v", list...)))
		},
		"an option elsewhere": func(v *slackgo.ModalViewRequest) {
			e := slackgo.NewRadioButtonsBlockElement("v", option("a"))
			e.InitialOption = option("b")
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, slackgo.NewInputBlock("more", words("l"), nil, e))
		},
		"the same block twice": func(v *slackgo.ModalViewRequest) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, v.Blocks.BlockSet[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			trigger, err := r.sim.Slash(slack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel"})
			if err != nil {
				t.Fatal(err)
			}
			view := everything()
			change(&view)
			text, err := json.Marshal(view)
			if err != nil {
				t.Fatal(err)
			}
			if a := r.call("views.open", url.Values{"trigger_id": {trigger}, "view": {string(text)}}); a["error"] != "invalid_arguments" {
				t.Errorf("it answered %v", a)
			}
		})
	}
}

// The App home is asked for, shown and pressed.
func TestHome(t *testing.T) {
	r, a := newRig(t, slack.Options{}), &app{}
	t.Cleanup(r.listen(a.handle))
	if err := r.sim.OpenHome("U0ANN"); err != nil {
		t.Fatal(err)
	}
	r.until(func(l slack.Line) bool { return l.Kind == slack.LineAck && l.Type == "events_api" })
	home := slackgo.HomeTabViewRequest{Type: slackgo.VTHomeTab, Blocks: slackgo.Blocks{BlockSet: []slackgo.Block{
		slackgo.NewSectionBlock(words("Welcome"), nil, nil), slackgo.NewActionBlock("", slackgo.NewButtonBlockElement("a", "help", words("Help"))),
	}}}
	first, err := r.api.PublishViewContext(t.Context(), slackgo.PublishViewContextRequest{UserID: "U0ANN", View: home})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.api.PublishViewContext(t.Context(), slackgo.PublishViewContextRequest{UserID: "U0ANN", View: home, Hash: &first.Hash}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.api.PublishViewContext(t.Context(), slackgo.PublishViewContextRequest{UserID: "U0ANN", View: home, Hash: &first.Hash}); err == nil || err.Error() != "hash_conflict" {
		t.Errorf("an old hash: %v", err)
	}
	if !strings.Contains(r.sim.Home("U0ANN"), "Welcome") || r.sim.Home("U0BOB") != "" {
		t.Errorf("ann reads %q", r.sim.Home("U0ANN"))
	}
	if page := r.browse("/home/messages?as=U0ANN", nil); !strings.Contains(page, ">Help</button>") {
		t.Errorf("the page:\n%s", page)
	}
	r.browse("/home/press", url.Values{"as": {"U0ANN"}, "label": {"Help"}})
	r.until(func(l slack.Line) bool { return l.Kind == slack.LineAck && l.Type == "interactive" })
	if got := a.last(); got.ActionCallback.BlockActions[0].Value != "help" || got.Container.Type != "view" || got.TriggerID == "" {
		t.Errorf("the app was told %+v", got)
	}
}

// A message has the app's shortcut, and a menu of a message tells what was chosen.
func TestShortcutAndMenu(t *testing.T) {
	r, a := newRig(t, slack.Options{}), &app{}
	t.Cleanup(r.listen(a.handle))
	_, ts, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionBlocks(
		slackgo.NewActionBlock("menu", slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, words("more"), "m", option("a"), option("b")))))
	if err != nil {
		t.Fatal(err)
	}
	acked := func(n int) {
		t.Helper()
		for r.count(func(l slack.Line) bool { return l.Kind == slack.LineAck && l.Type == "interactive" }) < n {
			<-r.sim.Changed()
		}
	}
	r.browse("/c/C0OPS/shortcut", url.Values{"as": {"U0BOB"}, "message": {ts}, "callback": {slack.DefaultShortcut}})
	acked(1)
	if got := a.last(); got.Type != slackgo.InteractionTypeMessageAction || got.CallbackID != slack.DefaultShortcut || got.Message.Timestamp != ts || got.User.ID != "U0BOB" {
		t.Errorf("the app was told %+v", got)
	}
	r.browse("/c/C0OPS/press", url.Values{"as": {"U0BOB"}, "message": {ts}, "label": {"the b"}})
	acked(2)
	if got := a.last().ActionCallback.BlockActions[0]; got.SelectedOption.Value != "b" || got.ActionID != "m" || got.BlockID != "menu" {
		t.Errorf("the app was told %+v", got)
	}
}

// The page shows a form, looks for values, keeps what was typed and submits it, without a script.
func TestFormPage(t *testing.T) {
	r, a := opened(t)
	frame := r.browse("/c/C0OPS/messages?as=U0ANN", nil)
	for _, want := range []string{"Label of text", `value="as before"`, `<option value="a">the a`, `type="date"`, `type="radio"`, `type="checkbox"`, `name="find" value="live"`} {
		if !strings.Contains(frame, want) {
			t.Errorf("the form lacks %s:\n%s", want, frame)
		}
	}
	if strings.Contains(frame, `http-equiv="refresh"`) {
		t.Error("the page is loaded again while a person types")
	}
	if others := r.browse("/c/C0OPS/messages?as=U0BOB", nil); strings.Contains(others, "Label of text") {
		t.Error("bob sees the form of ann")
	}
	form, _ := r.sim.Form("U0ANN")
	a.answers = []any{map[string]any{"options": []any{option("z")}}}
	r.browse("/c/C0OPS/form", url.Values{"as": {"U0ANN"}, "view": {form.View}, "field.text": {"", "typed"}, "find": {"live"}, "search.live": {"zz"}})
	if frame = r.browse("/c/C0OPS/messages?as=U0ANN", nil); !strings.Contains(frame, `value="typed"`) || !strings.Contains(frame, "the z") || a.last().Value != "zz" {
		t.Errorf("after the search:\n%s", frame)
	}
	if old := r.browse("/c/C0OPS/form", url.Values{"as": {"U0ANN"}, "view": {"V0OLD"}}); !strings.Contains(old, "Another form is open now") {
		t.Errorf("an old form:\n%s", old)
	}
	r.browse("/c/C0OPS/form", url.Values{"as": {"U0ANN"}, "view": {form.View}, "field.select": {"", "b"}, "field.checks": {"", "y"}, "field.live": {"", "z"}})
	values := a.last().View.State.Values
	if values["text"]["v"].Value != "typed" || values["select"]["v"].SelectedOption.Value != "b" || len(values["checks"]["v"].SelectedOptions) != 1 || values["live"]["v"].SelectedOption.Value != "z" {
		t.Errorf("submitted %+v", values)
	}
	if _, open := r.sim.Form("U0ANN"); open {
		t.Error("the form is open after it was taken")
	}
}

// The control API does what the page does.
func TestFormControl(t *testing.T) {
	r, a := opened(t)
	control := func(method, path, body string, want int) string {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, r.web.URL+"/_sim/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := r.web.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var text json.RawMessage
		if err := json.NewDecoder(response.Body).Decode(&text); err != nil || response.StatusCode != want {
			t.Errorf("%s: %s %v", path, response.Status, err)
		}
		return string(text)
	}
	if got := control(http.MethodGet, "form?user=U0ANN", "", 200); !strings.Contains(got, `"Label of radio"`) {
		t.Error(got)
	}
	a.answers = []any{map[string]any{"options": []any{option("z")}}}
	if got := control(http.MethodPost, "suggest", `{"user":"U0ANN","field":"Label of live","typed":"z"}`, 200); !strings.Contains(got, "the z") {
		t.Error(got)
	}
	if got := control(http.MethodPost, "submit", `{"user":"U0ANN","values":{}}`, 200); !strings.Contains(got, "required") {
		t.Error(got)
	}
	control(http.MethodPost, "submit", `{"user":"U0ANN","values":{"no such":["x"]}}`, 404)
	control(http.MethodPost, "close", `{"user":"U0ANN"}`, 200)
	control(http.MethodGet, "form?user=U0ANN", "", 404)
	control(http.MethodPost, "submit", `{"user":"U0ANN","values":{}}`, 404)
	control(http.MethodPost, "home", `{"user":"U0ANN"}`, 200)
	control(http.MethodPost, "home", `{"user":"U0ANN","label":"None"}`, 404)
	control(http.MethodGet, "home?user=U0ANN", "", 200)
	control(http.MethodPost, "shortcut", `{"user":"U0ANN","channel":"C0OPS","ts":"1.2","command":"x"}`, 404)
}
