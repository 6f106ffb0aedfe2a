//go:build fault

package fault_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

func leads(tag string, effects ...clary.Line) *fault.Command {
	done := []chat.Line{shown(60, chat.LinePost, "e"+tag, "succeeded")}
	return &fault.Command{Tag: tag, Kind: fault.Ensure, Hosts: []string{"n1", "n2"}, Posts: done, Effects: effects}
}

func TestCheckOverlaps(t *testing.T) {
	comment := &fault.Command{Kind: fault.Comment, Hosts: []string{"n1"}, Posts: []chat.Line{shown(60, chat.LinePost, "e9", "succeeded")}, Effects: []clary.Line{effect(3, "n1", "")}}
	first := leads("c1", effect(2, "n1", "x"), effect(4, "n2", "x"))
	for _, tt := range []struct {
		name    string
		other   *fault.Command
		firings []fault.Firing
		want    int
	}{
		{"one after the other", leads("c2", effect(5, "n1", "y"), effect(6, "n2", "y")), nil, 0},
		{"in between", leads("c2", effect(3, "n1", "y")), nil, 1},
		{"in between on a host that is still to come", leads("c2", effect(3, "n2", "y")), nil, 1},
		{"each in the other", leads("c2", effect(3, "n1", "y"), effect(5, "n2", "y")), nil, 2},
		{"after a death", leads("c2", effect(3, "n1", "y")), []fault.Firing{{Time: at(2).Add(time.Millisecond), Do: failpoint.Kill}}, 0},
		{"a comment", comment, nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := fault.Check(&fault.History{Commands: []*fault.Command{first, tt.other}, Firings: tt.firings})
			for _, v := range found {
				if v.Invariant != fault.NoOverlap {
					t.Errorf("violation of %s: %s", v.Invariant, v.What)
				}
			}
			if len(found) != tt.want {
				t.Errorf("%d violations, want %d", len(found), tt.want)
			}
		})
	}
}

func TestCheckAudit(t *testing.T) {
	e := effect(3, "n1", "x")
	e.RequestID = "e1"
	for _, tt := range []struct {
		name string
		log  *fault.AuditLog
		want int
	}{
		{"not read", nil, 0},
		{"announced", &fault.AuditLog{Will: map[string]time.Time{"e1": at(2)}}, 0},
		{"announced too late", &fault.AuditLog{Will: map[string]time.Time{"e1": at(4)}}, 1},
		{"another was announced", &fault.AuditLog{Will: map[string]time.Time{"e2": at(2)}}, 1},
		{"broken", &fault.AuditLog{Will: map[string]time.Time{"e1": at(2)}, Broken: "Line 1 was changed."}, 1},
		{"a secret", &fault.AuditLog{Will: map[string]time.Time{"e1": at(2)}, Secret: "tape"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := &fault.History{Commands: []*fault.Command{leads("c1", e)}, Audit: tt.log}
			found := fault.Check(h)
			for _, v := range found {
				if v.Invariant != fault.WillBefore {
					t.Errorf("violation of %s: %s", v.Invariant, v.What)
				}
			}
			if len(found) != tt.want {
				t.Fatalf("%d violations, want %d", len(found), tt.want)
			}
			if tt.want > 0 {
				if _, story := fault.Shortest(found, nil); story == "" {
					t.Error("no story is told")
				}
			}
		})
	}
}
