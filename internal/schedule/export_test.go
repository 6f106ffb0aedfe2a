package schedule

import "context"

// Turn runs what is due now.
func (k *Keeper) Turn(ctx context.Context, r Runner) (int, error) { return k.turn(ctx, r) }

// Mend puts back what the queue lost.
func (k *Keeper) Mend(ctx context.Context) error { return k.mend(ctx) }

// WorkQueue is the queue that schedules wait in.
const WorkQueue = workQueue
