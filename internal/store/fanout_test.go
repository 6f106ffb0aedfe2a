package store_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFanoutDropsTheOldest(t *testing.T) {
	var f store.Fanout
	defer f.Close()
	notices, err := f.Subscribe(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	const sent = 1000
	for n := range sent {
		f.Send(store.Notice{Topic: "news", Payload: fmt.Sprint(n)})
		f.Send(store.Notice{Topic: "other", Payload: "other"})
	}
	for n := sent - len(notices); n < sent; n++ {
		if got := <-notices; got != fmt.Sprint(n) {
			t.Fatalf("got notice %s, want %d", got, n)
		}
	}
}

func TestFanoutEnds(t *testing.T) {
	var f store.Fanout
	ctx, cancel := context.WithCancel(t.Context())
	byContext, err := f.Subscribe(ctx, "news")
	if err != nil {
		t.Fatal(err)
	}
	byClose, err := f.Subscribe(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if got, ok := <-byContext; ok {
		t.Errorf("got %q", got)
	}
	f.Send(store.Notice{Topic: "news", Payload: "still there"})
	if got := <-byClose; got != "still there" {
		t.Errorf("got %q", got)
	}
	f.Close()
	if got, ok := <-byClose; ok {
		t.Errorf("got %q", got)
	}
	if _, err := f.Subscribe(t.Context(), "news"); bot.ErrorCode(err) != bot.CodeUnavailable {
		t.Errorf("got %v", err)
	}
}
