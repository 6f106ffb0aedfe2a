//go:build fault

package fault

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// measures are what a soak watches, summed over the replicas.
var measures = []string{"goroutines", "files", "MiB"} //nolint:gochecknoglobals // a list that nobody changes

// soak has people write for a long time. As often in any length as in 24 hours, the sockets are cut 240 times, Redis is restarted 24 times and a
// sample is taken 1440 times, but none of it more often than each second.
func soak(length time.Duration, out io.Writer) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		every := func(times time.Duration) time.Duration { return max(length/times, time.Second) }
		begun := l.clock.Now()
		cut, restart, sample := begun.Add(every(240)), begun.Add(every(24)), begun
		var samples []map[string]float64
		for now := begun; now.Before(begun.Add(length)); now = l.clock.Now() {
			if _, err := l.mix(ctx, 0); err != nil {
				return err
			}
			if now.After(cut) {
				cut = cut.Add(every(240))
				l.figures["rotations"]++
				if err := l.call(ctx, l.chat, http.MethodPost, "cut", map[string]string{"how": "close"}, nil); err != nil {
					return err
				}
			}
			if now.After(restart) {
				restart = restart.Add(every(24))
				l.figures["restarts"]++
				if err := l.restartRedis(ctx); err != nil {
					return err
				}
			}
			if now.After(sample) {
				sample = sample.Add(every(1440))
				if s, err := l.sample(ctx); err == nil { // one that a moment without Redis spoils is left out
					samples = append(samples, s)
					fmt.Fprintf(out, "%s: %.0f goroutines, %.0f files, %.1f MiB\n", now.Sub(begun).Round(time.Second), s["goroutines"], s["files"], s["MiB"])
				}
			}
			if err := clock.Wait(ctx, l.clock, 500*time.Millisecond); err != nil {
				return err
			}
		}
		l.slope(samples)
		return nil
	}
}

func (l *lab) restartRedis(ctx context.Context) error {
	if err := l.redis.kill(); err != nil {
		return err
	}
	return l.redis.start(ctx)
}

// sample asks every replica what it has.
func (l *lab) sample(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	s := map[string]float64{}
	for _, c := range l.replicas {
		r, err := l.in.count(ctx, c.pid())
		if err != nil {
			return nil, err
		}
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", c.pid()))
		if err != nil {
			return nil, err
		}
		s["goroutines"] += float64(r.Goroutines)
		s["files"] += float64(len(open))
		s["MiB"] += float64(c.rss()) / (1 << 20)
	}
	return s, nil
}

// slope lays a line through the samples after the first tenth, and keeps by how many percent of the mean it climbs from its begin to its end.
func (l *lab) slope(samples []map[string]float64) {
	l.figures["samples"] = float64(len(samples))
	samples = samples[len(samples)/10:]
	n := float64(len(samples))
	if n < 2 {
		return
	}
	for _, what := range measures {
		var mean, over, under float64
		for _, s := range samples {
			mean += s[what] / n
		}
		for i, s := range samples {
			x := float64(i) - (n-1)/2
			over += x * (s[what] - mean)
			under += x * x
		}
		l.figures[what] = mean
		l.figures[what+" growth"] = 100 * over / under * (n - 1) / mean
	}
}
