package catchup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	// every is how often the epoch is asked for.
	every = time.Second
	// back is how much of the past is read again.
	back = 10 * time.Minute
)

// Store is what is watched.
type Store interface {
	// Epoch names the memory behind the store. It changes when the store may have lost what it had confirmed.
	Epoch(ctx context.Context) (string, error)
	Now(ctx context.Context) (time.Time, error)
}

// Engine knows what is on record and posts each message once.
type Engine interface {
	Known(ctx context.Context, dedupe string) (bool, error)
	Announce(ctx context.Context, p bot.Posting) error
}

// Parts are what the watch works with.
type Parts struct {
	Store    Store
	Engine   Engine
	Receiver bot.Receiver // takes what was missed
	Chats    []bot.Adapter
	Clock    clock.Clock
	Log      *slog.Logger
	// File keeps the epoch over restarts: a store may forget while nobody runs.
	File string
	// HeardFile keeps over restarts until when everything that was said was heard.
	HeardFile string
}

// Watch looks for changes of the epoch. Every process has one; what several of them find is told once.
type Watch struct {
	Parts
	epoch   string // the last one whose past was read
	absence absence
	// losing is the epoch whose past is being read, and lost what is left of that, by the chat's name.
	losing string
	lost   map[string]*gap
}

// New returns a watch.
func New(p Parts) *Watch { return &Watch{Parts: p} }

// Run watches until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	data, err := os.ReadFile(w.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return bot.E(bot.CodeUnavailable, "catchup.epoch.read", "The file "+w.File+" cannot be read. Check its owner and mode.", err)
	}
	w.epoch = strings.TrimSpace(string(data))
	if err := w.recall(); err != nil {
		return err
	}
	for {
		if err := w.turn(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "could not look for what the store lost; it is tried again", "op", "catchup.watch.turn", "code", bot.ErrorCode(err), "err", err)
		}
		if err := w.listen(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "could not look for what was missed; it is tried again", "op", "catchup.watch.listen", "code", bot.ErrorCode(err), "err", err)
		}
		if clock.Wait(ctx, w.Clock, every) != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
	}
}

// turn reads the past if the epoch has changed. The epoch counts as seen only when all of it was read.
func (w *Watch) turn(ctx context.Context) error {
	epoch, err := w.Store.Epoch(ctx)
	if err != nil || epoch == w.epoch {
		return quiet(err)
	}
	if w.epoch != "" {
		if closed, err := w.lookBack(ctx, epoch); !closed {
			return err
		}
	}
	if err := os.WriteFile(w.File, []byte(epoch+"\n"), 0o600); err != nil {
		return bot.E(bot.CodeUnavailable, "catchup.epoch.write", "The file "+w.File+" cannot be written.", err)
	}
	w.epoch = epoch
	return nil
}

// quiet drops the error of a store that cannot be reached: everybody else logs it.
func quiet(err error) error {
	if bot.ErrorCode(err) == bot.CodeUnavailable {
		return nil
	}
	return err
}

// lookBack looks at the last minutes of every chat. It returns true once nothing is left.
func (w *Watch) lookBack(ctx context.Context, epoch string) (bool, error) {
	if w.losing != epoch {
		now, err := w.Store.Now(ctx)
		if err != nil {
			return false, err
		}
		w.Log.WarnContext(ctx, "the store may have lost what it had confirmed; the chats are asked", "op", "catchup.watch.turn")
		w.losing, w.lost = epoch, map[string]*gap{}
		for _, a := range w.Chats {
			if _, ok := a.(bot.Historian); ok {
				w.lost[a.Name()] = &gap{since: now.Add(-back), all: true}
			}
		}
	}
	var faults []error
	for _, a := range w.Chats {
		g := w.lost[a.Name()]
		if g == nil {
			continue
		}
		closed, err := w.close(ctx, a, a.(bot.Historian), g)
		if closed {
			delete(w.lost, a.Name())
		}
		faults = append(faults, err)
	}
	return len(w.lost) == 0, errors.Join(faults...)
}

// look decides about one message: what has its final answer or is on record is well; what was taken and is on no record is lost;
// the rest was missed.
func (w *Watch) look(ctx context.Context, a bot.Adapter, p bot.Past) error {
	if p.Answered {
		return nil
	}
	known, err := w.Engine.Known(ctx, p.DedupeKey())
	switch {
	case err != nil || known:
		return err
	case p.Taken:
		return w.report(ctx, p)
	}
	return w.take(ctx, a, p)
}

// report tells the author of a command that it is lost. Whether it had begun, nobody knows any more.
func (w *Watch) report(ctx context.Context, p bot.Past) error {
	w.Log.WarnContext(ctx, "a command that was accepted is lost; its author is told", "op", "catchup.message.report", "delivery", p.Delivery, "identity", p.Account())
	r := bot.Problem(fmt.Sprintf("Your command %q was accepted, and then the store lost it.", p.Text),
		bot.TextBlock("It may have begun before that. Look at its targets, then send it again if it is still wanted."))
	r.Private = false
	return w.Engine.Announce(ctx, bot.Posting{Key: "lost/" + p.DedupeKey(), Origin: p.Origin, Reply: r})
}

// take accepts a message that nobody took when it was written.
func (w *Watch) take(ctx context.Context, a bot.Adapter, p bot.Past) error {
	answer, err := w.Receiver.Receive(ctx, p.Message)
	if err != nil {
		return err
	}
	if m, ok := a.(bot.Marker); ok && answer.Execution != "" {
		mark(ctx, m, w.Log, p.Message, bot.MarkLate)
	}
	late := bot.TextBlock(excuse(p))
	if answer.Reply == nil {
		return w.Engine.Announce(ctx, bot.Posting{Key: "late/" + p.DedupeKey(), Origin: p.Origin, Reply: bot.Reply{Blocks: []bot.Block{late}}})
	}
	answer.Reply.Blocks = append([]bot.Block{late}, answer.Reply.Blocks...)
	return w.Engine.Announce(ctx, bot.Posting{Key: "answer/" + p.Delivery, Origin: p.Origin, Reply: *answer.Reply})
}
