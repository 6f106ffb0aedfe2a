package slack

import (
	"math"
	"time"
)

// tier is how many calls of a method a minute allows.
type tier int

// The tiers; posting has a rule of its own.
const (
	tier1    tier = 1
	tier2    tier = 20
	tier3    tier = 50
	tier4    tier = 100
	tierPost tier = -1 // one a second and channel
	tierFree tier = 0  // not limited in any way that a small workspace meets
)

// burst is how many calls a bucket holds when the tier says fewer.
const burst = 10

// bucket holds what may be called at once. It fills with time.
type bucket struct {
	tokens float64
	at     time.Time
}

// limit takes the call from its bucket. It returns the seconds to wait when that is empty.
func (s *Server) limit(c *call, t tier) int {
	if s.o.Unlimited || t == tierFree {
		return 0
	}
	name, size, perSecond := c.method, math.Max(float64(t), burst), float64(t)/60
	if t == tierPost {
		name, size, perSecond = c.method+" "+c.args["channel"], burst, 1
	}
	now := s.clock.Now()
	b := s.buckets[name]
	if b == nil {
		b = &bucket{tokens: size, at: now}
		s.buckets[name] = b
	}
	b.tokens = math.Min(size, b.tokens+perSecond*now.Sub(b.at).Seconds())
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return max(1, int(math.Ceil((1-b.tokens)/perSecond)))
}
