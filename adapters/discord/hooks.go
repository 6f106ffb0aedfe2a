package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/remote"
)

const (
	// tokenLife is how long the token of an interaction is used; Discord takes it for 15 minutes.
	tokenLife = 14 * time.Minute
	// settleWithin is how long a post waits for the answer to its interaction, without which it has nothing to fill.
	settleWithin = 3 * time.Second
	// respondWithin is how long an answer to an interaction is tried to be given. Nobody waits for it any longer.
	respondWithin = 3 * time.Second
	maxHooks      = 4096
)

// hook is how an interaction is answered as long as its token lasts.
type hook struct {
	Token string    `json:"token"`
	Until time.Time `json:"until"`
	// Used says that the first answer is something else than the room for the living message.
	Used bool `json:"used"`
	// Settled says that the interaction was answered, or cannot be any more.
	Settled bool `json:"settled"`
}

// openHook is a hook whose interaction this process answers.
type openHook struct {
	hook
	settled chan struct{} // closed when the interaction is answered, or cannot be any more
}

// hooks remember the tokens of interactions, for this process and in the shared memory for all others: whichever delivers the answer
// needs it. A token is worth a message to one person for a quarter of an hour.
type hooks struct {
	opts Options

	// mu guards known and order.
	mu    sync.Mutex
	known map[string]*openHook // by interaction
	order []string
}

func newHooks(o Options) *hooks { return &hooks{opts: o, known: map[string]*openHook{}} }

func hookName(id string) string { return "interaction/" + id }

// open remembers an interaction before its command is accepted. An error means that no other process could answer it. answered says that
// it comes again, and that a process which died meanwhile has given it its answer.
func (h *hooks) open(ctx context.Context, i Interaction) (answered bool, err error) {
	o := &openHook{hook: hook{Token: i.Token, Until: h.opts.Clock.Now().Add(tokenLife)}, settled: make(chan struct{})}
	h.mu.Lock()
	if _, again := h.known[i.ID]; again { // a redelivery: the first one's answer stands
		h.mu.Unlock()
		return false, nil
	}
	h.known[i.ID] = o
	h.order = append(h.order, i.ID)
	if len(h.order) > maxHooks {
		delete(h.known, h.order[0])
		h.order = h.order[1:]
	}
	h.mu.Unlock()
	if err = h.save(ctx, i.ID, o.hook, 0); bot.ErrorCode(err) != bot.CodeConflict {
		return false, err
	}
	k, _, err := h.load(ctx, i.ID)
	if err != nil {
		return false, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if o.hook = k; k.Settled {
		close(o.settled)
	}
	return k.Settled, nil
}

func (h *hooks) save(ctx context.Context, id string, k hook, version int64) error {
	data, err := json.Marshal(k)
	if err != nil {
		return bot.E(bot.CodeInternal, "discord.interaction.save", "", err)
	}
	return h.opts.Memory.Save(ctx, Saved{Name: hookName(id), Data: data, Version: version, For: tokenLife})
}

// load returns what another process saved of an interaction. What cannot be read is not there: the answer goes to the channel.
func (h *hooks) load(ctx context.Context, id string) (k hook, found bool, err error) {
	data, version, err := h.opts.Memory.Load(ctx, hookName(id))
	if err != nil || version == 0 || json.Unmarshal(data, &k) != nil {
		return hook{}, false, err
	}
	return k, true, nil
}

// settle says what became of the answer to an interaction. One that failed leaves nothing to be filled.
func (h *hooks) settle(ctx context.Context, id string, used bool, failed error) error {
	h.mu.Lock()
	o := h.known[id]
	if o == nil {
		h.mu.Unlock()
		return nil
	}
	o.Used, o.Settled = used, true
	if failed != nil {
		o.Until = time.Time{}
	}
	k := o.hook
	select {
	case <-o.settled:
	default:
		close(o.settled)
	}
	h.mu.Unlock()
	return h.save(ctx, id, k, AnyVersion)
}

// find returns how the interaction is answered now, and false when it cannot be any more.
func (h *hooks) find(ctx context.Context, id string) (hook, bool, error) {
	h.mu.Lock()
	o := h.known[id]
	h.mu.Unlock()
	if o != nil {
		timer := h.opts.Clock.NewTimer(settleWithin)
		defer timer.Stop()
		select {
		case <-o.settled:
		case <-timer.C():
		case <-ctx.Done():
			return hook{}, false, bot.E(bot.CodeTimeout, "discord.interaction.find", "", ctx.Err())
		}
		h.mu.Lock()
		k := o.hook
		h.mu.Unlock()
		return k, h.fresh(k), nil
	}
	k, found, err := h.load(ctx, id)
	if err != nil || !found {
		return hook{}, false, err
	}
	if answering := k.Until.Add(settleWithin - tokenLife).Sub(h.opts.Clock.Now()); !k.Settled && answering > 0 {
		// Another process is about to answer the interaction. Until then there is nothing to fill.
		failed := bot.E(bot.CodeUnavailable, "discord.interaction.find", "", nil)
		failed.Wait = time.Second
		return hook{}, false, failed
	}
	return k, h.fresh(k), nil
}

func (h *hooks) fresh(k hook) bool { return isToken(k.Token) && k.Until.After(h.opts.Clock.Now()) }

// Types of answers to an interaction.
const (
	respondPong     = 1
	respondReply    = 4
	respondDeferred = 5
	respondNoted    = 6
	respondChoices  = 8
	respondForm     = 9
)

// response is an answer to an interaction.
type response struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// respond answers an interaction. It is tried once more where nobody knows whether it arrived: there is no time for a wait.
func (a *Adapter) respond(ctx context.Context, i Interaction, r response, files []bot.File) error {
	call := request{
		name: "interaction.answer", method: http.MethodPost, path: "interactions/" + i.ID + "/" + i.Token + "/callback", major: i.ID,
		body: r, files: files, free: true,
	}
	ctx, cancel := context.WithTimeout(ctx, respondWithin)
	defer cancel()
	err := a.call(ctx, call, nil)
	if remote.Undecided(err) && ctx.Err() == nil {
		err = a.call(ctx, call, nil)
	}
	if bot.ErrorCode(err) == bot.CodeConflict { // an earlier try, or another process, was faster
		return nil
	}
	return err
}
