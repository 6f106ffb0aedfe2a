package executor

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
)

// heartbeat renews the leases of everything that runs here, three times within a lease, and looks for cancels whose notice was lost.
func (x *Executor) heartbeat(ctx context.Context) error {
	for clock.Wait(ctx, x.Clock, x.o.Lease/3) == nil {
		x.beat(ctx)
	}
	return nil
}

// beat is one turn of the heartbeat.
func (x *Executor) beat(ctx context.Context) {
	jobs := x.running()
	if len(jobs) == 0 {
		return
	}
	claims := make([]store.Claim, len(jobs))
	for i, j := range jobs {
		claims[i] = j.claim
	}
	asked := x.Clock.Now()
	renewCtx, cancel := context.WithTimeout(ctx, x.o.Lease/3)
	defer cancel()
	lost, err := x.Store.Renew(renewCtx, x.o.Lease, claims)
	if err != nil {
		x.Log.WarnContext(ctx, "could not renew leases", "op", "executor.heartbeat.beat", "code", bot.ErrorCode(err), "err", err)
		x.stopUntrusted(jobs)
		return
	}
	gone := map[string]bool{}
	for _, c := range lost {
		gone[c.ID] = true
	}
	for _, j := range jobs {
		if gone[j.claim.ID] {
			j.stop(errFenced)
			continue
		}
		x.trust(j, asked)
		x.lookForCancel(ctx, j.claim.ID)
	}
}

// trust notes that the claim was ours at the time asked.
func (x *Executor) trust(j *job, asked time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	j.trusted = sure(asked, x.o.Lease)
}

func (x *Executor) trustedUntil(j *job) time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return j.trusted
}

// stopUntrusted stops the jobs that another worker may own by now because the store could not be asked for too long.
func (x *Executor) stopUntrusted(jobs []*job) {
	now := x.Clock.Now()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, j := range jobs {
		if now.Add(x.o.Lease / 3).After(j.trusted) { // the next turn would come too late
			j.stop(errFenced)
		}
	}
}
