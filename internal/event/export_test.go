package event

import "context"

// Turn processes what is due now.
func (x *Engine) Turn(ctx context.Context) (int, error) { return x.turn(ctx) }

// TimersTurn emits what timers have due now.
func (x *Engine) TimersTurn(ctx context.Context) error {
	_, err := x.timersTurn(ctx)
	return err
}

// Forget has the next look at the rules read them again, as a notice does.
func (x *Engine) Forget() { x.forget() }
