package notify

import "context"

// Turn does what is due now, and returns how many entries that were.
func (k *Keeper) Turn(ctx context.Context) (int, error) {
	folded, err := k.fold(ctx)
	if err != nil {
		return 0, err
	}
	woken, err := k.wake(ctx)
	return folded + woken, err
}
