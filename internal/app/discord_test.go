package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// TestDiscordSeat: one process works at a time, and another follows when it stops.
func TestDiscordSeat(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	s, err := sqlite.Open(ctx, sqlite.Options{Dir: t.TempDir(), Clock: clock.System(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := make(chan int, 2)
	hold := func(ctx context.Context, who int) <-chan error {
		ended := make(chan error, 1)
		seat := app.DiscordSeat{Store: s, Clock: clock.System(), Log: slog.New(slog.DiscardHandler)}
		go func() {
			ended <- seat.Hold(ctx, func(ctx context.Context) error {
				began <- who
				<-ctx.Done()
				return nil
			})
		}()
		return ended
	}
	first, stop := context.WithCancel(ctx)
	ended := hold(first, 1)
	if who := <-began; who != 1 {
		t.Fatalf("%d began", who)
	}
	second, stopSecond := context.WithCancel(ctx)
	endedSecond := hold(second, 2)
	select {
	case <-began:
		t.Error("two worked at once")
	default:
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	select {
	case who := <-began:
		if who != 2 {
			t.Errorf("%d began", who)
		}
	case <-ctx.Done():
		t.Error("nobody followed")
	}
	stopSecond()
	if err := <-endedSecond; err != nil {
		t.Error(err)
	}
}

// TestDiscordMemory: what was saved since is not overwritten.
func TestDiscordMemory(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Clock: clock.System(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m := app.DiscordMemory{Store: s}
	save := func(version int64, text string) error {
		return m.Save(t.Context(), discord.Saved{Name: "session", Data: []byte(text), Version: version, For: time.Hour})
	}
	if err := save(0, `{"seq":1}`); err != nil {
		t.Fatal(err)
	}
	if err := save(0, `{"seq":2}`); bot.ErrorCode(err) != bot.CodeConflict {
		t.Errorf("an old version was taken: %v", err)
	}
	if err := save(1, `{"seq":3}`); err != nil {
		t.Error(err)
	}
	data, version, err := m.Load(t.Context(), "session")
	if string(data) != `{"seq":3}` || version != 2 || err != nil {
		t.Errorf("%s %d %v", data, version, err)
	}
	if data, version, err := m.Load(t.Context(), "nothing"); data != nil || version != 0 || err != nil {
		t.Errorf("%s %d %v", data, version, err)
	}
}

// TestNativePacks: a pack that has no command to offer is a fault that says why.
func TestNativePacks(t *testing.T) {
	t.Setenv("PETREL_TEST_DISCORD", "a-token")
	for name, want := range map[string]string{
		"core": "", "cora": "there is no such pack with aliases; did you mean core?", "clary": "none of its aliases can be run here. To see why: petrel action get clary.",
	} {
		c := config.Default()
		c.Data, c.Adapters.Discord.Token, c.Adapters.Discord.NativePacks = t.TempDir(), "env:PETREL_TEST_DISCORD", []string{name}
		a, err := app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true})
		if (err == nil) != (want == "") || !strings.Contains(bot.ErrorText(err), want) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestDiscordOverHTTP: with a public key interactions are taken at Petrel's own address, and without an address that is a fault.
func TestDiscordOverHTTP(t *testing.T) {
	t.Setenv("PETREL_TEST_DISCORD", "a-token")
	c := config.Default()
	c.Adapters.Discord.Token, c.Adapters.Discord.PublicKey = "env:PETREL_TEST_DISCORD", strings.Repeat("ab", 32)
	build := func() (*app.App, error) {
		c.Data = t.TempDir()
		return app.New(t.Context(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler), Chats: true})
	}
	if _, err := build(); bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(bot.ErrorText(err), "http.listen is empty") {
		t.Errorf("without an address: %v", err)
	}
	c.HTTP.Listen = "127.0.0.1:0"
	a, err := build()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	a.Web.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, discord.EndpointPath, strings.NewReader(`{"type":1}`)))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("what nobody signed is answered %d", w.Code)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
