package executor

import (
	"context"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// editPause is the least time between two states of a living reply that are written while an action runs.
const editPause = time.Second

// reporter keeps the newest progress of a handler. The handler never waits for whoever shows it.
type reporter struct {
	// mu guards latest.
	mu     sync.Mutex
	latest bot.Progress
	news   chan struct{} // holds one token when latest has not been shown yet
}

func newReporter() *reporter { return &reporter{news: make(chan struct{}, 1)} }

func (r *reporter) report(p bot.Progress) {
	r.mu.Lock()
	r.latest = p
	r.mu.Unlock()
	select {
	case r.news <- struct{}{}:
	default:
	}
}

func (r *reporter) progress() bot.Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.latest
}

// showProgress writes the living reply whenever the handler reports, at most once in editPause, until the returned function is
// called, which waits for the last write.
func (x *Executor) showProgress(ctx context.Context, j *job) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-j.progress.news:
			}
			if err := x.writeProgress(ctx, j); err != nil && ctx.Err() == nil {
				x.Log.DebugContext(ctx, "could not show progress", "execution", j.claim.ID, "op", "executor.progress.show", "err", err)
			}
			if clock.Wait(ctx, x.Clock, editPause) != nil {
				return
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// writeProgress runs beside the handler, so it leaves the result alone.
func (x *Executor) writeProgress(ctx context.Context, j *job) error {
	e := j.record.execution()
	var b store.Batch
	if err := x.addReply(ctx, &b, e, liveState{progress: j.progress.progress()}); err != nil {
		return err
	}
	return j.write(ctx, b)
}

// live is what the living reply shows beside the execution itself. It must not be called while the handler runs.
func (j *job) live() liveState {
	return liveState{progress: j.progress.progress(), result: j.result}
}
