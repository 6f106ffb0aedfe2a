//go:build fault

package fault_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/sim/chat"
)

func TestCheckMissed(t *testing.T) {
	done := []chat.Line{shown(5, chat.LinePost, "e1", "succeeded")}
	mark := []chat.Line{{Kind: chat.LineMark, Mark: "🕒", Time: at(4)}}
	for _, tt := range []struct {
		name    string
		command fault.Command
		want    int
	}{
		{"answered", fault.Command{Must: true, Posts: done}, 0},
		{"not kept for the bot", fault.Command{}, 0},
		{"never taken", fault.Command{Must: true}, 1},
		{"late and marked", fault.Command{Late: true, Marks: mark, Posts: done}, 0},
		{"late and marked as in time", fault.Command{Late: true, Marks: []chat.Line{{Mark: "👀"}}, Posts: done}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.command.Kind = fault.Echo
			expect(t, &fault.History{Commands: []*fault.Command{&tt.command}}, fault.NothingMissed, tt.want)
		})
	}
}

func TestCheckOrder(t *testing.T) {
	root := &fault.Command{Kind: fault.Echo, Message: "C/1", Said: at(0), Acks: []chat.Line{{Time: at(0)}}, Posts: []chat.Line{shown(3, chat.LinePost, "e1", "succeeded")}}
	for _, tt := range []struct {
		name  string
		other fault.Command
		want  int
	}{
		{"after it", fault.Command{Thread: "C/1", Said: at(1), Posts: []chat.Line{shown(4, chat.LinePost, "e2", "succeeded")}}, 0},
		{"before it", fault.Command{Thread: "C/1", Said: at(1), Posts: []chat.Line{shown(2, chat.LinePost, "e2", "succeeded")}}, 1},
		{"in another thread", fault.Command{Message: "C/2", Said: at(1), Posts: []chat.Line{shown(2, chat.LinePost, "e2", "succeeded")}}, 0},
		{"written before the first was taken", fault.Command{Thread: "C/1", Said: at(0), Posts: []chat.Line{shown(2, chat.LinePost, "e2", "succeeded")}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.other.Kind = fault.Echo
			expect(t, &fault.History{Commands: []*fault.Command{root, &tt.other}}, fault.InOrder, tt.want)
		})
	}
}

func TestCheckHaste(t *testing.T) {
	expect(t, &fault.History{Hasty: []string{"chat.update was called too early"}}, fault.LeftAlone, 1)
}

func TestCheckTold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		posts int
		want  int
	}{{"once", 1, 0}, {"never", 0, 1}, {"twice", 2, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			told := &fault.Told{What: "slot 1", At: at(0), Posts: make([]chat.Line, tt.posts)}
			expect(t, &fault.History{Told: []*fault.Told{told}}, fault.ToldOnce, tt.want)
		})
	}
}

// Everybody who clicks is told what became of it, and one click counts where one decision is asked for.
func TestCheckAnswers(t *testing.T) {
	const counts, late = "clary.node.comment e1 is approved and goes on.", "It is approved already."
	started := &fault.Command{
		Kind: fault.Comment, Hosts: []string{"n1"}, Posts: []chat.Line{shown(9, chat.LinePost, "e1", "succeeded")},
		Effects: leads("c1", effect(5, "n1", "")).Effects,
	}
	for _, tt := range []struct {
		name string
		race fault.Race
		want int
	}{
		{"one counts", fault.Race{Kind: fault.TwoClickers, Answers: []string{counts, late}}, 0},
		{"both count", fault.Race{Kind: fault.TwoClickers, Answers: []string{counts, counts}}, 1},
		{"none counts", fault.Race{Kind: fault.TwoClickers, Answers: []string{late, late}}, 1},
		{"one is not told", fault.Race{Kind: fault.TwoClickers, Answers: []string{counts, ""}}, 1},
		{"the own click counts", fault.Race{Kind: fault.ClickSelf, Answers: []string{counts, "Your approval of e1 counts: 1 of 2."}}, 1},
		{"the late one is not told", fault.Race{Kind: fault.ClickExpiry, Answers: []string{""}}, 1},
		{"the late one is told", fault.Race{Kind: fault.ClickExpiry, Answers: []string{"It expired at 10:00:02 UTC and is not run."}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.race.Command = started
			expect(t, &fault.History{Commands: []*fault.Command{started}, Races: []fault.Race{tt.race}}, fault.LegalStart, tt.want)
		})
	}
}

// expect demands so many violations of one invariant and none of another.
func expect(t *testing.T, h *fault.History, invariant string, want int) {
	t.Helper()
	found := fault.Check(h)
	for _, v := range found {
		if v.Invariant != invariant {
			t.Errorf("violation of %s: %s", v.Invariant, v.What)
		}
	}
	if len(found) != want {
		t.Fatalf("%d violations, want %d", len(found), want)
	}
	if want > 0 {
		if _, story := fault.Shortest(found, nil); story == "" {
			t.Error("no story is told")
		}
	}
}

// A wait binds the process that was told of it; one that was on its way already is not blamed.
func TestHasty(t *testing.T) {
	told := slackCall(0, "chat.postMessage", "one")
	told.Wait = 2
	late := slackCall(0, "chat.postMessage", "one")
	late.Time = late.Time.Add(100 * time.Millisecond)
	for _, tt := range []struct {
		name   string
		call   string
		via    string
		second int
		own    int
		others int
	}{
		{"after the wait", "chat.postMessage", "one", 3, 0, 0},
		{"within it", "chat.postMessage", "one", 1, 1, 0},
		{"another method", "chat.update", "one", 1, 0, 0},
		{"another process", "chat.postMessage", "two", 1, 0, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			own, others := fault.Hasty(told, late, slackCall(tt.second, tt.call, tt.via))
			if len(own) != tt.own || others != tt.others {
				t.Errorf("%v, %d", own, others)
			}
		})
	}
}
