package executor

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	sweepEvery = time.Minute
	sweepChunk = 500 // small enough not to hold up the writer
)

// janitor removes what has expired.
func (x *Executor) janitor(ctx context.Context) error {
	for clock.Wait(ctx, x.Clock, sweepEvery) == nil {
		for {
			n, err := x.Store.Sweep(ctx, sweepChunk)
			if err != nil && ctx.Err() == nil {
				x.Log.WarnContext(ctx, "could not sweep", "op", "executor.janitor.sweep", "code", bot.ErrorCode(err), "err", err)
			}
			if err != nil || n < sweepChunk {
				break
			}
		}
		x.cutAudit(ctx)
	}
	return nil
}

// cutAudit removes the segments of the audit log that are older than they need be.
func (x *Executor) cutAudit(ctx context.Context) {
	now, err := x.Store.Now(ctx)
	if err == nil {
		_, err = x.trail.Cut(ctx, now.Add(-x.o.AuditRetention))
	}
	if err != nil && ctx.Err() == nil {
		x.Log.WarnContext(ctx, "could not cut the audit log", "op", "executor.janitor.audit", "code", bot.ErrorCode(err), "err", err)
	}
}
