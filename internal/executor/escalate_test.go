package executor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
)

var lead = bot.Identity{ID: "lea", Roles: []string{"lead"}}

// escalated waits until others are asked as well.
func (p *process) escalated(id string) bot.Inquiry {
	p.world.Helper()
	p.world.time.Advance(30 * time.Minute)
	p.does("test.noop", bot.Succeeded) // what wakes the worker loop
	for {
		q, err := p.Inquiry(p.world.ctx, id)
		p.world.must(err)
		if !q.Escalated.IsZero() {
			return q
		}
	}
}

func escalating() policy.Approval {
	return policy.Approval{Users: []string{"bob"}, Escalate: &policy.Escalation{After: 30 * time.Minute, Roles: []string{"lead"}, Channel: "leads"}}
}

func TestEscalation(t *testing.T) {
	p, _, ran, id := asking(t, escalating())
	w := p.world
	_, err := p.Respond(w.ctx, id, response(true, "", lead))
	if told := w.refused(bot.CodeDenied, err); told != "lea may not answer this. Ask bob." {
		t.Errorf("lea is told %q before her time", told)
	}
	q := p.escalated(id)
	if q.Who != "bob, role lead" || !q.Escalated.Equal(q.Created.Add(30*time.Minute)) {
		t.Errorf("%+v", q)
	}
	for _, key := range []string{id, "escalation/" + id} {
		r := w.reply(p.store, key)
		if !offers(r, "approve "+id) || !strings.Contains(strings.Join(texts(r), "\n"), "Nobody decided, so since 03:32:01 UTC it is asked of bob, role lead.") {
			t.Errorf("%s shows %+v", key, r)
		}
	}
	_, err = p.Respond(w.ctx, id, response(true, "", eve))
	w.refused(bot.CodeDenied, err)
	_, err = p.Respond(w.ctx, id, response(true, "bob sleeps", lead))
	w.must(err)
	p.ended(id, bot.Succeeded)
	if ran.Load() != 1 {
		t.Errorf("it ran %d times", ran.Load())
	}
	if r := w.reply(p.store, "escalation/"+id); offers(r, "approve "+id) || !says(r, "lea approved it at 03:32:01 UTC: bob sleeps") {
		t.Errorf("the leads see %+v", r)
	}
	whats, _ := p.audited(audit.Query{Execution: id})
	want := []string{"asked", "waits pending", "refused", "escalated pending", "refused", "approved", "will", "did succeeded"}
	if !slices.Equal(whats, want) {
		t.Errorf("on record are %v, want %v", whats, want)
	}
}

// It is done once, whoever looks how often, and the time to decide does not begin anew.
func TestEscalationIsOnce(t *testing.T) {
	p, _, ran, id := asking(t, escalating())
	w := p.world
	p.escalated(id)
	other := w.process(executor.Options{Owner: "other"})
	other.start(other.Run)
	w.time.Advance(20 * time.Minute)
	other.does("test.noop", bot.Succeeded)
	w.time.Advance(10 * time.Minute)
	p.does("test.noop", bot.Succeeded)
	p.ended(id, bot.Timeout)
	whats, _ := p.audited(audit.Query{Execution: id})
	want := []string{"asked", "waits pending", "escalated pending", "expired pending", "did timeout"}
	if !slices.Equal(whats, want) || ran.Load() != 0 {
		t.Errorf("it ran %d times, and on record are %v, want %v", ran.Load(), whats, want)
	}
	if r := w.reply(p.store, "escalation/"+id); offers(r, "approve "+id) || !says(r, "It is expired.") {
		t.Errorf("the leads see %+v", r)
	}
}

// Without a channel a new message comes where the command was typed, because an edit wakes nobody.
func TestEscalationWithoutAChannel(t *testing.T) {
	a := escalating()
	a.Escalate.Channel = ""
	p, _, _, id := asking(t, a)
	p.escalated(id)
	got := p.world.reply(p.store, "escalation/"+id)
	if !offers(got, "approve "+id) {
		t.Errorf("it shows %+v", got)
	}
}

// A worker that dies while it asks others leaves all of it or nothing.
func TestEscalationSurvivesADeath(t *testing.T) {
	p, _, _, id := asking(t, escalating())
	w := p.world
	claims, err := p.store.Claim(w.ctx, claimOf("work"))
	w.must(err)
	if len(claims) != 0 {
		t.Fatalf("it is due before its time: %+v", claims)
	}
	w.time.Advance(30 * time.Minute)
	claims, err = p.store.Claim(w.ctx, claimOf("work")) // and dies
	w.must(err)
	if len(claims) == 1 { // else the process was quicker
		w.time.Advance(lease)
	}
	p.does("test.noop", bot.Succeeded)
	for {
		q, err := p.Inquiry(w.ctx, id)
		w.must(err)
		if !q.Escalated.IsZero() {
			break
		}
	}
	whats, _ := p.audited(audit.Query{Execution: id})
	if !slices.Equal(whats, []string{"asked", "waits pending", "escalated pending"}) {
		t.Errorf("on record are %v", whats)
	}
	_, err = p.Respond(w.ctx, id, response(true, "", lead))
	w.must(err)
	p.ended(id, bot.Succeeded)
}
