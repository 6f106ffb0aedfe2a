package catchup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

const (
	// noteEvery is how often it is written down that everything was heard until now.
	noteEvery = 10 * time.Second
	// margin is read twice: the clocks of a platform and of this machine differ.
	margin = 30 * time.Second
)

// absence is what a process may not have heard. Only the watch's goroutine uses it.
type absence struct {
	gaps  map[string]*gap // by the chat's name; what is still to be looked for
	noted time.Time
}

// recall reads until when the process before this one heard everything. The first one has missed nothing.
func (w *Watch) recall() error {
	w.absence = absence{gaps: map[string]*gap{}}
	data, err := os.ReadFile(w.HeardFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var until time.Time
	if err == nil {
		until, err = time.Parse(time.RFC3339, strings.TrimSpace(string(data)))
	}
	if err != nil {
		return bot.E(bot.CodeUnavailable, "catchup.heard.read", "The file "+w.HeardFile+" cannot be read. Remove it; messages of the last minutes may then have to be typed again.", err)
	}
	for _, a := range w.Chats {
		if _, ok := a.(bot.Listener); ok {
			w.absence.gaps[a.Name()] = &gap{since: until}
		}
	}
	return nil
}

// listen looks for what was said while a chat could not be heard. What could not be looked for stays for the next turn.
func (w *Watch) listen(ctx context.Context) error {
	var faults []error
	deaf, listeners := false, 0
	for _, a := range w.Chats {
		l, ok := a.(bot.Listener)
		if !ok {
			continue
		}
		listeners++
		since, over := l.Missed()
		switch g := w.absence.gaps[a.Name()]; {
		case since.IsZero():
		case !over:
			deaf = true
		case g == nil:
			w.absence.gaps[a.Name()] = &gap{since: since}
		case since.Before(g.since) || g.read: // what was read before does not have it
			w.absence.gaps[a.Name()] = &gap{since: earlier(since, g.since), failed: g.failed, next: g.next}
		}
		if err := w.lookFor(ctx, l, a); err != nil {
			faults = append(faults, err)
		}
	}
	now := w.Clock.Now()
	if listeners == 0 || deaf || len(w.absence.gaps) > 0 || now.Sub(w.absence.noted) < noteEvery {
		return errors.Join(faults...)
	}
	w.absence.noted = now
	if err := os.WriteFile(w.HeardFile, []byte(now.UTC().Format(time.RFC3339)+"\n"), 0o600); err != nil {
		faults = append(faults, bot.E(bot.CodeUnavailable, "catchup.heard.write", "The file "+w.HeardFile+" cannot be written.", err))
	}
	return errors.Join(faults...)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// lookFor looks for what one chat missed.
func (w *Watch) lookFor(ctx context.Context, h bot.Historian, a bot.Adapter) error {
	g := w.absence.gaps[a.Name()]
	if g == nil {
		return nil
	}
	bounded := *g
	if earliest := w.Clock.Now().Add(-back); g.since.Before(earliest) {
		bounded.since = earliest
	} else {
		bounded.since = g.since.Add(-margin)
	}
	closed, err := w.close(ctx, a, h, &bounded)
	if !closed {
		bounded.since = g.since // it is counted from anew at the next try
		*g = bounded
		return err
	}
	w.Log.InfoContext(ctx, "looked for what was said while a chat could not be heard", "op", "catchup.watch.listen", "chat", a.Name(), "since", bounded.since)
	delete(w.absence.gaps, a.Name())
	return nil
}

// excuse says in an answer that it comes late.
func excuse(p bot.Past) string {
	return fmt.Sprintf("You wrote this at %s UTC, and I hear it only now.", p.At.UTC().Format("15:04"))
}
