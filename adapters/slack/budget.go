package slack

import (
	"math"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// Slack takes 50 edits a minute of an app in a workspace, whatever their number of messages. In no minute are more than editBurst and
// those that a minute brings made, which together are those 50.
const (
	editBurst = 20
	editEvery = 2 * time.Second
	// editSpare is kept for results when progress is shown.
	editSpare = 10
	// promiseLife is how long a turn is kept for a message after its time has come.
	promiseLife = 10 * time.Second
)

// budget rations the edits of a workspace. What is over it is not queued: whoever wants the edit is told when its turn is and comes back
// then, with whatever is the newest text. Results go before progress.
type budget struct {
	clock clock.Clock

	// mu guards what follows.
	mu       sync.Mutex
	left     float64
	at       time.Time            // when left was right
	progress map[string]time.Time // by message: when its turn is
	urgent   map[string]time.Time
}

func newBudget(c clock.Clock) *budget {
	return &budget{clock: c, left: editBurst, at: c.Now(), progress: map[string]time.Time{}, urgent: map[string]time.Time{}}
}

// take takes one edit of the message. It returns how long that has to wait when there is none for it now.
func (b *budget) take(key string, urgent bool) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	b.left = math.Min(editBurst, b.left+now.Sub(b.at).Seconds()/editEvery.Seconds())
	b.at = now
	turns, need := b.progress, float64(1+editSpare)
	if urgent {
		delete(b.progress, key)
		turns, need = b.urgent, 1
	}
	prune(turns, now)
	turn, promised := turns[key]
	if promised && turn.After(now) {
		return turn.Sub(now)
	}
	waiting := 0 // before this one
	if !promised {
		waiting = len(turns)
	}
	if lack := need + float64(waiting) - b.left; lack > 0 {
		turns[key] = now.Add(time.Duration(lack * float64(editEvery)))
		return turns[key].Sub(now)
	}
	b.left--
	delete(turns, key)
	return 0
}

// prune forgets the turns that nobody came for: a message may be deleted, or be another process's by now.
func prune(turns map[string]time.Time, now time.Time) {
	for key, turn := range turns {
		if now.Sub(turn) > promiseLife {
			delete(turns, key)
		}
	}
}

// mayEdit returns nil when the message may be changed now. An edit that Slack itself would refuse costs nothing.
func (w *workspace) mayEdit(key string, urgent bool) error {
	const method = "chat.update"
	if w.gate.wait(method) > 0 {
		return nil // the call says so
	}
	wait := w.edits.take(key, urgent)
	if wait <= 0 {
		return nil
	}
	e := bot.E(bot.CodeHeld, op(method), "", nil)
	e.Wait = wait
	return e
}
