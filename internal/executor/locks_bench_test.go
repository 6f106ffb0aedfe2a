package executor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// BenchmarkLocks tells what an execution pays for locks: taking all of them in one step, and finishing its claim, which gives them back.
// places=0 is an action that needs none: the executor does not ask the store then.
func BenchmarkLocks(b *testing.B) {
	onDrivers(b, func(b *testing.B, lay func(*testing.B) ground) {
		b.Helper()
		for _, n := range []int{0, 1, 10_000} {
			b.Run(fmt.Sprintf("places=%d", n), func(b *testing.B) {
				s := lay(b).open()
				places := make([]store.Place, n)
				for i := range places {
					places[i] = store.Place{Name: fmt.Sprintf("lock/irene%d", i), Limit: 1}
				}
				var taking, finishing time.Duration
				for i := range b.N {
					c := claimOne(b, s, fmt.Sprintf("%024x", i))
					began := time.Now()
					if n > 0 {
						blockers, err := s.Acquire(b.Context(), store.Acquire{Claim: c, Places: places, Note: "bench", Wait: true})
						if err != nil || len(blockers) > 0 {
							b.Fatal(blockers, err)
						}
					}
					taken := time.Now()
					if err := s.Commit(b.Context(), store.Batch{Finish: []store.Claim{c}}); err != nil {
						b.Fatal(err)
					}
					taking += taken.Sub(began)
					finishing += time.Since(taken)
				}
				b.ReportMetric(0, "ns/op") // enqueueing and claiming are in it
				b.ReportMetric(taking.Seconds()*1000/float64(b.N), "take-ms")
				b.ReportMetric(finishing.Seconds()*1000/float64(b.N), "finish-ms")
			})
		}
	})
}

// claimOne enqueues an entry and claims it.
func claimOne(b *testing.B, s store.Store, id string) store.Claim {
	b.Helper()
	if err := s.Commit(b.Context(), store.Batch{Enqueue: []store.Entry{{Queue: "work", ID: id}}}); err != nil {
		b.Fatal(err)
	}
	claims, err := s.Claim(b.Context(), store.ClaimOptions{Queue: "work", Lease: time.Minute, Max: 1})
	if err != nil || len(claims) != 1 {
		b.Fatal(claims, err)
	}
	return claims[0]
}
