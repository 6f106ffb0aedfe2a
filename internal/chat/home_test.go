package chat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// A home shows what typing would show, and of the questions those that the person can still answer.
func TestHome(t *testing.T) {
	w := newWorld(t)
	for _, a := range []string{"core.executions", "core.inquiries", "core.approve"} {
		action, err := w.content.Actions.Action(a)
		if err != nil {
			t.Fatal(err)
		}
		w.content.Specs = append(w.content.Specs, action.Spec)
	}
	w.list = []bot.Execution{changed("1a1f9287b336000000000001", bot.Running)}
	w.open = []bot.Inquiry{
		{ID: "by bob", Asker: bot.Identity{ID: "console:bob"}},
		{ID: "by ann", Asker: bot.Identity{ID: "console:ann"}},
		{ID: "answered", Asker: bot.Identity{ID: "console:bob"}, Answers: []bot.Approval{{By: "console:ann"}}},
		{ID: "decided", Asker: bot.Identity{ID: "console:bob"}, Decision: bot.Denied},
	}
	home := func(person string) bot.Home {
		h, err := w.desk.Home(t.Context(), message(person, "").Origin)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	ann := home("ann")
	if len(ann.Waiting) != 1 || ann.Waiting[0].ID != "by bob" || len(ann.Recent) != 1 {
		t.Errorf("ann sees %+v and %+v", ann.Waiting, ann.Recent)
	}
	if diff := cmp.Diff([]executor.Filter{{Identity: "console:ann", Limit: 10}}, w.filters); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(ann.Commands, bot.HomeCommand{Line: "lab set", Help: "The alias set"}) {
		t.Errorf("ann may run %v", ann.Commands)
	}
	bob := home("bob")
	if len(bob.Waiting) != 0 || slices.ContainsFunc(bob.Commands, func(c bot.HomeCommand) bool { return strings.HasPrefix(c.Line, "lab set") }) || len(bob.Commands) == 0 {
		t.Errorf("bob sees %+v", bob)
	}
	if eve := home("eve"); len(eve.Commands)+len(eve.Recent)+len(eve.Waiting) != 0 || len(w.denied) != 0 {
		t.Errorf("eve sees %+v; denied %v", eve, w.denied)
	}
	w.fault = bot.E(bot.CodeUnavailable, "test", "The store is away.", nil)
	if _, err := w.desk.Home(t.Context(), message("ann", "").Origin); bot.ErrorCode(err) != bot.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}
