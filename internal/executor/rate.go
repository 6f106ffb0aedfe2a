package executor

import (
	"fmt"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
)

// ratePeriod is what a person's number of commands is counted over.
const ratePeriod = time.Minute

// rates counts what each person had accepted of late. Each process counts for itself: it keeps one person from flooding the others, for which
// that is close enough, and a command costs no write more.
type rates struct {
	limit int // 0 is none

	// mu guards recent: when a person's commands were accepted, oldest first, at most limit each.
	mu     sync.Mutex
	recent map[string][]time.Time
}

func newRates(limit int) *rates {
	return &rates{limit: limit, recent: map[string][]time.Time{}}
}

// take counts a command of a person. CodeRateLimited says when the next one is possible. give takes the count back.
func (r *rates) take(who string, now time.Time) (give func(), err error) {
	if r.limit <= 0 {
		return func() {}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	list := r.recent[who]
	if len(list) >= r.limit {
		wait := list[0].Add(ratePeriod).Sub(now)
		return nil, &bot.Error{Code: bot.CodeRateLimited, Op: "executor.rate.take", Wait: wait, Text: fmt.Sprintf(
			"That is a lot at once: %d commands of yours were taken within a minute, which is as many as one person may give. Please try again in %s. Nothing was done.",
			r.limit, (wait + time.Second - 1).Truncate(time.Second))}
	}
	r.recent[who] = append(list, now)
	return func() { r.give(who, now) }, nil
}

func (r *rates) give(who string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, t := range r.recent[who] {
		if t.Equal(at) {
			r.recent[who] = append(r.recent[who][:i:i], r.recent[who][i+1:]...)
			return
		}
	}
}

// forget drops what is older than the period. The caller holds mu.
func (r *rates) forget(now time.Time) {
	for who, list := range r.recent {
		i := 0
		for i < len(list) && !now.Before(list[i].Add(ratePeriod)) {
			i++
		}
		if i == len(list) {
			delete(r.recent, who)
		} else {
			r.recent[who] = list[i:]
		}
	}
}
