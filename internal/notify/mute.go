package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/store"
)

// MaxMute is how long something can be muted at the most. Whoever wants it longer turns the rule off.
const MaxMute = 7 * 24 * time.Hour

// Wish is somebody's wish to hear nothing from a rule or a trigger.
type Wish struct {
	Scope  string
	For    time.Duration
	By     bot.Identity
	Origin bot.Origin
}

// Mute has channels hear nothing from a rule, or from all rules of a trigger, for a time. What comes meanwhile is told in one digest when it
// is over. The channels that hear from it are told, but for the one that it is asked in. A mute that is there is replaced.
func (k *Keeper) Mute(ctx context.Context, w Wish) (notice.Mute, error) {
	if w.For <= 0 || w.For > MaxMute {
		return notice.Mute{}, bot.E(bot.CodeInvalid, "notify.mute", "Nothing is muted for more than 7 days. Turn the rule off instead: rule disable "+w.Scope+".", nil)
	}
	now, err := k.Store.Now(ctx)
	if err != nil {
		return notice.Mute{}, err
	}
	m := notice.Mute{Scope: w.Scope, By: w.By.ID, Since: now, Until: now.Add(w.For)}
	r := fresh(m)
	r.version = store.Anything
	var b store.Batch
	if err := r.put(&b, kindMute, m.Scope, allIndex); err != nil {
		return m, err
	}
	b.Puts[0].TTL = w.For
	return m, k.changeMute(ctx, b, w, mutedText{audit.Muted, m.Text()})
}

// Unmute ends a mute. What was held back is told. CodeNotFound: nothing is muted under that name.
func (k *Keeper) Unmute(ctx context.Context, w Wish) (notice.Mute, error) {
	r, err := load[notice.Mute](ctx, k.Store, kindMute, w.Scope)
	if absent(err) {
		return notice.Mute{}, bot.E(bot.CodeNotFound, "notify.unmute", fmt.Sprintf("%s is not muted now. Type mutes to see what is.", w.Scope), nil)
	}
	if err != nil {
		return notice.Mute{}, err
	}
	b := store.Batch{Deletes: []store.Delete{{Key: store.Key{Kind: kindMute, ID: w.Scope}, If: store.Anything}}}
	return *r.value(), k.changeMute(ctx, b, w, mutedText{audit.Unmuted, w.By.ID + " ended the mute of " + w.Scope})
}

// mutedText is how a change of a mute is told: in the audit log and to channels.
type mutedText struct {
	what audit.What
	text string
}

// changeMute writes a change of a mute, tells the channels that hear from its scope, and has their streams looked at.
func (k *Keeper) changeMute(ctx context.Context, b store.Batch, w Wish, told mutedText) error {
	streams, err := all[notice.Stream](ctx, k.Store, store.Query{Kind: kindStream, Index: store.Index{Name: indexScope, Value: w.Scope}})
	if err != nil {
		return err
	}
	now, err := k.Store.Now(ctx)
	if err != nil {
		return err
	}
	here := map[string]bool{notice.Place(w.Origin): true}
	for _, s := range streams {
		b.Enqueue = append(b.Enqueue, store.Entry{Queue: streamsQueue, ID: s.ID})
		if here[s.Place] {
			continue
		}
		here[s.Place] = true
		p := bot.Posting{Key: bot.NewID(now, k.Random.Uint64()) + ".mute", Origin: s.Origin, Reply: bot.Reply{Title: told.text + "."}}
		if err := executor.AddPosting(&b, p); err != nil {
			return err
		}
	}
	line := audit.Entry{What: told.what, Who: w.By.ID, Account: w.Origin.Account(), From: audit.Place(w.Origin), Why: told.text}
	if err := audit.Append(&b, line, nil, k.o.Audit); err != nil {
		return err
	}
	return k.Store.Commit(ctx, b)
}

// Mutes returns what is muted now, by scope.
func (k *Keeper) Mutes(ctx context.Context) ([]notice.Mute, error) {
	return all[notice.Mute](ctx, k.Store, store.Query{Kind: kindMute, Index: allIndex})
}
