package executor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// mortal is the store as a process sees it that dies at one of its writes: before it, or right after it. Nothing that comes later is written.
type mortal struct {
	store.Store
	after bool
	died  chan struct{}

	// mu guards left, the writes until then.
	mu   sync.Mutex
	left int
}

func (s *mortal) Commit(ctx context.Context, b store.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left > 0 {
		return s.Store.Commit(ctx, b)
	}
	if s.left == 0 {
		defer close(s.died)
		if s.after {
			if err := s.Store.Commit(ctx, b); err != nil {
				return err
			}
		}
	}
	return errDown
}

// life is what people do and see while workers die.
type life struct {
	*process // takes commands and answers, and never works
	worker   *mortal
	stop     func()
}

// until waits for a state. Where the worker dies before that, another one takes over.
func (l *life) until(reached func() bool) {
	l.world.Helper()
	for !reached() {
		select {
		case <-l.worker.died:
			l.worker.died = nil
			l.stop()
			l.world.time.Advance(lease)
			next := l.world.process(executor.Options{Owner: "next"})
			next.start(next.Run)
		case <-l.world.ctx.Done():
			l.world.Fatal("waited in vain")
		case <-time.After(time.Millisecond): // to look again; whoever works needs the processor more
		}
	}
}

func (l *life) asked(id string) func() bool {
	return func() bool { return l.look(id).Status == bot.Pending }
}

// asks reports whether an execution waits for what a policy wants.
func (l *life) asks(id, by string) func() bool {
	return func() bool {
		q, err := l.Inquiry(l.world.ctx, id)
		return err == nil && q.Policy == by && q.Decision == ""
	}
}

func (l *life) over(id string) func() bool {
	return func() bool { return l.look(id).Status.Ended() }
}

// wake has whoever works look at the queue.
func (l *life) wake() {
	l.until(l.over(l.accept(command("test.noop", nil)).ID))
}

// A worker dies before or after each of its writes, and everything comes to the same end, each step on record once.
func TestInquiriesSurviveEveryDeath(t *testing.T) {
	stories := map[string]struct {
		play func(*life) (id string)
		end  bot.Status
		log  []string
	}{
		"answered": {
			func(l *life) string {
				id := l.accept(command("test.ask", nil)).ID
				l.until(l.asked(id))
				_, err := l.Respond(l.world.ctx, id, given("yes", bob))
				l.world.must(err)
				return id
			},
			bot.Succeeded,
			[]string{"asked", "waits", "answered", "did"},
		},
		"expired": {
			func(l *life) string {
				id := l.accept(command("test.ask", map[string]any{"ttl": int64(5)})).ID
				l.until(l.asked(id))
				l.world.time.Advance(5 * time.Minute)
				l.wake()
				return id
			},
			bot.Timeout,
			[]string{"asked", "waits", "expired", "did"},
		},
		"escalated": {
			func(l *life) string {
				id := l.accept(command("test.it", nil)).ID
				l.until(l.asked(id))
				l.world.time.Advance(30 * time.Minute)
				l.wake()
				l.until(func() bool {
					q, err := l.Inquiry(l.world.ctx, id)
					l.world.must(err)
					return !q.Escalated.IsZero()
				})
				_, err := l.Respond(l.world.ctx, id, response(true, "", lead))
				l.world.must(err)
				return id
			},
			bot.Succeeded,
			[]string{"asked", "waits", "escalated", "approved", "will", "did"},
		},
		"confirmed": {
			func(l *life) string {
				id := l.accept(command("test.it", nil)).ID
				l.until(l.asks(id, policy.Confirm))
				_, err := l.Respond(l.world.ctx, id, confirmation(ann))
				l.world.must(err)
				l.until(l.asks(id, "test.ask"))
				_, err = l.Respond(l.world.ctx, id, response(true, "", lead))
				l.world.refused(bot.CodeDenied, err) // nobody has escalated it
				_, err = l.Respond(l.world.ctx, id, response(true, "", bob))
				l.world.must(err)
				return id
			},
			bot.Succeeded,
			[]string{"asked", "waits", "confirmed", "waits", "refused", "approved", "will", "did"},
		},
		"canceled": {
			func(l *life) string {
				id := l.accept(command("test.it", nil)).ID
				l.until(l.asked(id))
				_, err := l.Cancel(l.world.ctx, id, ann)
				l.world.must(err)
				_, err = l.Respond(l.world.ctx, id, response(true, "", bob))
				l.world.refused(bot.CodeConflict, err)
				return id
			},
			bot.Canceled,
			[]string{"asked", "waits", "void", "canceled"},
		},
	}
	for name, story := range stories {
		for write := 1; write <= 6; write++ {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/%v", name, write, after), func(t *testing.T) {
					var size atomic.Int64
					it := guarded(escalating(), done, &size)
					it.Spec.Confirm = name == "confirmed"
					it.Spec.Class = bot.Idempotent // or a death right after it began leaves it to a person
					w := newWorld(t, questioner(t), it, action("noop", bot.Read, doer(done)))
					l := &life{process: w.process(executor.Options{}), worker: &mortal{Store: w.store(), after: after, left: write, died: make(chan struct{})}}
					p := w.processOn(l.worker, executor.Options{})
					l.stop = p.start(p.Run)
					id := story.play(l)
					l.until(l.over(id))
					if e := l.look(id); e.Status != story.end {
						t.Errorf("it ended %s with %+v", e.Status, e.Error)
					}
					whats, _ := l.audited(audit.Query{Execution: id})
					for i, what := range whats {
						whats[i], _, _ = strings.Cut(what, " ")
					}
					if story.end == bot.Succeeded { // its work may begin twice, and says so each time
						whats = slices.Compact(whats)
					}
					if diff := cmp.Diff(story.log, whats); diff != "" {
						t.Errorf("on record are (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}
