package chat_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// What the desk makes of a line: either one command for the executor, or an answer and no command.
func TestReceive(t *testing.T) {
	tests := []struct {
		name, person, line string
		action             string         // of the command; empty for none
		params             map[string]any // of the command
		answer             string         // part of the answer
		never              string         // must not be in the answer
	}{
		{name: "a command", person: "ann", line: "lab get irene1", action: "lab.get", params: map[string]any{"host": "irene1"}},
		{name: "a fixed parameter", person: "ann", line: "lab drain irene1", action: "lab.set", params: map[string]any{"host": "irene1", "status": "draining"}},
		{name: "a template in a fixed parameter", person: "ann", line: "lab mark irene1", action: "lab.set", params: map[string]any{"host": "irene1", "status": "console:ann"}},
		{name: "a template that fails", person: "ann", line: "lab miss irene1", answer: "There is no nobody."},
		{name: "a permitted read", person: "bob", line: "lab get irene1", action: "lab.get", params: map[string]any{"host": "irene1"}},
		{name: "a forbidden change", person: "bob", line: "lab set irene1 draining", answer: "console:bob may not run lab.set."},
		{name: "a forbidden change with a fault", person: "bob", line: "lab set irene1 draining count=many", answer: "console:bob may not run lab.set.", never: "many"},
		{name: "a stranger", person: "eve", line: "lab get irene1", answer: "console:eve may not run lab.get.", never: "host"},
		{name: "a fault in a parameter", person: "ann", line: "lab set irene1 draining count=many", answer: "The parameter count cannot be \"many\": it takes an integer"},
		{name: "with its usage", person: "ann", line: "lab set irene1 draining count=many", answer: "lab set <host> <status>"},
		{name: "and an example", person: "ann", line: "lab set irene1 draining count=many", answer: "lab set irene1 draining\n"},
		{name: "an unknown line", person: "ann", line: "lab sett irene1 draining", answer: `lab set <host> <status>   ("sett" is written "set")`},
		{name: "suggests only what is visible", person: "bob", line: "lab sett irene1 draining", answer: "I do not know", never: "set <host>"},
		{name: "suggests nothing to a stranger", person: "eve", line: "lab gett irene1", answer: "I do not know", never: "<host>"},
		{name: "a long unknown line is cut", person: "ann", line: strings.Repeat("x", 500), answer: strings.Repeat("x", 80) + `…"`, never: strings.Repeat("x", 81)},
		{name: "an ambiguous line", person: "ann", line: "lab twin irene1", answer: "(lab.twin_b)"},
		{name: "ambiguous, of which one is visible", person: "bob", line: "lab twin irene1", answer: "(lab.twin_a)", never: "twin_b"},
		{name: "ambiguous, of which none is visible", person: "bob", line: "lab double irene1", answer: "I do not know", never: "(lab.double"},
		{name: "a question", person: "bob", line: "whoami", answer: "You are console:bob."},
		{name: "a question of a stranger", person: "eve", line: "whoami", answer: "console:eve may not run core.whoami."},
		{name: "a bad question", person: "ann", line: "executions 0", answer: "The parameter limit cannot be"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			answer := w.says(t, test.person, test.line)
			if test.action == "" {
				checkRefused(t, w, answer, test.answer, test.never)
				return
			}
			want := []executor.Command{{
				Action: test.action, Params: test.params, Identity: bot.Identity{ID: "console:" + test.person},
				Origin: bot.Origin{Adapter: "console", User: test.person}, Text: test.line, Dedupe: "console//d1",
				Alias: strings.Join(strings.Fields(test.line)[:2], "."),
			}}
			if diff := cmp.Diff(want, w.accepted); diff != "" {
				t.Errorf("accepted (-want +got):\n%s", diff)
			}
			if answer.Execution == "" || answer.Reply != nil {
				t.Errorf("answer %+v, want the execution's id alone", answer)
			}
		})
	}
}

func checkRefused(t *testing.T, w *world, answer bot.Answer, want, never string) {
	t.Helper()
	if len(w.accepted) > 0 || answer.Execution != "" {
		t.Errorf("accepted %+v", w.accepted)
	}
	got := words(answer)
	if !strings.Contains(got, want) {
		t.Errorf("the answer has no %q:\n%s", want, got)
	}
	if never != "" && strings.Contains(got, never) {
		t.Errorf("the answer has %q:\n%s", never, got)
	}
	if answer.Reply == nil || !answer.Reply.Private {
		t.Error("the answer is not for the sender alone")
	}
}

// Each match of a message is a command with a dedupe key of its own, the same ones when the message is delivered again.
func TestReceiveSeveralMatches(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.says(t, "bob", "see OPS-12 and OPS-7, please")
	}
	var got []string
	for _, c := range w.accepted {
		got = append(got, c.Dedupe+" "+c.Params["host"].(string))
	}
	want := []string{"console//d1 OPS-12", "console//d1#1 OPS-7", "console//d1 OPS-12", "console//d1#1 OPS-7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
}

// A message that could not be made durable is an error, so that the platform delivers it again. Everything else is an answer.
func TestReceiveFaults(t *testing.T) {
	tests := []struct {
		name   string
		fault  error
		isErr  bool
		answer string
	}{
		{"the store is away", bot.E(bot.CodeUnavailable, "test", "The store cannot be reached.", nil), true, ""},
		{"the store is slow", bot.E(bot.CodeTimeout, "test", "", nil), true, ""},
		{"the bot is being stopped", bot.E(bot.CodeCanceled, "test", "", nil), true, ""},
		{"not runnable", bot.E(bot.CodeUnsupported, "test", "lab.get cannot run here: runner python-script.", nil), false, "lab.get cannot run here: runner python-script."},
		{"refused by its parameters", bot.E(bot.CodeInvalid, "test", "The host is wrong.", nil), false, "The host is wrong.\nIt is written like this:\nlab get <host>"},
		{"a fault of ours", errors.New("pointer 0xdead at line 7"), false, "Something unexpected happened."},
	}
	for _, test := range tests {
		for _, line := range []string{"lab get irene1", "executions"} {
			t.Run(test.name+" at "+line, func(t *testing.T) {
				w := newWorld(t)
				w.fault = test.fault
				answer, err := w.desk.Receive(t.Context(), message("ann", line))
				if (err != nil) != test.isErr {
					t.Fatalf("error %v, want one: %t", err, test.isErr)
				}
				first, _, _ := strings.Cut(test.answer, "\n")
				if got := words(answer); !strings.Contains(got, first) || strings.Contains(got, "0xdead") {
					t.Errorf("answer %q, want %q", got, test.answer)
				}
				if !test.isErr && line != "executions" && !strings.Contains(words(answer), test.answer) {
					t.Errorf("answer %q, want %q", words(answer), test.answer)
				}
			})
		}
	}
}

// An alias that wants neither an ack nor a result leaves nothing to wait for.
func TestSilentAlias(t *testing.T) {
	for name, tt := range map[string]struct {
		ack, result bool
		answered    bool
	}{
		"both":    {true, true, true},
		"ack":     {true, false, true},
		"result":  {false, true, true},
		"neither": {false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, a := range w.content.Listed {
				a.Ack.Enabled, a.Result.Enabled = tt.ack, tt.result
			}
			answer := w.says(t, "ann", "lab get irene1")
			if (answer.Execution != "") != tt.answered || answer.Reply != nil {
				t.Errorf("answer %+v", answer)
			}
			if want := (bot.Silence{Ack: !tt.ack, Result: !tt.result}); len(w.accepted) != 1 || w.accepted[0].Silence != want {
				t.Errorf("accepted %+v", w.accepted)
			}
		})
	}
}
