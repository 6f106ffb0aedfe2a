package event

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// Turn processes what is due now.
func (x *Engine) Turn(ctx context.Context) (int, error) { return x.turn(ctx) }

// TimersTurn emits what timers have due now.
func (x *Engine) TimersTurn(ctx context.Context) error {
	_, err := x.timersTurn(ctx)
	return err
}

// Forget has the next look at the rules read them again, as a notice does.
func (x *Engine) Forget() { x.forget() }

// Fill writes n events that were processed, a millisecond apart, over 20 triggers, and returns the ids of every thousandth.
func (x *Engine) Fill(ctx context.Context, n int) ([]string, error) {
	start, err := x.Store.Now(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for done := 0; done < n; {
		var b store.Batch
		for ; done < n && len(b.Puts) < store.MaxPage; done++ {
			i := x.instance(Event{Trigger: fmt.Sprintf("test.t%d", done%20), Payload: map[string]any{"host": "irene4000", "status": "failed"}}, start.Add(time.Duration(done-n)*time.Millisecond))
			i.Status = Processed
			p, err := x.putInstance(i, store.Absent)
			if err != nil {
				return nil, err
			}
			if b.Puts = append(b.Puts, p); done%1000 == 0 {
				ids = append(ids, i.ID)
			}
		}
		if err := x.Store.Commit(ctx, b); err != nil {
			return nil, err
		}
	}
	return ids, nil
}
