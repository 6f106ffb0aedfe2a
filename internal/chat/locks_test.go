package chat_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

func TestLocks(t *testing.T) {
	w := newWorld(t)
	if got := words(w.says(t, "bob", "locks")); got != "Nothing is locked.\n" {
		t.Errorf("got %q", got)
	}
	w.holds = []executor.Held{
		{Target: "irene1", Execution: doneID, Fence: 7, Why: "lab.set by ann", Since: at},
		{Target: "irene2", By: "ann", Fence: 8, Why: "new memory", Since: at, Until: at.Add(time.Hour)},
		{Target: "irene3", By: "ann", Fence: 8, Why: "new memory", Since: at, Until: at.Add(time.Hour)},
	}
	want := `target | who | why | since | until | fence
irene1 | execution 1a1f9287b336000000000001 | lab.set by ann | 2026-03-04 05:06:07 UTC | it ends | 7
irene2 | ann | new memory | 2026-03-04 05:06:07 UTC | 2026-03-04 06:06:07 UTC | 8
There are more. Type locks 8 to see more of them.
`
	if diff := cmp.Diff(want, words(w.says(t, "bob", "locks 2"))); diff != "" {
		t.Error(diff)
	}
}

func TestLockAndUnlock(t *testing.T) {
	w := newWorld(t)
	w.content.Groups = map[string]string{"gpu": "g[1-2]"}
	want := "g[1-2] is locked until 2026-03-04 07:06:07 UTC. What needs it waits. Type unlock g1 to free it sooner.\n"
	if diff := cmp.Diff(want, words(w.says(t, "ann", "lock @gpu for 2h \"new memory\""))); diff != "" {
		t.Error(diff)
	}
	hand := executor.HandLock{
		Targets: []string{"g1", "g2"}, For: 2 * time.Hour, Reason: "new memory", By: bot.Identity{ID: "console:ann"},
		Origin: bot.Origin{Adapter: "console", User: "ann"},
	}
	if diff := cmp.Diff([]executor.HandLock{hand}, w.locked); diff != "" {
		t.Error(diff)
	}
	if got := words(w.says(t, "ann", "unlock g1")); got != "g1 is free. What waited for it goes on.\n" || len(w.unlocked) != 1 {
		t.Errorf("got %q, %v", got, w.unlocked)
	}
	for line, says := range map[string]string{
		"lock g1 for ages sometime": `"ages" is not a length of time`,
		"lock g[1 for 2h x":         "",
		"unlock g1!g1":              "The node set leaves no target.",
	} {
		checkRefused(t, w, w.says(t, "ann", line), says, "")
	}
	checkRefused(t, w, w.says(t, "bob", "lock g1 for 2h x"), "console:bob may not run core.lock.", "")
	if diff := cmp.Diff([]string{"core.lock to console:bob"}, w.denied); diff != "" {
		t.Errorf("refusals on record: %s", diff)
	}
}

func TestExecutionsThatFit(t *testing.T) {
	w := busy(t)
	w.says(t, "bob", "executions status=failed who=me target=irene1 since=2h until=now action=lab.set")
	want := executor.Filter{
		Status: bot.Failed, Identity: "console:bob", Target: "irene1", Action: "lab.set", Since: at.Add(-2 * time.Hour), Until: at, Limit: 10,
	}
	if diff := cmp.Diff([]executor.Filter{want}, w.filters); diff != "" {
		t.Error(diff)
	}
	checkRefused(t, w, w.says(t, "bob", "executions since=tomorrow"), `"tomorrow" is not a time.`, "")
}

func TestResolve(t *testing.T) {
	w := busy(t)
	if got := words(w.says(t, "ann", "resolve 1a1f9287b336 happened")); got != "It is on record that lab.set 1a1f9287b336000000000001: happened.\n" {
		t.Errorf("got %q", got)
	}
	// Whoever may not run the action may not say what became of it either.
	checkRefused(t, w, w.says(t, "bob", "resolve 1a1f9287b336 happened"), "console:bob may not run core.resolve.", "")
}
