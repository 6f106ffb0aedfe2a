package chat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
)

// A line that lacks values is not run: it is answered with what is lacking, and with a form that asks for it.
func TestLackingLine(t *testing.T) {
	tests := []struct {
		name, person, line string
		says               string
		asks               []string // the form's fields; nil for no form
	}{
		{"nothing given", "ann", "lab set", "The line is not complete: host and status are missing.", []string{"host", "status", "token", "count"}},
		{"something given", "ann", "LAB set irene1", "The line is not complete: status is missing.", []string{"status", "token", "count"}},
		{"fixed by the alias", "ann", "lab drain", "The line is not complete: host is missing.", []string{"host", "token", "count"}},
		{"a command of the desk", "ann", "rerun", "The line is not complete: id is missing.", nil},
		{"the first words fit several", "ann", "lab", "I do not know", nil},
		{"two aliases fit equally well", "ann", "lab double", "I do not know", nil},
		{"not visible to this person", "bob", "lab set irene1", "I do not know", nil},
		{"visible to nobody like this", "eve", "lab get", "I do not know", nil},
		{"a value that is wrong", "ann", "lab set irene1 draining count=many", `The parameter count cannot be "many"`, []string{"token", "count"}},
		{"a secret in the line", "ann", "lab set irene1 draining token=x count=many", `The parameter count cannot be "many"`, nil},
		{"a refusal asks nothing", "bob", "lab set irene1 draining", "may not run", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			answer := w.says(t, test.person, test.line)
			if len(w.accepted) != 0 || !strings.Contains(words(answer), test.says) {
				t.Fatalf("accepted %v and said\n%s", w.accepted, words(answer))
			}
			var asks []string
			if answer.Form != nil {
				for _, f := range answer.Form.Fields {
					asks = append(asks, f.Name)
				}
				if answer.Form.Command != test.line {
					t.Errorf("the form completes %q", answer.Form.Command)
				}
			}
			if test.asks != nil && !slices.Equal(asks, test.asks) {
				t.Errorf("it asks for %q, want %q", asks, test.asks)
			}
			if test.asks == nil && strings.HasPrefix(test.says, "I do not know") && asks != nil {
				t.Errorf("it asks for %q", asks)
			}
			if strings.Contains(test.line, "token=") && answer.Form != nil {
				t.Error("a form carries a secret")
			}
		})
	}
}

// What a form holds completes its line, is checked like what is typed, and complaints go to its fields.
func TestSubmittedForm(t *testing.T) {
	submit := func(w *world, person, line string, values map[string]string) bot.Answer {
		m := message(person, line)
		m.Values = values
		answer, err := w.desk.Receive(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	w := newWorld(t)
	submit(w, "ann", "lab set irene1", map[string]string{"status": "draining", "count": "3"})
	submit(w, "ann", "lab drain", map[string]string{"host": "irene1"})
	submit(w, "ann", "lab set irene1 draining count=many", map[string]string{"count": "4"})
	want := []map[string]any{
		{"host": "irene1", "status": "draining", "count": int64(3)},
		{"host": "irene1", "status": "draining"},
		{"host": "irene1", "status": "draining", "count": int64(4)},
	}
	for i, c := range w.accepted {
		if diff := cmp.Diff(want[i], c.Params); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
	if len(w.accepted) != len(want) {
		t.Fatalf("accepted %v", w.accepted)
	}

	refused := submit(w, "ann", "lab set irene1", map[string]string{"status": "draining", "count": "many", "colour": "red"})
	if len(w.accepted) != len(want) || !strings.Contains(refused.Faults["count"], "integer") || refused.Faults["colour"] == "" || refused.Faults["status"] != "" {
		t.Errorf("faults %q after %d accepted", refused.Faults, len(w.accepted))
	}
	// An alias fixes its parameter whatever a form says.
	submit(w, "ann", "lab drain", map[string]string{"host": "irene1", "status": "production"})
	if got := w.accepted[len(w.accepted)-1].Params["status"]; got != "draining" {
		t.Errorf("a form set what the alias fixes to %v", got)
	}
	before := len(w.accepted)
	if submit(w, "bob", "lab set irene1", map[string]string{"status": "draining"}); len(w.accepted) != before {
		t.Error("a form let somebody run what he may not")
	}
}

func TestSuggest(t *testing.T) {
	w := newWorld(t)
	at := func(person string) bot.Origin { return message(person, "").Origin }
	if got, want := w.desk.Suggest(t.Context(), bot.Typing{Origin: at("ann"), Command: "lab get", Field: "host", Prefix: "irene", Limit: 5}), []string{"host-1", "irene2"}; !slices.Equal(got, want) {
		t.Errorf("suggests %q, want %q", got, want)
	}
	if got := w.desk.Suggest(t.Context(), bot.Typing{Origin: at("ann"), Command: "lab get", Field: "host", Prefix: "irene", Limit: 1}); len(got) != 1 {
		t.Errorf("suggests %q, more than one", got)
	}
	if got := w.desk.Suggest(t.Context(), bot.Typing{Origin: at("eve"), Command: "lab get", Field: "host", Prefix: "irene", Limit: 5}); got != nil {
		t.Errorf("tells eve %q", got)
	}
	answer := w.says(t, "ann", "lab get")
	if answer.Form == nil || !answer.Form.Fields[0].Live || !answer.Form.Fields[0].Required {
		t.Errorf("the form is %+v", answer.Form)
	}
}

// TestLiveFields: only what the handler has values for is looked up while one types; the rest is a field to type in.
func TestLiveFields(t *testing.T) {
	w := newWorld(t)
	actions := w.content.Actions.(catalog)
	set := actions["lab.set"]
	set.Handler.Complete, set.Handler.Completes = actions["lab.get"].Handler.Complete, []string{"host"}
	actions["lab.set"] = set
	answer := w.says(t, "ann", "lab set")
	if answer.Form == nil {
		t.Fatal("there is no form")
	}
	live := map[string]bool{}
	for _, f := range answer.Form.Fields {
		live[f.Name] = f.Live
	}
	if len(live) < 2 || !live["host"] {
		t.Errorf("live are %v", live)
	}
	delete(live, "host")
	for name, is := range live {
		if is {
			t.Errorf("%s is live, and nobody knows values for it", name)
		}
	}
	if got := w.desk.Suggest(t.Context(), bot.Typing{Origin: message("ann", "").Origin, Command: "lab set", Field: "status", Limit: 5}); got != nil {
		t.Errorf("for the status it suggests %q", got)
	}
}
