package telemetry

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/sensor"
)

// Backlog tells what has not ended yet (executor.Executor).
type Backlog interface {
	Backlog(ctx context.Context, status bot.Status) (executor.Backlog, error)
	// Unposted reports whether any reply is still to be posted by the adapter.
	Unposted(ctx context.Context, adapter string) (bool, error)
}

// Now is where the page asks how things stand.
type Now struct {
	Work    Backlog
	Sensors func(ctx context.Context) ([]sensor.State, error)
	Chats   func() []bot.Adapter
	Time    func(ctx context.Context) (time.Time, error) // the store's
}

// askWithin is how long is asked how things stand.
const askWithin = 5 * time.Second

// Page returns the page that Prometheus reads. What cannot be asked, as when the store is away, is left out.
func (m *Metrics) Page(n Now) http.Handler {
	page := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), askWithin)
		defer cancel()
		m.reading.Lock() // or one reader takes away what another one is about to see
		defer m.reading.Unlock()
		m.look(ctx, n)
		page.ServeHTTP(w, r)
	})
}

// look asks how things stand.
func (m *Metrics) look(ctx context.Context, n Now) {
	for _, g := range []*prometheus.GaugeVec{m.now.executions, m.now.oldest, m.now.outbox, m.now.link, m.now.polled, m.now.failures, m.now.missed} {
		g.Reset()
	}
	for _, c := range n.Chats() {
		if l, ok := c.(bot.Linked); ok {
			m.now.link.WithLabelValues(c.Name()).Set(truth(l.Link().Deaf.IsZero()))
		}
		if some, err := n.Work.Unposted(ctx, c.Name()); err == nil {
			m.now.outbox.WithLabelValues(c.Name()).Set(truth(some))
		}
	}
	now, err := n.Time(ctx)
	if err != nil {
		return
	}
	for _, status := range []bot.Status{bot.Requested, bot.Delayed, bot.Pending, bot.Running} {
		b, err := n.Work.Backlog(ctx, status)
		if err != nil {
			return
		}
		m.now.executions.WithLabelValues(string(status)).Set(float64(b.Count))
		age := time.Duration(0)
		if b.Count > 0 {
			age = now.Sub(b.Oldest)
		}
		m.now.oldest.WithLabelValues(string(status)).Set(age.Seconds())
	}
	states, err := n.Sensors(ctx)
	if err != nil {
		return
	}
	for _, s := range states {
		m.now.failures.WithLabelValues(s.Ref).Set(float64(s.Failures))
		m.now.missed.WithLabelValues(s.Ref).Set(float64(s.Missed))
		if !s.Polled.IsZero() {
			m.now.polled.WithLabelValues(s.Ref).Set(now.Sub(s.Polled).Seconds())
		}
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
