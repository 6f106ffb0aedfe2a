//go:build fault

package fault_test

import (
	"slices"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

var start = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func shown(second int, kind chat.LineKind, execution, status string) chat.Line {
	final := status != "running"
	return chat.Line{Time: at(second), Kind: kind, Key: execution, Result: chat.Result{Execution: execution, Status: status, Final: final}}
}

func effect(second int, host, status string) clary.Line {
	return clary.Line{Time: at(second), Host: host, Status: status}
}

// The mutants show that the checker finds what real processes do wrong. This shows that each rule finds its fault, and no other one.
func TestCheck(t *testing.T) {
	acked := []chat.Line{{Kind: chat.LineAck, Time: at(1)}}
	done := []chat.Line{shown(2, chat.LinePost, "e1", "running"), shown(5, chat.LineEdit, "e1", "succeeded")}
	for _, tt := range []struct {
		name    string
		command fault.Command
		firings []fault.Firing
		want    string
	}{
		{"well", fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Acks: acked, Posts: done, Effects: []clary.Line{effect(3, "n1", "")}}, nil, ""},
		{"never taken", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}}, nil, ""},
		{"acked and forgotten", fault.Command{Kind: fault.Echo, Acks: acked}, nil, fault.AckedIsKept},
		{"no end", fault.Command{Kind: fault.Echo, Acks: acked, Posts: done[:1]}, nil, fault.OneEnd},
		{"effect without an ack or an end", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}, Effects: []clary.Line{effect(3, "n1", "x")}}, nil, fault.OneEnd},
		{"comment twice", fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Posts: done, Effects: []clary.Line{effect(3, "n1", ""), effect(4, "n1", "")}}, nil, fault.FewEffects},
		{"the same status twice", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}, Posts: done, Effects: []clary.Line{effect(3, "n1", "x"), effect(4, "n1", "x")}}, nil, ""},
		{"two statuses", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}, Posts: done, Effects: []clary.Line{effect(3, "n1", "x"), effect(4, "n1", "y")}}, nil, fault.FewEffects},
		{"a stranger's host", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}, Posts: done, Effects: []clary.Line{effect(3, "n1", "x"), effect(3, "n2", "x")}}, nil, fault.FewEffects},
		{"succeeded without effect", fault.Command{Kind: fault.Set, Hosts: []string{"n1", "n2"}, Posts: done, Effects: []clary.Line{effect(3, "n1", "x")}}, nil, fault.TrueEnds},
		{"failed with effect", fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Posts: []chat.Line{shown(5, chat.LinePost, "e1", "failed")}, Effects: []clary.Line{effect(3, "n1", "")}}, nil, fault.TrueEnds},
		{"abandoned for nothing", fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Said: at(0), Posts: []chat.Line{shown(5, chat.LinePost, "e1", "abandoned")}}, nil, fault.TrueEnds},
		{
			"abandoned after a death",
			fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Said: at(0), Posts: []chat.Line{shown(5, chat.LinePost, "e1", "abandoned")}},
			[]fault.Firing{{Time: at(2), Do: failpoint.Kill}},
			"",
		},
		{"told to type it again", fault.Command{Kind: fault.Echo, Posts: append(slices.Clone(done), chat.Line{Time: at(1), Kind: chat.LinePost, Key: "busy/m1"})}, nil, fault.TrueEnds},
		{"late", fault.Command{Kind: fault.Set, Hosts: []string{"n1"}, Posts: done, Effects: []clary.Line{effect(6, "n1", "x")}}, nil, fault.NoneAfter},
		{"two executions", fault.Command{Kind: fault.Echo, Posts: append(slices.Clone(done), shown(6, chat.LinePost, "e2", "succeeded"))}, nil, fault.OneMessage},
		{"posted twice", fault.Command{Kind: fault.Echo, Posts: append(slices.Clone(done), shown(6, chat.LinePost, "e1", "succeeded"))}, nil, fault.OneMessage},
		{"another end", fault.Command{Kind: fault.Echo, Posts: append(slices.Clone(done), shown(6, chat.LineEdit, "e1", "failed"))}, nil, fault.OneMessage},
		{"running after its end", fault.Command{Kind: fault.Echo, Posts: append(slices.Clone(done), shown(6, chat.LineEdit, "e1", "running"))}, nil, fault.OneMessage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := fault.Check(&fault.History{Commands: []*fault.Command{&tt.command}, Firings: tt.firings})
			for _, v := range found {
				if v.Invariant != tt.want {
					t.Errorf("found %+v, want %q", v, tt.want)
				}
			}
			if tt.want != "" && len(found) == 0 {
				t.Errorf("found nothing, want %q", tt.want)
			}
		})
	}
}

// Of several violations the one that is told has the shortest history.
func TestShortest(t *testing.T) {
	long := fault.Command{Kind: fault.Echo, Text: "long", Posts: []chat.Line{shown(1, chat.LinePost, "e1", "running"), shown(2, chat.LineEdit, "e1", "running")}}
	short := fault.Command{Kind: fault.Echo, Text: "short", Acks: []chat.Line{{Kind: chat.LineAck}}}
	h := &fault.History{Commands: []*fault.Command{&long, &short}}
	if v, story := fault.Shortest(fault.Check(h), nil); v.Invariant != fault.AckedIsKept || story == "" {
		t.Errorf("got %+v:\n%s", v, story)
	}
}
