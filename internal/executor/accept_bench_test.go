package executor_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
)

// BenchmarkAccept tells how long a person's command takes to become durable, from one client and from many at once, beside one bare durable write
// of the same driver that each client makes right before. The executions run meanwhile and their replies are posted; each client waits for
// the end of its command before it gives the next. ns/op is all of that.
func BenchmarkAccept(b *testing.B) {
	onDrivers(b, func(b *testing.B, lay func(*testing.B) ground) {
		b.Helper()
		for _, clients := range []int{1, manyClients} {
			b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
				g := lay(b)
				chat := &finals{waiting: map[string]chan bool{}}
				x := runReplica(b, g.open(), chat)
				var bare, accept durations
				b.ResetTimer()
				share(b, clients, func(ctx context.Context, n int64) error {
					if err := bare.time(func() error { return g.bare(ctx, n) }); err != nil {
						return err
					}
					var e bot.Execution
					err := accept.time(func() (err error) { e, err = x.Accept(ctx, asked(n)); return err })
					if err == nil {
						<-chat.shown(e.ID)
					}
					return err
				})
				b.StopTimer()
				b.ReportMetric(accept.share(0.50), "p50-ms")
				b.ReportMetric(accept.share(0.99), "p99-ms")
				b.ReportMetric(bare.share(0.50), "bare-p50-ms")
				b.ReportMetric(bare.share(0.99), "bare-p99-ms")
				b.ReportMetric(accept.share(0.50)/bare.share(0.50), "x-bare")
			})
		}
	})
}

// durations is how long something took, each time.
type durations struct {
	// mu guards list.
	mu   sync.Mutex
	list []time.Duration
}

func (d *durations) time(do func() error) error {
	began := time.Now()
	err := do()
	took := time.Since(began)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, took)
	return err
}

// share returns the time that this part of them took at most, in milliseconds.
func (d *durations) share(part float64) float64 {
	slices.Sort(d.list)
	return float64(d.list[int(float64(len(d.list)-1)*part)].Microseconds()) / 1000
}
