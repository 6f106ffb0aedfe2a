package store

import (
	"context"
	"slices"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// backlog is how many notices a slow reader may be behind before it loses the oldest.
const backlog = 64

// Fanout hands notices to the subscribers inside this process. A driver builds its Bus on it and adds the way to other
// processes. The zero value is ready.
type Fanout struct {
	// mu guards the fields below, and is held while sending, so that only one sender drops the oldest.
	mu     sync.Mutex
	topics map[string][]*subscription
	closed bool
	// ends counts the subscriptions whose end is not yet dealt with.
	ends sync.WaitGroup
}

type subscription struct {
	notices chan string
	forget  func() bool // stops waiting for the end of the subscriber's context
}

// Subscribe delivers the payloads of one topic until ctx ends or the Fanout is closed, then closes the channel.
func (f *Fanout) Subscribe(ctx context.Context, topic string) (<-chan string, error) {
	const op = "store.subscribe"
	if topic == "" {
		return nil, invalid(op, "a topic is needed")
	}
	if err := Ended(ctx, op); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, Closed(op)
	}
	s := &subscription{notices: make(chan string, backlog)}
	if f.topics == nil {
		f.topics = make(map[string][]*subscription)
	}
	f.topics[topic] = append(f.topics[topic], s)
	f.ends.Add(1)
	s.forget = context.AfterFunc(ctx, func() {
		defer f.ends.Done()
		f.drop(topic, s)
	})
	return s.notices, nil
}

// Send delivers a notice without waiting for anybody.
func (f *Fanout) Send(n Notice) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.topics[n.Topic] {
		select {
		case s.notices <- n.Payload:
			continue
		default:
		}
		select {
		case <-s.notices:
		default: // the reader was faster: there is room now
		}
		s.notices <- n.Payload
	}
}

// Close ends all subscriptions.
func (f *Fanout) Close() {
	f.mu.Lock()
	f.closed = true
	for topic, all := range f.topics {
		for _, s := range all {
			close(s.notices)
			if s.forget() {
				f.ends.Done()
			}
		}
		delete(f.topics, topic)
	}
	f.mu.Unlock()
	f.ends.Wait()
}

func (f *Fanout) drop(topic string, s *subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.Index(f.topics[topic], s)
	if i < 0 {
		return // Close was here before
	}
	close(s.notices)
	f.topics[topic] = slices.Delete(f.topics[topic], i, i+1)
	if len(f.topics[topic]) == 0 {
		delete(f.topics, topic)
	}
}

// Closed returns the error of a call that came after Close.
func Closed(op string) error {
	return bot.E(bot.CodeUnavailable, op, "Petrel is stopping. Try again when it is back.", nil)
}
