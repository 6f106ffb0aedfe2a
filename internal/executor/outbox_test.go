package executor_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// platform is an adapter that shows messages in a list.
type platform struct {
	// calls gets each call once it has been answered.
	calls chan call
	// before, where it is not nil, may hold a call up or let it fail.
	before func(call) error

	// mu guards the fields below.
	mu     sync.Mutex
	posted int
}

// call is one Post or Edit.
type call struct {
	edit  string // the reference, for an edit
	key   string
	reply bot.Reply
	err   error
}

func newPlatform() *platform { return &platform{calls: make(chan call, 1000)} }

func (p *platform) Name() string { return "chat" }

func (p *platform) Run(ctx context.Context, _ bot.Receiver) error {
	<-ctx.Done()
	return nil
}

func (p *platform) Post(_ context.Context, m bot.Posting) (string, error) {
	c := p.answer(call{key: m.Key, reply: m.Reply})
	if c.err != nil {
		return "", c.err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posted++
	return "message of " + m.Key, nil
}

func (p *platform) Edit(_ context.Context, ref string, m bot.Posting) error {
	return p.answer(call{edit: ref, key: m.Key, reply: m.Reply}).err
}

func (p *platform) answer(c call) call {
	if p.before != nil {
		c.err = p.before(c)
	}
	p.calls <- c
	return c
}

// delivering starts an outbox for the platform.
func (p *process) delivering(to *platform) (stop func()) {
	p.world.Helper()
	return p.start(func(ctx context.Context) error { return p.Deliver(ctx, to) })
}

// pass moves the store's time, and wakes the process up for it, until the platform is called.
func (w *world) pass(p *process, d time.Duration, to *platform) call {
	w.Helper()
	w.time.Advance(d)
	return tick(p, time.Second, to.calls)
}

func TestOneLivingMessage(t *testing.T) {
	it, chat := newWork(), newPlatform()
	w := newWorld(t, action("it", bot.Read, it))
	p := w.process(executor.Options{})
	p.delivering(chat)
	id := p.accept(command("test.it", nil)).ID
	first := receive(w, chat.calls)
	if first.edit != "" || first.key != id || first.reply.Status != bot.Requested {
		t.Fatalf("the first call was %+v", first)
	}
	p.start(p.Run)
	job := receive(w, it.began)
	running := w.pass(p, time.Second, chat)
	if running.edit != "message of "+id || running.reply.Status != bot.Running {
		t.Fatalf("then it was %+v", running)
	}
	job.Progress(bot.Progress{Done: 1, Total: 2})
	if c := w.pass(p, time.Second, chat); !says(c.reply, "1 of 2") {
		t.Fatalf("then it was %+v", c)
	}

	it.end <- nil // no time goes by: the end is shown at once
	last := receive(w, chat.calls)
	if last.edit != "message of "+id || last.reply.Status != bot.Succeeded {
		t.Fatalf("at last it was %+v", last)
	}
	if chat.posted != 1 || len(chat.calls) > 0 {
		t.Errorf("%d messages, %d more calls", chat.posted, len(chat.calls))
	}
}

// TestEditsAtMostOnceASecond changes a reply twice within a second of the store's time.
func TestEditsAtMostOnceASecond(t *testing.T) {
	it, chat := newWork(), newPlatform()
	w := newWorld(t, action("it", bot.Read, it))
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	p.delivering(chat)
	id := p.accept(command("test.it", nil)).ID
	receive(w, chat.calls)
	p.start(p.Run)
	receive(w, it.began)
	if d := w.putOff(watched); d != time.Second {
		t.Errorf("the edit was put off for %s", d)
	}
	if len(chat.calls) > 0 {
		t.Error("the message was edited twice within a second")
	}
	if c := w.pass(p, time.Second, chat); c.edit == "" || c.key != id || c.reply.Status != bot.Running {
		t.Errorf("then it was %+v", c)
	}
	it.end <- nil
}

// TestNewerContentIsDelivered ends the execution while its first message is still on its way.
func TestNewerContentIsDelivered(t *testing.T) {
	held, chat := make(chan bool), newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	posting := make(chan bool)
	chat.before = func(c call) error {
		if c.edit == "" {
			posting <- true
			<-held
		}
		return nil
	}
	p := w.process(executor.Options{})
	p.delivering(chat)
	id := p.accept(command("test.noop", nil)).ID
	receive(w, posting)
	p.start(p.Run)
	p.ended(id, bot.Succeeded)
	held <- true
	if c := receive(w, chat.calls); c.reply.Status != bot.Requested {
		t.Errorf("first it was %+v", c)
	}
	if c := receive(w, chat.calls); c.edit != "message of "+id || c.reply.Status != bot.Succeeded {
		t.Errorf("then it was %+v", c)
	}
}

// putOff waits until a delivery is given back and returns for how long.
func (w *world) putOff(s *watchedStore) time.Duration {
	w.Helper()
	for {
		if b := receive(w, s.committed); len(b.Release) > 0 {
			return b.Release[0].Delay
		}
	}
}

// TestPlatformDown: a reply is tried again, ever more seldom, until it is shown, and then not again.
func TestPlatformDown(t *testing.T) {
	chat := newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	const failures = 8
	n := 0
	chat.before = func(call) error {
		if n++; n <= failures {
			return bot.E(bot.CodeUnavailable, "test.post", "The platform is down.", nil)
		}
		return nil
	}
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	stop := p.delivering(chat)
	receive(w, chat.calls)
	var waits []time.Duration
	for range failures {
		waits = append(waits, w.putOff(watched))
		if c := w.pass(p, waits[len(waits)-1], chat); c.key != id {
			t.Errorf("it posted %+v", c)
		}
	}
	s := time.Second
	if diff := cmp.Diff([]time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 60 * s, 60 * s}, waits); diff != "" {
		t.Error(diff)
	}
	stop()
	if _, some, err := p.store.Due(w.ctx, "outbox/chat"); some || err != nil || chat.posted != 1 {
		t.Errorf("posted %d times, there is more to deliver: %v (%v)", chat.posted, some, err)
	}
}

// TestNewsDoNotShortenTheWait: a platform that is in trouble is left alone though there is something new to show.
func TestNewsDoNotShortenTheWait(t *testing.T) {
	chat := newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	down := true
	chat.before = func(call) error {
		if down {
			return bot.E(bot.CodeRateLimited, "test.post", "Slow down.", nil)
		}
		return nil
	}
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	p.delivering(chat)
	receive(w, chat.calls)
	w.putOff(watched)
	down = false
	_, err := p.Cancel(w.ctx, id, bob)
	w.must(err)
	if d := w.putOff(watched); d != time.Second || len(chat.calls) > 0 {
		t.Errorf("put off for %s after %d calls", d, len(chat.calls))
	}
	if c := w.pass(p, time.Second, chat); c.reply.Status != bot.Canceled {
		t.Errorf("then it was %+v", c)
	}
}

// TestPostIsRecordedLater takes the store away after a post. It is not made again.
func TestPostIsRecordedLater(t *testing.T) {
	for name, trouble := range map[string]trouble{
		"not written": fail(3, ends("outbox/chat")),
		"answer lost": loseAnswers(1, ends("outbox/chat")),
	} {
		t.Run(name, func(t *testing.T) {
			chat := newPlatform()
			w := newWorld(t, action("noop", bot.Read, doer(done)))
			watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
			p := w.processOn(watched, executor.Options{})
			p.accept(command("test.noop", nil))
			receive(w, watched.committed)
			watched.failing(trouble)
			stop := p.delivering(chat)
			tick(p, 250*time.Millisecond, watched.committed)
			stop()
			w.time.Advance(lease)
			p.delivering(chat)
			if _, some, err := p.store.Due(w.ctx, "outbox/chat"); some || err != nil || len(chat.calls) != 1 {
				t.Errorf("%d calls, there is more to deliver: %v (%v)", len(chat.calls), some, err)
			}
		})
	}
}

// TestNothingNew: an entry that came back for nothing, as after a lost answer, calls nobody.
func TestNothingNew(t *testing.T) {
	chat := newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	p.delivering(chat)
	finished := func() {
		for !ends("outbox/chat")(receive(w, watched.committed)) {
			continue
		}
	}
	finished()
	w.time.Advance(time.Minute)
	w.must(p.store.Commit(w.ctx, store.Batch{Enqueue: []store.Entry{{Queue: "outbox/chat", ID: id}}}))
	finished()
	if len(chat.calls) != 1 {
		t.Errorf("%d calls for one state", len(chat.calls))
	}
}

// TestReplyWaitsForItsAdapter: what nobody could post here is posted by the next process that runs the adapter.
func TestReplyWaitsForItsAdapter(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	e := w.running().does("test.noop", bot.Succeeded)
	chat := newPlatform()
	w.process(executor.Options{}).delivering(chat)
	if c := receive(w, chat.calls); c.key != e.ID || c.reply.Status != bot.Succeeded || c.edit != "" {
		t.Errorf("it posted %+v", c)
	}
}

// TestPostIsFinished: an outbox that is stopped finishes the call that it is in.
func TestPostIsFinished(t *testing.T) {
	chat, posting, held := newPlatform(), make(chan bool), make(chan bool)
	chat.before = func(call) error {
		posting <- true
		<-held
		return nil
	}
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.process(executor.Options{})
	stop := p.delivering(chat)
	p.accept(command("test.noop", nil))
	receive(w, posting)
	close(held)
	stop()
	if _, some, err := p.store.Due(w.ctx, "outbox/chat"); some || err != nil || len(chat.calls) != 1 {
		t.Errorf("%d calls, there is more to deliver: %v (%v)", len(chat.calls), some, err)
	}
}

func TestAnnounceOnce(t *testing.T) {
	w := newWorld(t)
	p, chat := w.process(executor.Options{}), newPlatform()
	said := bot.Reply{Title: "The cluster is back."}
	for range 3 {
		w.must(p.Announce(w.ctx, bot.Posting{Key: "event 1", Origin: bot.Origin{Adapter: "chat", Channel: "ops"}, Reply: said}))
	}
	if err := p.Announce(w.ctx, bot.Posting{Key: "event 0", Origin: bot.Origin{Adapter: executor.RuleAdapter, Channel: "ops"}, Reply: said}); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Errorf("nobody reads it, and it said %v", err)
	}
	w.must(p.Announce(w.ctx, bot.Posting{Key: "event 2", Origin: bot.Origin{Adapter: "chat", Channel: "ops"}, Reply: said}))
	stop := p.delivering(chat)
	for _, want := range []string{"event 1", "event 2"} {
		if c := receive(w, chat.calls); c.reply.Title != said.Title {
			t.Errorf("posted %+v, want %s", c, want)
		}
	}
	w.must(p.Announce(w.ctx, bot.Posting{Key: "event 1", Origin: bot.Origin{Adapter: "chat", Channel: "ops"}, Reply: said}))
	stop()
	if len(chat.calls) > 0 || chat.posted != 2 {
		t.Errorf("posted %d times", chat.posted)
	}
}

// TestShellGetsNoReply: it follows the execution itself.
func TestShellGetsNoReply(t *testing.T) {
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	p := w.running()
	c := command("test.noop", nil)
	c.Origin = bot.Origin{Adapter: executor.ShellAdapter, User: "root"}
	e := p.ended(p.accept(c).ID, bot.Succeeded)
	_, err := p.store.Get(w.ctx, store.Key{Kind: "reply", ID: e.ID})
	w.refused(bot.CodeNotFound, err)
	if _, some, err := p.store.Due(w.ctx, "outbox/shell"); some || err != nil {
		t.Errorf("there is something to deliver (%v)", err)
	}
}

// TestPlatformAsksAgain: a platform that asks for two seconds again and again is not left alone for minutes, and not called too early either.
func TestPlatformAsksAgain(t *testing.T) {
	const asked = 2 * time.Second
	chat := newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	left := 6
	chat.before = func(call) error {
		if left == 0 {
			return nil
		}
		left--
		return bot.E(bot.CodeRateLimited, "test.post", "", &bot.Error{Code: bot.CodeRateLimited, Wait: asked})
	}
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	p.accept(command("test.noop", nil))
	p.delivering(chat)
	receive(w, chat.calls)
	for left > 0 {
		d := w.putOff(watched)
		if d < asked || d > 2*asked {
			t.Fatalf("it was put off for %s, want %s and a little more", d, asked)
		}
		w.pass(p, d, chat)
	}
}

// TestPlatformAsksToWait: what the platform asked for is kept when it is longer than the outbox would wait by itself, also when there
// is something new to show.
func TestPlatformAsksToWait(t *testing.T) {
	chat := newPlatform()
	w := newWorld(t, action("noop", bot.Read, doer(done)))
	refused := false
	chat.before = func(call) error {
		if refused {
			return nil
		}
		refused = true
		return bot.E(bot.CodeRateLimited, "test.post", "", &bot.Error{Code: bot.CodeRateLimited, Wait: 30 * time.Second})
	}
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	id := p.accept(command("test.noop", nil)).ID
	p.delivering(chat)
	receive(w, chat.calls)
	if d := w.putOff(watched); d != 30*time.Second {
		t.Errorf("it was put off for %s, want the 30 s that were asked for", d)
	}
	p.start(p.Run)
	p.ended(id, bot.Succeeded)
	if d := w.putOff(watched); d != 30*time.Second {
		t.Errorf("the end was put off for %s, want 30 s", d)
	}
	if c := w.pass(p, 30*time.Second, chat); c.reply.Status != bot.Succeeded {
		t.Errorf("then it posted %+v", c)
	}
}

// TestHeldEdit: an adapter that puts progress off by itself is asked again when it said, with the newest text, and is not in trouble: the end
// goes to it at once.
func TestHeldEdit(t *testing.T) {
	it, chat := newWork(), newPlatform()
	w := newWorld(t, action("it", bot.Read, it))
	held := func(c call) error {
		if c.edit == "" || c.reply.Final() {
			return nil
		}
		return &bot.Error{Code: bot.CodeHeld, Op: "test.edit", Wait: 40 * time.Second}
	}
	chat.before = held
	watched := &watchedStore{Store: w.store(), committed: make(chan store.Batch, 100)}
	p := w.processOn(watched, executor.Options{})
	p.delivering(chat)
	id := p.accept(command("test.it", nil)).ID
	receive(w, chat.calls)
	p.start(p.Run)
	receive(w, it.began)
	w.putOff(watched) // a second, since the message is new
	if c := w.pass(p, time.Second, chat); c.err == nil {
		t.Fatalf("it was shown: %+v", c)
	}
	if d := w.putOff(watched); d != 40*time.Second {
		t.Errorf("it was put off for %s, want what the adapter said", d)
	}
	it.end <- nil // no time goes by
	p.ended(id, bot.Succeeded)
	if c := receive(w, chat.calls); c.err != nil || c.reply.Status != bot.Succeeded {
		t.Errorf("the end: %+v", c)
	}
}
