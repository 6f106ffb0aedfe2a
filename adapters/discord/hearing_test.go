package discord_test

import (
	"context"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

func offersNothing(context.Context, bot.Origin, string) []discord.Choice { return nil }

// TestLink: a path that carries nothing any more is known within a minute, and that it carries again as soon as it does.
func TestLink(t *testing.T) {
	h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(works))
	heard := func() bool { return h.discord.Link().Deaf.IsZero() }
	h.until("it hears", heard)
	began := h.clock.Now()
	h.sim.Deafen()
	for heard() {
		if h.clock.Now().Sub(began) > 3*time.Minute { // it takes one, and on a busy machine this clock runs ahead of the adapter
			t.Fatal("after three minutes it does not know that it is deaf")
		}
		h.clock.Advance(time.Second)
		select { // what the second brought about
		case <-h.sim.Changed():
		case <-time.After(20 * time.Millisecond):
		}
	}
	if since := h.discord.Link().Deaf; since.After(began.Add(time.Second)) {
		t.Errorf("it says that it is deaf since %v, want %v", since, began)
	}
	h.until("it hears again", heard)
	h.says("after all")
	h.stop()
	if !heard() {
		t.Error("after its end it says that it is deaf")
	}
}

// TestLinkOfManyKinds: who cannot join is deaf; who lets another listen is not; who was refused for good stays deaf.
func TestLinkOfManyKinds(t *testing.T) {
	t.Run("cannot join", func(t *testing.T) {
		h := &running{T: t, ledger: &ledger{}, harness: newHarness(t, simdiscord.Options{}, discord.Options{})}
		h.ctx = t.Context()
		h.sim.Revoke()
		_, stop := h.work(h.discord, newDesk(works))
		h.until("it is deaf", func() bool { return !h.discord.Link().Deaf.IsZero() })
		stop()
	})
	t.Run("another listens", func(t *testing.T) {
		h := &running{T: t, ledger: &ledger{}, harness: newHarness(t, simdiscord.Options{}, discord.Options{Seat: taken{}})}
		h.ctx = t.Context()
		_, stop := h.work(h.discord, newDesk(works))
		h.until("it knows who it is", func() bool { return h.discord.Link().Deaf.IsZero() })
		stop()
	})
	t.Run("refused for good", func(t *testing.T) {
		h := run(t, simdiscord.Options{}, discord.Options{}, newDesk(works))
		h.sim.CloseGateway(4014, "")
		h.until("it is deaf", func() bool { return !h.discord.Link().Deaf.IsZero() })
		h.clock.Advance(time.Hour)
		if h.discord.Link().Deaf.IsZero() {
			t.Error("it says that it hears")
		}
	})
}

// taken is a seat that another process holds for ever.
type taken struct{}

func (taken) Hold(ctx context.Context, _ func(context.Context) error) error {
	<-ctx.Done()
	return nil
}
