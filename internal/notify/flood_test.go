package notify_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
)

// Far too many events in a minute: the channel gets a few messages, the outbox holds as many, memory does not grow, and each event is found
// by the digest's id.
func TestFlood(t *testing.T) {
	many := 10_000
	if testing.Short() {
		many = 1000
	}
	flood(t, many)
}

// The same with the hundred thousand events of which the figures in docs/notifications.md tell.
func BenchmarkFlood(b *testing.B) {
	for b.Loop() {
		flood(b, 100_000)
	}
}

func flood(tb testing.TB, many int) {
	tb.Helper()
	const hosts, writers = 5000, 64
	w := newWorld(tb)
	k := w.keeper(notify.Options{})
	var group errgroup.Group
	began := time.Now() //nolint:forbidigo // how long it really takes is what is measured
	for i := range writers {
		group.Go(func() error {
			for n := i; n < many; n += writers {
				one := notice.Note{
					ID: fmt.Sprintf("%024x", n+1), Rule: "lab.told", Trigger: "lab.happened", Event: fmt.Sprint("event-", n), Origin: ops, Text: "it happened",
					Kind: []string{"failed", "draining", "production"}[n%3], About: fmt.Sprintf("irene%d", n%hosts),
				}
				if err := k.Notify(tb.Context(), one); err != nil {
					return err
				}
			}
			return nil
		})
	}
	w.must(group.Wait())
	taken := time.Since(began) //nolint:forbidigo // as above
	before := heap()
	writes, largest, messages := 0, 0, map[string]bot.Posting{}
	deliver := func() {
		for _, p := range w.outbox() {
			text, err := json.Marshal(p)
			w.must(err)
			writes, largest = writes+1, max(largest, len(text))
			messages[p.Key] = p
		}
	}
	began = time.Now() //nolint:forbidigo // as above
	most := uint64(0)
	for turns := 0; ; turns++ {
		n, err := k.Turn(tb.Context())
		w.must(err)
		if n == 0 {
			break
		}
		w.time.Advance(time.Minute / time.Duration(many/256))
		if turns%20 == 0 {
			deliver()
			most = max(most, heap())
		}
	}
	folded := time.Since(began) //nolint:forbidigo // as above
	w.passes(k, time.Minute)
	deliver()
	tb.Logf("%d notes: taken in %s (%d a second), folded in %s (%d a second); %d messages, written %d times, at most %d bytes; the heap grew by %d kB",
		many, taken.Round(time.Millisecond), int(float64(many)/taken.Seconds()), folded.Round(time.Millisecond), int(float64(many)/folded.Seconds()), len(messages), writes, largest, int64(most-before)/1024)

	if len(messages) > notice.DefaultAbove+1 || writes > 30 || largest > 16_000 {
		tb.Errorf("%d messages were written %d times, the largest is of %d bytes", len(messages), writes, largest)
	}
	if most > before+32<<20 {
		tb.Errorf("the heap grew from %d to %d bytes", before, most)
	}
	w.checkAllFound(k, many)
}

// checkAllFound lists the digest and looks for each event there, but for those that were told alone.
func (w *world) checkAllFound(k *notify.Keeper, many int) {
	w.Helper()
	found, from := map[string]bool{}, ""
	for {
		d, notes, next, err := k.Digest(w.Context(), fmt.Sprintf("%024x", notice.DefaultAbove+1), from, 500)
		w.must(err)
		for _, n := range notes {
			found[n.Event] = true
		}
		if from = next; from == "" {
			if want := many - notice.DefaultAbove; len(found) != want || d.Count != want {
				w.Errorf("%d events are listed and %d counted, want %d", len(found), d.Count, want)
			}
			return
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
