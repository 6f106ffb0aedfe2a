package clary

import "sync/atomic"

// traffic counts requests.
type traffic struct {
	requests map[Kind]*atomic.Int64 // every kind; fixed after newTraffic
	all      gauge
}

// gauge counts what is in flight and remembers the most.
type gauge struct{ now, peak atomic.Int64 }

func newTraffic() *traffic {
	t := &traffic{requests: map[Kind]*atomic.Int64{}}
	for _, k := range kinds() {
		t.requests[k] = &atomic.Int64{}
	}
	return t
}

// enter counts a call in and returns what counts it out.
func (t *traffic) enter(c *call) (leave func()) {
	t.requests[c.kind].Add(1)
	t.all.add()
	if c.node != nil {
		c.node.traffic.add()
	}
	return func() {
		if c.node != nil {
			c.node.traffic.now.Add(-1)
		}
		t.all.now.Add(-1)
	}
}

func (g *gauge) add() {
	now := g.now.Add(1)
	for peak := g.peak.Load(); now > peak && !g.peak.CompareAndSwap(peak, now); {
		peak = g.peak.Load()
	}
}

// reset lets the peak start from what is in flight now.
func (g *gauge) reset() { g.peak.Store(g.now.Load()) }
