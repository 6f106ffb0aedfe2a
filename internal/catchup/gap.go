package catchup

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
)

// longest is the most that is waited between two tries to look at the past. The first wait is a second, and each is twice the one before.
const longest = time.Minute

// gap is a stretch of a chat's past that is to be looked at. It is read once; what could not be looked at is kept for the next try.
type gap struct {
	since time.Time
	// all says that what was taken is looked at too: the store may have lost it.
	all    bool
	read   bool
	left   []bot.Past // read, and not looked at yet
	failed int        // tries in a row
	next   time.Time  // no sooner
}

// close looks at what is left of a gap, unless it is too soon for another try. It returns true once nothing is left.
func (w *Watch) close(ctx context.Context, a bot.Adapter, h bot.Historian, g *gap) (bool, error) {
	if w.Clock.Now().Before(g.next) {
		return false, nil
	}
	err := w.tryClose(ctx, a, h, g)
	if err == nil {
		return true, nil
	}
	g.failed++
	g.next = w.Clock.Now().Add(max(bot.ErrorWait(err), min(every<<min(g.failed-1, 10), longest)))
	return false, err
}

func (w *Watch) tryClose(ctx context.Context, a bot.Adapter, h bot.Historian, g *gap) error {
	if !g.read {
		past, err := h.History(ctx, g.since)
		if err != nil {
			return err
		}
		g.read, g.left = true, slices.Clone(past)
	}
	earliest := w.Clock.Now().Add(-back)
	g.left = slices.DeleteFunc(g.left, func(p bot.Past) bool {
		return !g.all && (p.Taken || !p.At.IsZero() && p.At.Before(earliest)) // nobody waits for that any more
	})
	var still []bot.Past
	var faults []error
	for _, p := range g.left {
		if err := w.look(ctx, a, p); err != nil {
			still, faults = append(still, p), append(faults, err)
		}
	}
	g.left = still
	return errors.Join(faults...)
}
