package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/freeze"
)

// freezer stands in for the keeper of freezes.
type freezer struct {
	list     []freeze.Freeze
	declared []freeze.Wish
	lifted   []string
}

func (f *freezer) List(context.Context) ([]freeze.Freeze, error) { return f.list, nil }

func (f *freezer) Declare(_ context.Context, w freeze.Wish) (freeze.Freeze, error) {
	f.declared = append(f.declared, w)
	return freeze.Freeze{ID: doneID, Reason: w.Reason, Scope: w.Scope, By: w.By, Since: at, Until: at.Add(w.For)}, nil
}

func (f *freezer) Lift(_ context.Context, prefix string, who bot.Identity, _ bot.Origin) (freeze.Freeze, error) {
	f.lifted = append(f.lifted, prefix+" by "+who.ID)
	return freeze.Freeze{ID: doneID}, nil
}

func TestFreeze(t *testing.T) {
	w := newWorld(t)
	w.content.Groups = map[string]string{"gpu": "g[1-2]"}
	if got := words(w.says(t, "bob", "freezes")); got != "Nothing is frozen.\n" {
		t.Errorf("got %q", got)
	}
	a := w.says(t, "ann", `freeze "the release" 2h pack:lab nodes:@gpu`)
	want := "console:ann froze pack:lab nodes:g[1-2] until 2026-03-04 07:06:07 UTC: the release. " +
		"What changes something there is refused until then; what is at work goes on. Type unfreeze " + doneID + " to end it sooner.\n"
	if diff := cmp.Diff(want, words(a)); diff != "" || a.Reply.Private {
		t.Errorf("private %t: %s", a.Reply.Private, diff)
	}
	wish := freeze.Wish{
		Reason: "the release", For: 2 * time.Hour, Scope: freeze.Scope{Pack: "lab", Nodes: "g[1-2]"},
		By: bot.Identity{ID: "console:ann"}, Origin: bot.Origin{Adapter: "console", User: "ann"},
	}
	if diff := cmp.Diff([]freeze.Wish{wish}, w.freezer.declared); diff != "" {
		t.Error(diff)
	}
	w.freezer.list = []freeze.Freeze{{ID: doneID, Reason: "the release", By: wish.By, Since: at, Until: at.Add(time.Hour)}}
	want = `freeze | scope | who | why | since | until
1a1f9287b336000000000001 | everything | console:ann | the release | 2026-03-04 05:06:07 UTC | 2026-03-04 06:06:07 UTC
`
	if diff := cmp.Diff(want, words(w.says(t, "bob", "freezes"))); diff != "" {
		t.Error(diff)
	}
	if got := words(w.says(t, "ann", "unfreeze "+doneID[:8])); !strings.Contains(got, "is over") {
		t.Errorf("got %q", got)
	}
	if diff := cmp.Diff([]string{doneID[:8] + " by console:ann"}, w.freezer.lifted); diff != "" {
		t.Error(diff)
	}
}

func TestFreezeRefused(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ person, line, want string }{
		{"bob", "freeze release 2h", "console:bob may not run core.freeze."},
		{"bob", "unfreeze 1a1f9287", "console:bob may not run core.unfreeze."},
		{"ann", "freeze release soon", `"soon" is not a length of time.`},
		{"ann", "freeze release 2h lab", `"lab" is no scope.`},
	} {
		if got := words(w.says(t, test.person, test.line)); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
	if len(w.freezer.declared)+len(w.freezer.lifted) != 0 {
		t.Errorf("it was done: %v %v", w.freezer.declared, w.freezer.lifted)
	}
}

// A word in front of a line changes how the line is meant and nothing else: permission, parameters and suggestions are as without it.
func TestWordInFront(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		person, line string
		want         string // a part of the answer; empty where it is accepted
	}{
		{"ann", `dry-run lab set "irene1" draining token=x`, ""},
		{"ann", `break-glass lab set irene1 draining`, ""},
		{"bob", "dry-run lab set irene1 draining", "console:bob may not run lab.set."},
		{"bob", "break-glass lab get irene1", "console:bob may not run core.break_glass."},
		{"ann", "dry-run whoami", "core.whoami is answered by the bot itself. Type it without dry-run."},
		{"ann", "dry-run dry-run lab get irene1", "core.dry_run is answered by the bot itself."},
		{"ann", "break-glass lab st irene1", `I do not know "lab st irene1".`},
		{"ann", "dry-run lab set irene1 draining count=many", "count"},
	} {
		before := len(w.accepted)
		got := words(w.says(t, test.person, test.line))
		if accepted := len(w.accepted) > before; accepted != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: accepted %t, got %q, want %q", test.line, accepted, got, test.want)
		}
	}
	dry, glass := w.accepted[0], w.accepted[1]
	if !dry.DryRun || dry.BreakGlass || dry.Alias != "" || dry.Text != `dry-run lab set "irene1" draining token=x` || dry.Params["host"] != "irene1" || dry.Params["token"] != "x" {
		t.Errorf("the dry run is %+v", dry)
	}
	if glass.DryRun || !glass.BreakGlass || glass.Alias != "lab.set" || glass.Text != "break-glass lab set irene1 draining" {
		t.Errorf("the other is %+v", glass)
	}
}
