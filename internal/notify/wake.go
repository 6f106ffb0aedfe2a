package notify

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// wake looks at streams where something is due by the time alone. It returns how many there were.
func (k *Keeper) wake(ctx context.Context) (int, error) {
	claims, err := k.Store.Claim(ctx, store.ClaimOptions{Queue: streamsQueue, Owner: k.o.Owner, Lease: k.o.Lease, Max: atOnce})
	if err != nil {
		return 0, err
	}
	for _, c := range claims {
		if err := k.wakeStream(ctx, c); err != nil {
			if code := bot.ErrorCode(err); code != bot.CodeConflict && code != bot.CodeFenced {
				return 0, err
			}
			if err := k.release(ctx, []store.Claim{c}); err != nil && bot.ErrorCode(err) != bot.CodeFenced {
				return 0, err
			}
		}
	}
	return len(claims), nil
}

func (k *Keeper) wakeStream(ctx context.Context, c store.Claim) error {
	w, err := k.begin(ctx, c.ID)
	if err != nil {
		return err
	}
	next, err := w.settle()
	if err != nil {
		return err
	}
	if next.IsZero() {
		w.batch.Finish = []store.Claim{c}
	} else {
		w.batch.Release = []store.Release{{Claim: c, Delay: max(0, next.Sub(w.now))}}
	}
	return k.Store.Commit(ctx, w.batch)
}
