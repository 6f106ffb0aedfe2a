package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/store"
)

// tooOld is the answer about a message whose record is gone.
func tooOld(op string) error {
	return bot.E(bot.CodeNotFound, op, "There is nothing to be done with this message any more: it is more than a week old, or never was. Type the command yourself.", nil)
}

// Note returns a note. CodeNotFound: it is too old, or never was.
func (k *Keeper) Note(ctx context.Context, id string) (notice.Note, error) {
	n, err := load[notice.Note](ctx, k.Store, kindNote, id)
	if absent(err) {
		return notice.Note{}, tooOld("notify.note.get")
	}
	if err != nil {
		return notice.Note{}, err
	}
	return *n.value(), nil
}

// Digest returns a digest, and its notes from one on, oldest first. next is where the following ones begin, empty when there are none.
func (k *Keeper) Digest(ctx context.Context, id, from string, limit int) (d notice.Digest, notes []notice.Note, next string, err error) {
	r, err := load[notice.Digest](ctx, k.Store, kindDigest, id)
	if absent(err) {
		return d, nil, "", tooOld("notify.digest.get")
	}
	if err != nil {
		return d, nil, "", err
	}
	page, err := k.Store.List(ctx, store.Query{Kind: kindNote, Index: store.Index{Name: indexDigest, Value: id}, After: from, Limit: limit})
	if err != nil {
		return d, nil, "", err
	}
	for _, one := range page.Records {
		doc, err := store.Decode[notice.Note](one.Data)
		if err != nil {
			return d, nil, "", err
		}
		notes = append(notes, doc.Value)
	}
	return *r.value(), notes, page.Next, nil
}

// Acknowledge puts on record who looks after a note or a digest, and has its message say so. Only one person can: CodeConflict says who did.
func (k *Keeper) Acknowledge(ctx context.Context, id string, by bot.Identity, from bot.Origin) error {
	now, err := k.Store.Now(ctx)
	if err != nil {
		return err
	}
	a := &notice.Acknowledged{By: by.ID, At: now}
	for { // the message of a digest that grows is written meanwhile
		err = k.acknowledge(ctx, id, a, from)
		if _, before := errors.AsType[takenError](err); bot.ErrorCode(err) != bot.CodeConflict || before || ctx.Err() != nil {
			return err
		}
	}
}

func (k *Keeper) acknowledge(ctx context.Context, id string, a *notice.Acknowledged, from bot.Origin) error {
	const op = "notify.acknowledge"
	var b store.Batch
	d, err := load[notice.Digest](ctx, k.Store, kindDigest, id)
	switch {
	case err == nil:
		v := d.value()
		if v.Acknowledged != nil {
			return taken(*v.Acknowledged)
		}
		v.Acknowledged = a
		if err := d.put(&b, kindDigest, id); err != nil {
			return err
		}
		if err := executor.AddPosting(&b, bot.Posting{Key: postingKey(id), Origin: v.Origin, Reply: v.Reply()}); err != nil {
			return err
		}
	case !absent(err):
		return err
	default:
		n, err := load[notice.Note](ctx, k.Store, kindNote, id)
		if absent(err) {
			return tooOld(op)
		}
		if err != nil {
			return err
		}
		v := n.value()
		if v.Digest != "" {
			return bot.E(bot.CodeInvalid, op, fmt.Sprintf("It is part of a digest. Type acknowledge %s for all of it.", v.Digest), nil)
		}
		if v.Acknowledged != nil {
			return taken(*v.Acknowledged)
		}
		v.Acknowledged = a
		if err := putNote(&b, n); err != nil {
			return err
		}
		if err := executor.AddPosting(&b, bot.Posting{Key: postingKey(id), Origin: v.Origin, Reply: v.Reply()}); err != nil {
			return err
		}
	}
	line := audit.Entry{What: audit.Acknowledged, Who: a.By, Account: from.Account(), From: audit.Place(from), Why: "notification " + id}
	if err := audit.Append(&b, line, nil, k.o.Audit); err != nil {
		return err
	}
	return k.Store.Commit(ctx, b)
}

// takenError says that somebody acknowledged it before.
type takenError struct{}

func (takenError) Error() string { return "it was acknowledged before" }

func taken(a notice.Acknowledged) error {
	return bot.E(bot.CodeConflict, "notify.acknowledge", a.Text()+" Nothing was changed.", takenError{})
}
