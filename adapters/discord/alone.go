package discord

import (
	"context"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// alone is the Seat of a process that shares nothing.
type alone struct{}

func (alone) Hold(ctx context.Context, work func(ctx context.Context) error) error { return work(ctx) }

// forgetful is the Memory of a process that shares nothing.
type forgetful struct {
	// mu guards kept.
	mu   sync.Mutex
	kept map[string]Saved
}

func newForgetful() *forgetful { return &forgetful{kept: map[string]Saved{}} }

func (f *forgetful) Load(_ context.Context, name string) (data []byte, version int64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.kept[name]
	return s.Data, s.Version, nil
}

// maxForgetful bounds what is kept without anybody who sweeps.
const maxForgetful = 4096

func (f *forgetful) Save(_ context.Context, r Saved) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.kept[r.Name]
	if r.Version != AnyVersion && r.Version != old.Version {
		return bot.E(bot.CodeConflict, "discord.memory.save", "", nil)
	}
	if len(f.kept) >= maxForgetful {
		clear(f.kept)
	}
	r.Version = old.Version + 1
	f.kept[r.Name] = r
	return nil
}
