package discord

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	perSecond    = 50 // calls of a bot, interactions aside
	invalidMost  = 10_000
	invalidSpan  = 10 * time.Minute
	bucketSpan   = 5 * time.Second
	defaultCalls = 5
)

// bucket counts the calls of a span of time.
type bucket struct {
	left  int
	reset time.Time
}

// take takes a call from the bucket with the name. It reports how long to wait when that is empty.
func (s *Server) take(name string, size int, span time.Duration) (b *bucket, wait time.Duration) {
	now := s.clock.Now()
	b = s.buckets[name]
	if b == nil || !now.Before(b.reset) {
		b = &bucket{left: size, reset: now.Add(span)}
		s.buckets[name] = b
	}
	if b.left == 0 {
		return b, b.reset.Sub(now)
	}
	b.left--
	return b, 0
}

// limit counts the call. It answers 429 and returns false when there were too many.
func (s *Server) limit(w http.ResponseWriter, c *call) bool {
	if s.o.Unlimited || c.route.size < 0 {
		return true
	}
	if !c.route.interaction {
		if _, wait := s.take("global", perSecond, time.Second); wait > 0 {
			s.slowDown(w, wait, "global")
			return false
		}
	}
	size := c.route.size
	if size == 0 {
		size = defaultCalls
	}
	name := c.route.name
	if shared, ok := s.o.Buckets[name]; ok {
		name = shared
	}
	b, wait := s.take(name+" "+c.major(), size, bucketSpan)
	w.Header().Set("X-RateLimit-Bucket", name)
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(size))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(b.left))
	w.Header().Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000))
	w.Header().Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", b.reset.Sub(s.clock.Now()).Seconds()))
	if wait > 0 {
		s.slowDown(w, wait, "user")
		return false
	}
	return true
}

func (s *Server) slowDown(w http.ResponseWriter, wait time.Duration, scope string) {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	w.Header().Set("X-RateLimit-Scope", scope)
	if scope == "global" {
		w.Header().Set("X-RateLimit-Global", "true")
	}
	s.countInvalid()
	send(w, http.StatusTooManyRequests, answer{"message": "You are being rate limited.", "retry_after": wait.Seconds(), "global": scope == "global"})
}

// countInvalid notes an answer of 401, 403 or 429.
func (s *Server) countInvalid() {
	now := s.clock.Now()
	for len(s.invalid) > 0 && now.Sub(s.invalid[0]) >= invalidSpan {
		s.invalid = s.invalid[1:]
	}
	s.invalid = append(s.invalid, now)
}

// Invalid returns how many answers of 401, 403 and 429 the bot has earned in the last ten minutes.
func (s *Server) Invalid() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, now := 0, s.clock.Now()
	for _, at := range s.invalid {
		if now.Sub(at) < invalidSpan {
			n++
		}
	}
	return n
}

// banned reports whether the address has earned too many such answers.
func (s *Server) banned() bool {
	n := len(s.invalid)
	return n >= invalidMost && s.clock.Now().Sub(s.invalid[n-invalidMost]) < invalidSpan
}
