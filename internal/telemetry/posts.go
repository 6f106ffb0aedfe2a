package telemetry

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// Posts returns the adapter as the outbox calls it, measured. It has none of the adapter's other abilities.
func (m *Metrics) Posts(a bot.Adapter, c clock.Clock) bot.Adapter { return posts{a, m, c} }

type posts struct {
	bot.Adapter
	metrics *Metrics
	clock   clock.Clock
}

func (p posts) took(done string, begun time.Time, err error) {
	if err != nil {
		done = string(bot.ErrorCode(err))
	}
	p.metrics.posts.WithLabelValues(p.Name(), done).Inc()
	p.metrics.post.WithLabelValues(p.Name()).Observe(p.clock.Now().Sub(begun).Seconds())
}

// Post implements bot.Adapter.
func (p posts) Post(ctx context.Context, posting bot.Posting) (string, error) {
	begun := p.clock.Now()
	ref, err := p.Adapter.Post(ctx, posting)
	p.took("posted", begun, err)
	return ref, err
}

// Edit implements bot.Adapter.
func (p posts) Edit(ctx context.Context, ref string, posting bot.Posting) error {
	begun := p.clock.Now()
	err := p.Adapter.Edit(ctx, ref, posting)
	p.took("edited", begun, err)
	return err
}
