//go:build fault

package fault_test

import (
	"slices"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/fault"
	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

// asked is a question whose command came to an end in second 9, with its effects.
func asked(kind fault.QuestionKind, status string, effects ...clary.Line) fault.Question {
	c := &fault.Command{Tag: "c1", Kind: fault.Set, Hosts: []string{"n1"}, Said: at(0), Posts: []chat.Line{shown(9, chat.LinePost, "e1", status)}, Effects: effects}
	return fault.Question{Kind: kind, Command: c, Told: 1}
}

func clicked(user string, from int) fault.Click {
	return fault.Click{User: user, Span: fault.Span{From: at(from), To: at(from + 1)}, Answer: "It counts: 1 of 2."}
}

func said(what audit.What, who ...string) []audit.Entry {
	var list []audit.Entry
	for _, w := range who {
		list = append(list, audit.Entry{What: what, Execution: "e1", Who: w})
	}
	return list
}

func TestCheckQuestions(t *testing.T) {
	two, one := effect(5, "n1", "draining"), effect(3, "n1", "draining")
	both := []fault.Click{clicked("bob", 2), clicked("carl", 4)}
	mute := clicked("bob", 2)
	mute.Answer = ""
	unheard := fault.Click{User: "bob", Span: fault.Span{From: at(2)}}
	for _, tt := range []struct {
		name   string
		q      fault.Question
		clicks []fault.Click
		log    []audit.Entry
		change func(*fault.Question)
		want   []string
	}{
		{"by two", asked(fault.PairAsked, "succeeded", two), both, said(audit.Approved, "bob", "carl"), nil, nil},
		{"by one alone", asked(fault.PairAsked, "succeeded", one), both, said(audit.Approved, "bob", "carl"), nil, []string{fault.LegalStart}},
		{"by one twice", asked(fault.PairAsked, "succeeded", two), both, said(audit.Approved, "bob", "bob"), nil, []string{fault.AskedOnce, fault.AskedOnce}},
		{"a click that does not count", asked(fault.PairAsked, "succeeded", two), both, said(audit.Approved, "carl"), nil, []string{fault.AskedOnce}},
		{"a click that nobody heard", asked(fault.AskAsked, "succeeded"), []fault.Click{unheard}, nil, nil, nil},
		{"a click without an answer", asked(fault.AskAsked, "succeeded"), []fault.Click{mute}, said(audit.Answered, "bob"), nil, []string{fault.AskedOnce}},
		{"a click that was lost", asked(fault.AskAsked, "timeout"), []fault.Click{clicked("bob", 2)}, said(audit.Answered, "bob"), nil, []string{fault.AskedOnce}},
		{"never told", asked(fault.AskAsked, "succeeded"), nil, nil, func(q *fault.Question) { q.Told = 0 }, []string{fault.AskedOnce}},
		{"told twice", asked(fault.AskAsked, "succeeded"), nil, nil, func(q *fault.Question) { q.Told = 2 }, []string{fault.AskedOnce}},
		{"others are asked", asked(fault.RiseAsked, "succeeded", two), both[:1], append(said(audit.Approved, "bob"), said(audit.Escalated, "ann")...), func(q *fault.Question) { q.Raised = 1 }, nil},
		{"others are not asked", asked(fault.RiseAsked, "succeeded", two), both[:1], said(audit.Approved, "bob"), nil, []string{fault.AskedOnce, fault.AskedOnce}},
		{"expired", asked(fault.LateAsked, "timeout"), nil, said(audit.Expired, "ann"), nil, nil},
		{"expired twice", asked(fault.LateAsked, "timeout"), nil, said(audit.Expired, "ann", "ann"), nil, []string{fault.AskedOnce}},
		{"it started all the same", asked(fault.LateAsked, "timeout", two), nil, said(audit.Expired, "ann"), nil, []string{fault.LegalStart}},
		{"a freeze is broken in silence", asked(fault.GlassAsked, "succeeded", two), both[:1], said(audit.Approved, "bob"), nil, []string{fault.AskedOnce}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Clicks = tt.clicks
			if tt.change != nil {
				tt.change(&tt.q)
			}
			log := &fault.AuditLog{Said: tt.log, Will: map[string]time.Time{"": at(1)}}
			var got []string
			for _, v := range fault.Check(&fault.History{Questions: []fault.Question{tt.q}, Audit: log}) {
				got = append(got, v.Invariant)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("violations of %q, want %q", got, tt.want)
			}
		})
	}
}
