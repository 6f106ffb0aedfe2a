package clary

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	// maxAttempts is how often a path is made for one host, the first one included.
	maxAttempts = 3
	// firstPoll and lastPoll bound the pause between two tries to leave a status that is not through.
	firstPoll = time.Second
	lastPoll  = 15 * time.Second
)

// walk takes one host along its path.
type walk struct {
	*hand
	search  search
	path    []string // the whole path of this attempt
	entered int      // how many statuses of it are behind the host
	wait    time.Duration
	until   time.Time // when the patience ends; zero until it is needed
}

// arrive leads the host to the wanted status, making a new path where Clary's graph or the host's own progress asks for it.
func (w *walk) arrive(ctx context.Context) *fault {
	var f *fault
	for range maxAttempts {
		again := false
		if f, again = w.follow(ctx); !again {
			return f
		}
		w.search.from = w.now
		path, reached, g := w.client.graph.route(ctx, w.search)
		switch {
		case g != nil:
			return g
		case path == nil:
			return noWay(w.search, reached)
		}
		w.path, w.entered = path, 0
	}
	if f.moved {
		return unsettled(w.now)
	}
	return f
}

// follow enters the statuses of the path one after the other and then looks whether the last one holds. True asks for a new
// path from where the host is now.
func (w *walk) follow(ctx context.Context) (*fault, bool) {
	for ; w.entered < len(w.path); w.entered++ {
		if ctx.Err() != nil {
			return w.halted(ctx), false
		}
		f := w.enter(ctx, w.path[w.entered])
		switch {
		case f == nil:
		case f.moved:
			return w.overtaken(f)
		default:
			return f, f.code == bot.CodeForbidden
		}
	}
	to := w.now
	if ctx.Err() != nil || w.look(ctx) != nil || w.now == to {
		return nil, false // where there is no time or no answer, the one to the last change counts
	}
	return w.overtaken(changedMeanwhile(to, w.now))
}

// overtaken decides about a host that is elsewhere than expected: a status on its own path is progress, any other one was
// somebody else's decision and stays.
func (w *walk) overtaken(f *fault) (*fault, bool) {
	if w.now == w.search.to {
		return nil, false
	}
	return f, slices.Contains(w.path, w.now)
}

// enter asks for one status. While Clary refuses a transition that it lists as allowed, it asks again for as long as the
// command lets it wait. A fault of code forbidden means that the graph has changed.
func (w *walk) enter(ctx context.Context, to string) *fault {
	f := w.put(ctx, to, w.stepComment(to))
	if f == nil || f.code != bot.CodeForbidden {
		return f
	}
	next, g := w.client.graph.refresh(ctx, w.now)
	if g != nil {
		return g
	}
	if !slices.Contains(next, to) {
		return forbidden(w.now, to, next)
	}
	if w.until.IsZero() {
		w.until = w.client.clock.Now().Add(w.wait)
	}
	for pause := firstPoll; f != nil && f.code == bot.CodeForbidden; pause = min(2*pause, lastPoll) {
		left := w.until.Sub(w.client.clock.Now())
		if left <= 0 {
			return notYet(w.now, to, w.wait)
		}
		if w.crew.idle(func() error { return clock.Wait(ctx, w.client.clock, min(pause, left)) }) != nil {
			return w.halted(ctx)
		}
		f = w.put(ctx, to, w.stepComment(to))
	}
	return f
}

// stepComment tells in the logbook that an intermediate status is one.
func (w *walk) stepComment(to string) string {
	if to == w.search.to {
		return w.order.comment
	}
	total := len(w.steps) + len(w.path) - w.entered
	return fmt.Sprintf("%s (step %d/%d to %s)", w.order.comment, len(w.steps)+1, total, w.search.to)
}

// put makes one transition from h.now. When the answer is lost it reads the status, and asks a second time only if nothing has
// happened. When it returns, h.now is what is known of the host.
func (h *hand) put(ctx context.Context, to, comment string) *fault {
	from, doubt := h.now, false
	for again := false; ; again = true {
		f := h.client.setStatus(ctx, h.host, transition{from: from, to: to}, h.entry(comment))
		switch {
		case f == nil:
			h.now, h.steps = to, append(h.steps, to)
			return nil
		case ctx.Err() != nil && f.code == bot.CodeCanceled:
			return h.halted(ctx)
		case f.code != bot.CodeConflict && !f.unsure:
			return f
		}
		doubt = doubt || f.unsure
		if g := h.look(ctx); g != nil {
			return h.lost(f, g)
		}
		switch {
		case h.now == to && doubt:
			h.steps = append(h.steps, to)
			return nil
		case h.now != from:
			return changedMeanwhile(from, h.now)
		case ctx.Err() != nil:
			return h.halted(ctx)
		case again && f.unsure:
			return f
		case again:
			return unsettled(h.now)
		}
	}
}

// halted is the fault of a host whose work ended with ctx.
func (h *hand) halted(ctx context.Context) *fault {
	if len(h.steps) == 0 {
		return stopped(ctx, "")
	}
	return stopped(ctx, h.now)
}

// lost is the fault of a host whose status cannot be read after a write that was not confirmed.
func (h *hand) lost(f, g *fault) *fault {
	h.now = ""
	joined := *g
	joined.text = "It is not known where it is: a change of status was not confirmed, and then " + g.text
	joined.err = f.err
	return &joined
}

// look reads where the host is. After a cancel it still takes the time of one call, so that the report can say it.
func (h *hand) look(ctx context.Context) *fault {
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.client.config.Timeout)
		defer cancel()
		ctx = late
	}
	n, f := h.client.node(ctx, h.order.id, h.host)
	if f == nil {
		h.now = n.Status
	}
	return f
}

// resumed judges a host on which an earlier attempt was at work. The status that was read in this attempt decides.
func resumed(wanted string) func(bot.Checkpoint, bot.Change, *outcome) bool {
	return func(begun bot.Checkpoint, ch bot.Change, o *outcome) bool {
		switch {
		case begun.Phase == bot.Done, ch.From == wanted:
			o.did = "done by an earlier attempt"
			o.was, o.steps = begun.From, begun.Path
		case ch.From == begun.From || slices.Contains(begun.Path, ch.From):
			return false
		default:
			o.fault = changedMeanwhile(begun.From, ch.From)
		}
		return true
	}
}
