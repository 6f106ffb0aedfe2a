package executor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/policy"
)

// The clock of a process decides nothing: an approval is in time by the store's clock, whatever a process believes, and a jump of the
// store's own clock is never consent.
func TestApprovalWhenAClockJumps(t *testing.T) {
	p, _, ran, id := asking(t, policy.Approval{TTL: time.Hour, Required: 2})
	w := p.world
	p.clock.Advance(30 * 24 * time.Hour) // one machine is a month ahead
	p.does("test.noop", bot.Succeeded)
	_, err := p.Respond(w.ctx, id, response(true, "", bob))
	w.must(err)
	if q, err := p.Inquiry(w.ctx, id); err != nil || q.Answers[0].At != w.time.Now() {
		t.Errorf("the answer is of %s, and the store's time is %s (%v)", q.Answers[0].At, w.time.Now(), err)
	}
	if e := p.look(id); e.Status != bot.Pending || ran.Load() != 0 {
		t.Fatalf("it is %s and ran %d times", e.Status, ran.Load())
	}
	w.time.Advance(365 * 24 * time.Hour) // the store's clock jumps a year
	_, err = p.Respond(w.ctx, id, response(true, "", eve))
	if text := w.refused(bot.CodeConflict, err); !strings.Contains(text, "It expired at") && !strings.Contains(text, "Nothing waits for an answer") {
		t.Errorf("who is late is told %q", text)
	}
	if ran.Load() != 0 {
		t.Error("it ran because time went by")
	}
}

// A confirmation and a question are in time by the store's clock as well.
func TestQuestionWhenAClockJumps(t *testing.T) {
	p, id := questioned(t, map[string]any{"ttl": int64(5)})
	w := p.world
	p.clock.Advance(30 * 24 * time.Hour)
	p.does("test.noop", bot.Succeeded)
	if e := p.look(id); e.Status != bot.Pending {
		t.Fatalf("it is %s", e.Status)
	}
	w.time.Advance(365 * 24 * time.Hour)
	_, err := p.Respond(w.ctx, id, given("yes", bob))
	if text := bot.ErrorText(err); err == nil || text == "" {
		t.Errorf("who is late is told %q", text)
	}
}
