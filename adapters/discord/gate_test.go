package discord_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

// channels returns so many channels that the bot sees.
func channels(n int) (list []simdiscord.Channel) {
	for i := range n {
		list = append(list, simdiscord.Channel{ID: fmt.Sprint(200000000000000000 + i), Name: fmt.Sprint("c", i), Members: []string{simdiscord.App, simdiscord.Ann}})
	}
	return list
}

func (h *harness) postIn(ctx context.Context, channel, key string) error {
	p := h.posting(key, bot.Reply{Status: bot.Succeeded, Title: "Done " + key + "."})
	p.Origin.Channel = channel
	_, err := h.discord.Post(ctx, p)
	return err
}

// moving moves the clock until the function that it returns is called.
func (h *harness) moving(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-h.sim.Changed():
			case <-time.After(2 * time.Millisecond):
				h.clock.Advance(250 * time.Millisecond)
			case <-ctx.Done():
			}
		}
	})
	return func() {
		cancel()
		work.Wait()
	}
}

// TestStorm: many results at once, in a few channels, while Discord has faults of its own: each is posted once, and hardly a call is made
// that Discord refuses.
func TestStorm(t *testing.T) {
	const places, each = 6, 40
	h := newHarness(t, simdiscord.Options{Channels: channels(places)}, discord.Options{})
	inject(t, h, script.Fault{Method: "message.create", Effect: script.EffectStatus, Status: 502, Count: 10})
	inject(t, h, script.Fault{Method: "message.create", Effect: script.EffectStatus, Status: 502, Count: 10, After: true})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stop := h.moving(ctx)
	var work sync.WaitGroup
	for i := range places * each {
		work.Go(func() {
			for {
				err := h.postIn(ctx, channels(places)[i%places].ID, bot.NewID(start(), uint64(i)))
				if err == nil {
					return
				}
				if clock.Wait(ctx, h.clock, max(bot.ErrorWait(err), 250*time.Millisecond)) != nil {
					t.Errorf("%d was never posted: %v", i, err)
					return
				}
			}
		})
	}
	work.Wait()
	stop()
	for i := range places * each {
		if n := strings.Count(h.Seen(), "Done "+bot.NewID(start(), uint64(i))+"."); n != 1 {
			t.Errorf("%d stands there %d times", i, n)
		}
	}
	if n := h.sim.Invalid(); n >= 100 {
		t.Errorf("%d calls were refused", n)
	} else {
		t.Logf("%d of %d posts were refused", n, places*each)
	}
}

// TestRetryAfterIsKept: no call is made before the wait is over, nobody sleeps over it, and another channel need not wait; of Cloudflare's
// wait everything has to.
func TestRetryAfterIsKept(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		all  bool
	}{"a bucket": {`{"message":"You are being rate limited.","retry_after":7.0,"global":false}`, false}, "Cloudflare": {"", true}} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, simdiscord.Options{}, discord.Options{})
			inject(t, h, script.Fault{Method: "message.create", Effect: script.EffectStatus, Status: 429, RetryAfter: 7, Body: tt.body})
			check := func(channel string, wait time.Duration) {
				t.Helper()
				if err := h.postIn(t.Context(), channel, h.fresh()); bot.ErrorWait(err) != wait || (err != nil) != (wait > 0) {
					t.Errorf("waits %v after %v, want %v", bot.ErrorWait(err), err, wait)
				}
			}
			check(simdiscord.Ops, 7*time.Second)
			h.clock.Advance(6 * time.Second)
			check(simdiscord.Ops, time.Second)
			if tt.all {
				check(simdiscord.DirectBob, time.Second)
			} else {
				check(simdiscord.DirectBob, 0)
			}
			if n := h.sim.Invalid(); n != 1 {
				t.Errorf("%d calls were refused, want the one", n)
			}
			h.clock.Advance(time.Second)
			check(simdiscord.Ops, 0)
		})
	}
}

// TestSharedBucket: calls that Discord counts together, as its header says, wait for each other without being refused; another channel
// does not.
func TestSharedBucket(t *testing.T) {
	h := newHarness(t, simdiscord.Options{Buckets: map[string]string{"message.create": "one", "message.edit": "one"}}, discord.Options{})
	p := h.posting(h.fresh(), bot.Reply{Status: bot.Running, Title: "At work."})
	ref, err := h.discord.Post(t.Context(), p)
	for range 3 {
		if err == nil {
			err = h.discord.Edit(t.Context(), ref, p)
		}
	}
	if err == nil {
		err = h.postIn(t.Context(), simdiscord.Ops, bot.NewID(h.clock.Now(), 8))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := h.discord.Edit(t.Context(), ref, p); bot.ErrorWait(err) != 5*time.Second {
		t.Errorf("the sixth call: %v", err)
	}
	if err := h.postIn(t.Context(), simdiscord.DirectBob, bot.NewID(h.clock.Now(), 9)); err != nil {
		t.Error(err)
	}
	if n := h.sim.Invalid(); n != 0 {
		t.Errorf("%d calls were refused", n)
	}
}

// TestCallsOnTheirWay: a call whose answer has not come takes room, for Discord may count it yet.
func TestCallsOnTheirWay(t *testing.T) {
	h := newHarness(t, simdiscord.Options{}, discord.Options{})
	post := func(ctx context.Context, n uint64) error {
		return h.postIn(ctx, simdiscord.Ops, bot.NewID(h.clock.Now(), n))
	}
	if err := post(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	inject(t, h, script.Fault{Method: "message.create", Effect: script.EffectHang})
	ended := make(chan error, 1)
	met := h.sim.Changed()
	go func() { ended <- post(ctx, 1) }()
	<-met // the ledger says that it was held
	for n := range 3 {
		if err := post(t.Context(), uint64(n+2)); err != nil {
			t.Error(err)
		}
	}
	if err := post(t.Context(), 9); bot.ErrorWait(err) <= 0 {
		t.Errorf("a sixth call was made while the second is on its way: %v", err)
	}
	cancel()
	if err := <-ended; bot.ErrorCode(err) != bot.CodeCanceled {
		t.Error(err)
	}
	if err := post(t.Context(), 10); bot.ErrorWait(err) <= 0 { // whether it was counted is not known before the window ends
		t.Error(err)
	}
	h.clock.Advance(5 * time.Second)
	if err := post(t.Context(), 11); err != nil {
		t.Error(err)
	}
}

// TestGlobalLimit: no more calls are made in a second than Discord takes, and what answers an interaction goes on meanwhile.
func TestGlobalLimit(t *testing.T) {
	const many = 100
	d := newDesk(works)
	h := run(t, simdiscord.Options{Channels: append(channels(many), simdiscord.DemoChannels()...)}, discord.Options{}, d)
	if err := h.sim.WaitCommand(h.ctx, "petrel"); err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(time.Second)
	posted := 0
	for i := range many {
		err := h.postIn(h.ctx, channels(many)[i].ID, bot.NewID(h.clock.Now(), uint64(i)))
		if err == nil {
			posted++
		} else if wait := bot.ErrorWait(err); wait <= 0 || wait > time.Second {
			t.Errorf("waits %v: %v", wait, err)
		}
	}
	h.slash(simdiscord.Ann, simdiscord.Ops, "x")
	h.happens(1, acked(sentDeferred))
	if n := h.sim.Invalid(); n != 0 || posted != 40 {
		t.Errorf("%d calls were made at once, %d refused", posted, n)
	}
	h.clock.Advance(time.Second)
	if err := h.postIn(h.ctx, simdiscord.Ops, h.fresh()); err != nil {
		t.Error(err)
	}
}

// TestInvalidBudget: a bot whose token is worth nothing stops calling long before Discord shuts its address out, and goes on later.
func TestInvalidBudget(t *testing.T) {
	h := newHarness(t, simdiscord.Options{Unlimited: true}, discord.Options{PerSecond: 10_000})
	h.sim.Revoke()
	var err error
	for range 1100 {
		err = h.postIn(t.Context(), simdiscord.Ops, h.fresh())
	}
	if n := h.sim.Invalid(); n != 1000 || bot.ErrorCode(err) != bot.CodeRateLimited || bot.ErrorWait(err) != 10*time.Minute {
		t.Errorf("%d calls were refused, and then %v", n, err)
	}
	h.clock.Advance(10 * time.Minute)
	if err := h.postIn(t.Context(), simdiscord.Ops, h.fresh()); bot.ErrorCode(err) != bot.CodeAuth {
		t.Error(err)
	}
}

// TestLongHistory: a history of more pages than Discord gives at once is read to its end.
func TestLongHistory(t *testing.T) {
	h := newHarness(t, simdiscord.Options{}, discord.Options{})
	for i := range 701 {
		if _, err := h.sim.Say(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Text: fmt.Sprint("@petrel ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	stop := h.moving(ctx)
	defer stop()
	past, err := h.discord.History(ctx, start().Add(-time.Minute))
	if err != nil || len(past) != 701 || past[700].Message.Text != "700" {
		t.Errorf("%d were read, %v", len(past), err)
	}
	if n := h.sim.Invalid(); n != 0 {
		t.Errorf("%d calls were refused", n)
	}
}
