package discord

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/failpoint"
)

// session is what a process needs to go on where another stopped.
type session struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	// Seq is the last event of which, like of all before it, nothing is left to do.
	Seq int64 `json:"seq"`
	// At is when it was saved: what people wrote later may have been missed when the session is lost.
	At time.Time `json:"at"`
}

const (
	sessionName = "session"
	// sessionLife is how long a saved session is of use: as long as anybody would want to know what was missed.
	sessionLife = 24 * time.Hour
)

// progress is how far a session has come. Events are done in any order; the saved sequence advances only over what is done.
type progress struct {
	// mu guards what follows.
	mu      sync.Mutex
	session session
	round   int // which session it is: what is left of an earlier one does not count
	last    int64
	open    []int64 // events that are not done, in their order
	version int64   // of the record
	changed chan struct{}
}

func newProgress() *progress { return &progress{changed: make(chan struct{}, 1)} }

// begin starts a new session.
func (p *progress) begin(id, url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.session.ID, p.session.URL, p.session.Seq = id, url, 0
	p.last, p.open = 0, nil
	p.round++
	p.tell()
}

// forget ends the session: the next is a new one.
func (p *progress) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.session.ID, p.session.URL, p.session.Seq = "", "", 0
	p.last, p.open = 0, nil
	p.round++
	p.tell()
}

// arrived notes an event and returns what says that it is done.
func (p *progress) arrived(seq int64) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = max(p.last, seq)
	p.open = append(p.open, seq)
	round := p.round
	return func() { p.finish(round, seq) }
}

func (p *progress) finish(round int, seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if round != p.round {
		return
	}
	if i := slices.Index(p.open, seq); i >= 0 {
		p.open = slices.Delete(p.open, i, i+1)
	}
	mark := p.last
	if len(p.open) > 0 {
		mark = slices.Min(p.open) - 1
	}
	if mark > p.session.Seq {
		p.session.Seq = mark
		p.tell()
	}
}

// tell says that there is something to save. It is called with mu held.
func (p *progress) tell() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// resumable returns the session to be taken up again after a connection of this process ended: from its last event, for the earlier ones
// are still at work here.
func (p *progress) resumable() (s session, last int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.session, max(p.last, p.session.Seq)
}

// heard is the number that a heartbeat carries, nil before the first event.
func (p *progress) heard() *int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == 0 && p.session.Seq == 0 {
		return nil
	}
	last := max(p.last, p.session.Seq)
	return &last
}

// load takes up what another process left.
func (p *progress) load(ctx context.Context, m Memory) error {
	data, version, err := m.Load(ctx, sessionName)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version = version
	if version == 0 || failpoint.Mutant(failpoint.ForgetsSequence) {
		return nil
	}
	if err := json.Unmarshal(data, &p.session); err != nil {
		p.session = session{} // it was damaged: a new session loses nothing that the history has
	}
	p.last = p.session.Seq
	return nil
}

// save writes the session down. CodeConflict: another process holds it.
func (p *progress) save(ctx context.Context, m Memory, now time.Time) error {
	p.mu.Lock()
	s, version := p.session, p.version
	p.mu.Unlock()
	s.At = now
	data, err := json.Marshal(s)
	if err != nil {
		return bot.E(bot.CodeInternal, "discord.session.save", "", err)
	}
	if err := m.Save(ctx, Saved{Name: sessionName, Data: data, Version: version, For: sessionLife}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version++
	return nil
}
