package slack

import (
	"math"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// promiseLife is how long a turn is kept for a message after its time has come.
const promiseLife = 10 * time.Second

// budget rations the edits of a workspace. What is over it is not queued: whoever wants the edit is told when its turn is and comes back
// then, with whatever is the newest text. Results go before progress.
type budget struct {
	clock clock.Clock
	burst float64 // at once
	every time.Duration
	spare float64 // of the burst, which is kept for results

	// mu guards what follows.
	mu       sync.Mutex
	left     float64
	at       time.Time            // when left was right
	progress map[string]time.Time // by message: when its turn is
	urgent   map[string]time.Time
}

// newBudget allows so many edits in any minute: two of five at once, and the others one after the other.
func newBudget(c clock.Clock, minute int) *budget {
	burst := float64(minute) * 2 / 5
	every := time.Duration(float64(time.Minute) / (float64(minute) - burst))
	return &budget{clock: c, burst: burst, every: every, spare: burst / 2, left: burst, at: c.Now(), progress: map[string]time.Time{}, urgent: map[string]time.Time{}}
}

// take takes one edit of the message. It returns how long that has to wait when there is none for it now.
func (b *budget) take(key string, urgent bool) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.Now()
	b.left = math.Min(b.burst, b.left+now.Sub(b.at).Seconds()/b.every.Seconds())
	b.at = now
	turns, need := b.progress, 1+b.spare
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
		turns[key] = now.Add(time.Duration(math.Ceil(lack * float64(b.every))))
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
