package executor_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// A quick action answers once: its first reply is kept back, and the last one goes out at once.
func TestPatience(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{Patience: time.Minute})
	waits := func() time.Duration {
		t.Helper()
		due, some, err := p.store.Due(w.ctx, "outbox/chat")
		w.must(err)
		if !some {
			t.Fatal("nothing is on its way to the chat")
		}
		return due
	}
	id := p.accept(command("test.noop", nil)).ID
	if got := waits(); got != time.Minute {
		t.Errorf("the first reply waits for %s", got)
	}
	p.start(p.Run)
	p.ended(id, bot.Succeeded)
	if got := waits(); got != 0 {
		t.Errorf("the last reply waits for %s", got)
	}
}
