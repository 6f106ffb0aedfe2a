package executor_test

import (
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// beat moves the process's clock to its next heartbeat, which must be all that happens, and returns what renewing came to.
func (p *process) beat(s *watchedStore) error {
	p.world.Helper()
	p.settle()
	p.clock.Advance(lease / 3)
	return receive(p.world, s.renewed)
}

// TestHeartbeatKeepsALongRunAlive works for ten leases while somebody else is eager to take over.
func TestHeartbeatKeepsALongRunAlive(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	watched := &watchedStore{Store: w.store(), renewed: make(chan error, 100)}
	p := w.processOn(watched, executor.Options{})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	other := w.store()
	for range 30 {
		w.must(p.beat(watched))
		w.time.Advance(lease / 3)
		if claims, err := other.Claim(w.ctx, claimOf("work")); err != nil || len(claims) > 0 {
			t.Fatalf("somebody else could claim %v (%v)", claims, err)
		}
	}
	it.end <- nil
	if e := p.ended(id, bot.Succeeded); e.Attempts != 1 {
		t.Errorf("it took %d attempts", e.Attempts)
	}
}

// TestLostLeaseStopsTheHandler wakes a process that slept for longer than its lease.
func TestLostLeaseStopsTheHandler(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	p := w.dying()
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	w.time.Advance(lease)
	if cause := tick(p, lease/3, it.stopped); cause.Error() != "another worker owns the execution" {
		t.Errorf("the handler was stopped because %v", cause)
	}
	if s := p.look(id).Status; s != bot.Running {
		t.Errorf("a worker without a lease made it %s", s)
	}
}

// TestStoreAwayForTheHeartbeat: one beat that fails stops nobody, or each hiccup would make an execution of class once abandoned. A
// handler whose lease may be over is stopped though nobody can say whether it is.
func TestStoreAwayForTheHeartbeat(t *testing.T) {
	it := newWork()
	w := newWorld(t, action("it", bot.Once, it))
	watched := &watchedStore{Store: w.store(), renewed: make(chan error, 100)}
	p := w.processOn(watched, executor.Options{})
	p.start(p.Run)
	id := p.accept(command("test.it", nil)).ID
	receive(w, it.began)
	for _, deaf := range []bool{true, false, true, false, true} {
		watched.setDeaf(deaf)
		if err := p.beat(watched); deaf != (err != nil) {
			t.Fatalf("renewing came to %v", err)
		}
	}
	if len(it.stopped) > 0 {
		t.Fatal("one lost beat stopped the handler")
	}
	w.refused(bot.CodeUnavailable, p.beat(watched))
	if cause := receive(w, it.stopped); cause.Error() != "another worker owns the execution" {
		t.Errorf("the handler was stopped because %v", cause)
	}
	if s := p.look(id).Status; s != bot.Running {
		t.Errorf("a worker that cannot be sure of its lease made it %s", s)
	}
}
