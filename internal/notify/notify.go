package notify

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/store"
)

// Notify takes a note. It is durable when Notify returns; the same id again is the same note. CodeInvalid: nobody reads that channel, or the
// quiet hours cannot be read.
func (k *Keeper) Notify(ctx context.Context, n notice.Note) error {
	if _, err := notice.ParseQuiet(n.Quiet); err != nil {
		return err
	}
	if err := executor.AddPosting(&store.Batch{}, bot.Posting{Key: postingKey(n.ID), Origin: n.Origin}); err != nil {
		return err
	}
	now, err := k.Store.Now(ctx)
	if err != nil {
		return err
	}
	n.At = now
	b := store.Batch{Enqueue: []store.Entry{{Queue: notesQueue, ID: n.ID}}}
	if err := putNote(&b, fresh(n)); err != nil {
		return err
	}
	err = k.Store.Commit(ctx, b)
	if bot.ErrorCode(err) == bot.CodeConflict {
		return nil
	}
	return err
}

// opsRule is who tells of Petrel's own troubles.
const opsRule = "petrel.operations"

// Tell tells the channel for Petrel's own troubles, where there is one.
func (k *Keeper) Tell(ctx context.Context, what, text string) error {
	if k.o.Ops == "" {
		return nil
	}
	now, err := k.Store.Now(ctx)
	if err != nil {
		return err
	}
	return k.Notify(ctx, notice.Note{
		ID: bot.NewID(now, k.Random.Uint64()), Rule: opsRule, Origin: identity.Place(bot.Origin{}, k.o.Ops), Text: text, Kind: what,
		Buttons: []notice.Button{{Label: "Acknowledge", Word: notice.Acknowledge}},
	})
}
