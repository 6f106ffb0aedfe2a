//go:build fault

package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// await looks until something is so, and returns an error when it is not in time.
func (l *lab) await(ctx context.Context, limit time.Duration, what string, so func() bool) error {
	deadline := l.clock.Now().Add(limit)
	for !so() {
		if l.clock.Now().After(deadline) {
			return fmt.Errorf("not within %s: %s (see %s)", limit, what, l.dir)
		}
		if err := clock.Wait(ctx, l.clock, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// met waits until a rule was met.
func (l *lab) met(ctx context.Context, r *rule) error {
	return l.metWithin(ctx, r, 20*time.Second)
}

func (l *lab) metWithin(ctx context.Context, r *rule, limit time.Duration) error {
	return l.await(ctx, limit, "the fault at "+string(r.point)+" fires", func() bool {
		select {
		case <-r.fired:
			return true
		default:
			return false
		}
	})
}

// call uses the control API of a simulator.
func (l *lab) call(ctx context.Context, s *simulator, method, path string, body, into any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+"_sim/"+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// seeded draws the numbers of a run. The same seed draws the same ones (splitmix64).
type seeded struct{ state uint64 }

func (s *seeded) Uint64() uint64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// upTo returns a number from 0 to n-1.
func (s *seeded) upTo(n int) int { return int(s.Uint64() % uint64(n)) } //nolint:gosec // n is small

// lines returns a file's text for a report.
func lines(path string, last int) string {
	data, _ := os.ReadFile(path) // a file that is not there has none
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-last):], "\n")
}
