package sensor

import "context"

// Turn polls what is due now, one after the other, and returns how many sensors that were.
func (f *Frame) Turn(ctx context.Context) (int, error) {
	if err := f.ensure(ctx); err != nil {
		return 0, err
	}
	claims := f.claim(ctx)
	for _, c := range claims {
		f.turn(ctx, c)
	}
	return len(claims), nil
}

// Queue is where the entries are.
const Queue = queue
