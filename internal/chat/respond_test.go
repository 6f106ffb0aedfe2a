package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/inquiry"
)

// asked is a question about how long a window is, and why.
func asked() bot.Inquiry {
	return bot.Inquiry{
		ID: runningID, Action: "core.ask", Asker: bot.Identity{ID: "console:ann"}, Who: "role oncall", Required: 1, Expires: at,
		Ask: &bot.Question{Schema: map[string]any{
			"type": "object", "description": "How long may it take?",
			"properties": map[string]any{
				"id":  map[string]any{"type": "integer", "required": true, "description": "Hours", "default": int64(2)},
				"why": map[string]any{"type": "string", "enum": []any{"release", "repair"}},
			},
		}},
	}
}

func TestRespondTyped(t *testing.T) {
	for line, want := range map[string]inquiry.Given{
		"inquiry respond 1a1f9287b337 yes":                     {Text: "yes"},
		"inquiry respond 1a1f9287b337 id=3 why='the release'":  {Text: "id=3 why='the release'"},
		`inquiry respond 1a1f9287b337 {"id": 3, "why": "a=b"}`: {Text: `{"id": 3, "why": "a=b"}`},
		`inquiry respond 1a1f9287b337 "in quotes"`:             {Text: `"in quotes"`},
	} {
		w := busy(t)
		w.open = []bot.Inquiry{asked()}
		got := w.says(t, "ann", line)
		if len(w.responses) != 1 || w.responses[0].Answer == nil {
			t.Fatalf("%s: %+v and said %s", line, w.responses, words(got))
		}
		if diff := cmp.Diff(want, *w.responses[0].Answer); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
		if got.Execution != runningID || words(got) != "Your answer to core.ask "+runningID+" is taken.\n" {
			t.Errorf("%s: it said %q about %q", line, words(got), got.Execution)
		}
	}
}

// Without an answer it is asked for: by a form, and in words.
func TestRespondByForm(t *testing.T) {
	w := busy(t)
	w.open = []bot.Inquiry{asked()}
	got := w.says(t, "ann", "inquiry respond 1a1f9287b337")
	want := &bot.Form{
		Title: "Answer core.ask", Text: "How long may it take?", Command: "inquiry respond " + runningID, Submit: "Answer",
		Fields: []bot.FormField{
			{Name: "id", Label: "id", Help: "Hours", Type: "integer", Default: "2"},
			{Name: "why", Label: "why", Type: "string", Options: []string{"release", "repair"}},
		},
	}
	if diff := cmp.Diff(want, got.Form); diff != "" {
		t.Error(diff)
	}
	if len(w.responses) != 0 || !strings.Contains(words(got), "inquiry respond "+runningID+" id=2") {
		t.Errorf("it said %s", words(got))
	}

	// The fields are the answer, also one that has the name of a parameter of the command.
	m := message("ann", got.Form.Command)
	m.Values = map[string]string{"id": "3", "why": "repair"}
	if _, err := w.desk.Receive(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(w.responses) != 1 || !cmp.Equal(w.responses[0].Answer.Fields, m.Values) {
		t.Fatalf("%+v", w.responses)
	}

	// What does not fit is complained about at its field, and asked for again.
	w.refuse = &bot.Error{Code: bot.CodeInvalid, Text: "The parameter id is no number.", Fields: map[string]string{"id": "It is no number."}}
	again, err := w.desk.Receive(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	if again.Faults["id"] != "It is no number." || again.Form == nil || !again.Reply.Problem {
		t.Errorf("%+v", again)
	}
	w.refuse = bot.E(bot.CodeConflict, "test", "It is answered already.", nil)
	if late := w.says(t, "ann", "inquiry respond 1a1f9287b337 5"); late.Form != nil || !late.Reply.Private || words(late) != "It is answered already.\n" {
		t.Errorf("who is late is told %+v", late)
	}
}

// A question that does not say of what its answer is made takes it as one text.
func TestRespondToAnythingByForm(t *testing.T) {
	w := busy(t)
	q := asked()
	q.Ask.Schema = map[string]any{}
	w.open = []bot.Inquiry{q}
	got := w.says(t, "ann", "inquiry respond 1a1f9287b337")
	if got.Form == nil || len(got.Form.Fields) != 1 || got.Form.Fields[0].Name != "response" {
		t.Fatalf("%+v", got.Form)
	}
	m := message("ann", got.Form.Command)
	m.Values = map[string]string{"response": `{"a": 1}`}
	if _, err := w.desk.Receive(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(w.responses) != 1 || w.responses[0].Answer.Text != `{"a": 1}` {
		t.Errorf("%+v", w.responses)
	}
}

func TestRespondNeedsThePermission(t *testing.T) {
	w := busy(t)
	w.open = []bot.Inquiry{asked()}
	checkRefused(t, w, w.says(t, "bob", "inquiry respond 1a1f9287b337 3"), "console:bob may not run core.inquiry.respond.", "")
	if w.responses != nil {
		t.Errorf("somebody who may not answer did: %+v", w.responses)
	}
}

func TestInquiryGet(t *testing.T) {
	w := busy(t)
	w.open = []bot.Inquiry{asked()}
	want := `execution: 1a1f9287b337000000000001
action: core.ask
who asks: console:ann
who may answer: role oncall
until: 2026-03-04 05:06:07 UTC
state: open
id (an integer, default 2): Hours
why (one of release, repair, optional)
To answer, type for example:
inquiry respond 1a1f9287b337000000000001 id=2
`
	if diff := cmp.Diff(want, words(w.says(t, "bob", "inquiry get 1a1f9287b337"))); diff != "" {
		t.Error(diff)
	}
}

// Where a reason is wanted the button opens a form, and what is filled in comes back as the same line.
func TestReasonByForm(t *testing.T) {
	w := busy(t)
	w.refuse = &bot.Error{Code: bot.CodeInvalid, Text: "Say why: type deny " + runningID + " and the reason.", Fields: map[string]string{"reason": "The reason is missing."}}
	got := w.says(t, "ann", "approve 1a1f9287b337 plan=1a2b3c4d")
	if got.Form == nil || got.Form.Command != "approve "+runningID+" plan=1a2b3c4d" {
		t.Fatalf("%+v", got.Form)
	}
	got = w.says(t, "ann", "deny 1a1f9287b337")
	if got.Form == nil || got.Form.Command != "deny "+runningID || got.Form.Submit != "Deny" || got.Form.Fields[0].Name != "reason" {
		t.Fatalf("%+v", got.Form)
	}
	if !strings.Contains(words(got), "Say why") {
		t.Errorf("it said %q", words(got))
	}
	w.refuse, w.responses = nil, nil
	m := message("ann", got.Form.Command)
	m.Values = map[string]string{"reason": "not during the release"}
	if _, err := w.desk.Receive(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if len(w.responses) != 1 || w.responses[0].Yes || w.responses[0].Reason != "not during the release" {
		t.Errorf("%+v", w.responses)
	}
}
