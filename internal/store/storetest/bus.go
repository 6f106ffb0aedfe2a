package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// patience is when a test gives up on something that never comes.
const patience = 20 * time.Second

// receive waits for n notices.
func receive(f fixture, from <-chan string, n int) []string {
	f.Helper()
	var got []string
	for range n {
		select {
		case p, ok := <-from:
			if !ok {
				f.Fatalf("the channel was closed after %q", got)
			}
			got = append(got, p)
		case <-time.After(patience):
			f.Fatalf("no notice came after %q", got)
		}
	}
	return got
}

func bus(s suite) {
	subscribe := func(f fixture, topic string) <-chan string {
		f.Helper()
		c, err := f.Subscribe(f.Context(), topic)
		f.code("", err)
		return c
	}
	notify := func(f fixture, topic, payload string) {
		f.Helper()
		f.commit("", store.Batch{Notify: []store.Notice{{Topic: topic, Payload: payload}}})
	}
	s.test("every subscriber of the topic, in order", func(f fixture) {
		one, two, other := subscribe(f, "news"), subscribe(f, "news"), subscribe(f, "other")
		for n := range 5 {
			notify(f, "news", fmt.Sprint(n))
		}
		notify(f, "other", "end")
		want := []string{"0", "1", "2", "3", "4"}
		f.equal(want, receive(f, one, 5))
		f.equal(want, receive(f, two, 5))
		f.equal([]string{"end"}, receive(f, other, 1))
	})
	s.test("another handle", func(f fixture) {
		g := f.other()
		here, there := subscribe(f, "news"), subscribe(g, "news")
		notify(f, "news", "from one")
		f.equal([]string{"from one"}, receive(f, here, 1))
		f.equal([]string{"from one"}, receive(f, there, 1))
		notify(g, "news", "from the other")
		f.equal([]string{"from the other"}, receive(f, here, 1))
		f.equal([]string{"from the other"}, receive(f, there, 1))
	})
	s.test("an entry wakes the waiters of its queue", func(f fixture) {
		g := f.other()
		here, there := subscribe(f, store.QueueTopic(jobs)), subscribe(g, store.QueueTopic(jobs))
		woken := func() {
			f.Helper()
			f.equal([]string{""}, receive(f, here, 1))
			f.equal([]string{""}, receive(f, there, 1))
		}
		f.enqueue("a")
		woken()
		c := f.one("a")
		f.commit("", store.Batch{Release: []store.Release{{Claim: c}}})
		woken()
		c = f.one("a")
		f.enqueue("a")
		woken()
		f.commit("", store.Batch{Finish: []store.Claim{c}})
		woken()
	})
	s.test("a slow reader keeps the newest", func(f fixture) {
		slow := subscribe(f, "news")
		const sent = 1000
		for range sent / 100 {
			var b store.Batch
			for n := range 100 {
				b.Notify = append(b.Notify, store.Notice{Topic: "news", Payload: fmt.Sprint("old ", n)})
			}
			f.commit("", b)
		}
		notify(f, "news", "newest")
		for {
			if receive(f, slow, 1)[0] == "newest" {
				return
			}
		}
	})
	s.test("the end of ctx and of the store close the channel", func(f fixture) {
		ctx, cancel := context.WithCancel(f.Context())
		byContext, err := f.Subscribe(ctx, "news")
		f.code("", err)
		byClose := subscribe(f, "news")
		cancel()
		ended(f, byContext)
		notify(f, "news", "still there")
		f.equal([]string{"still there"}, receive(f, byClose, 1))
		f.code("", f.Close())
		ended(f, byClose)
	})
}

func ended(f fixture, c <-chan string) {
	f.Helper()
	select {
	case p, ok := <-c:
		if ok {
			f.Fatalf("got the notice %q", p)
		}
	case <-time.After(patience):
		f.Fatal("the channel is still open")
	}
}
