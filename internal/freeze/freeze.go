// Package freeze keeps freezes: for a time, nothing in a scope may be changed. A freeze is one record in the store that expires when the
// freeze is over, so all processes agree on it by the store's clock, and it ends although nobody ends it. The executor asks here; it
// decides what a freeze stops.
package freeze

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// Freeze stops what changes something in its scope.
type Freeze struct {
	ID     string       `json:"id"`
	Reason string       `json:"reason"`
	Scope  Scope        `json:"scope,omitzero"`
	By     bot.Identity `json:"by"`
	Origin bot.Origin   `json:"origin"` // where it was declared
	Since  time.Time    `json:"since"`
	Until  time.Time    `json:"until"`
}

// Text says for people who froze what, why and until when.
func (f Freeze) Text() string {
	return fmt.Sprintf("%s froze %s until %s: %s", f.By.ID, f.Scope, f.Until.UTC().Format("2006-01-02 15:04:05 MST"), f.Reason)
}

// Wish is somebody's wish for a freeze.
type Wish struct {
	Reason string
	For    time.Duration
	Scope  Scope
	By     bot.Identity
	Origin bot.Origin
}

// The kind of the records, their index and the version of the documents that this build writes.
const (
	kind          = "freeze"
	recordVersion = 1
)

var all = store.Index{Name: "all"}

// Keeper declares, lists and lifts freezes.
type Keeper struct {
	store  store.Store
	random random.Source
	keep   time.Duration
}

// NewKeeper returns a keeper whose lines in the audit log are kept for so long.
func NewKeeper(s store.Store, r random.Source, keep time.Duration) *Keeper {
	return &Keeper{store: s, random: r, keep: keep}
}

// Declare begins a freeze. It is durable, and on record in the audit log, when Declare returns.
func (k *Keeper) Declare(ctx context.Context, w Wish) (Freeze, error) {
	now, err := k.store.Now(ctx)
	if err != nil {
		return Freeze{}, err
	}
	f := Freeze{
		ID: bot.NewID(now, k.random.Uint64()), Reason: w.Reason, Scope: w.Scope, By: w.By, Origin: w.Origin, Since: now, Until: now.Add(w.For),
	}
	data, err := store.Document[Freeze]{V: recordVersion, Value: f}.Encode()
	if err != nil {
		return Freeze{}, err
	}
	b := store.Batch{Puts: []store.Put{{Key: store.Key{Kind: kind, ID: f.ID}, Data: data, If: store.Absent, Index: []store.Index{all}, TTL: w.For}}}
	if err := k.note(&b, audit.Froze, f, Wish{By: w.By, Origin: w.Origin}); err != nil {
		return Freeze{}, err
	}
	return f, k.store.Commit(ctx, b)
}

// Lift ends the freeze whose id begins so. CodeNotFound when there is none, or it is over; CodeInvalid when the characters fit several.
func (k *Keeper) Lift(ctx context.Context, prefix string, who bot.Identity, from bot.Origin) (Freeze, error) {
	f, err := k.find(ctx, prefix)
	if err != nil {
		return Freeze{}, err
	}
	b := store.Batch{Deletes: []store.Delete{{Key: store.Key{Kind: kind, ID: f.ID}, If: store.Anything}}}
	if err := k.note(&b, audit.Unfroze, f, Wish{By: who, Origin: from}); err != nil {
		return Freeze{}, err
	}
	return f, k.store.Commit(ctx, b)
}

func (k *Keeper) find(ctx context.Context, prefix string) (Freeze, error) {
	const op = "freeze.keeper.find"
	if !bot.IsIDPrefix(prefix) {
		return Freeze{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("%q is not the id of a freeze. Type freezes to see them.", prefix), nil)
	}
	page, err := k.store.List(ctx, store.Query{Kind: kind, Index: all, Prefix: prefix, Limit: 2})
	if err != nil {
		return Freeze{}, err
	}
	switch len(page.Records) {
	case 0:
		return Freeze{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("There is no freeze %s now. Type freezes to see them.", prefix), nil)
	case 1:
		doc, err := store.Decode[Freeze](page.Records[0].Data)
		return doc.Value, err
	}
	return Freeze{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("Several freezes begin with %s. Give more characters.", prefix), nil)
}

// List returns what is frozen now, oldest first.
func (k *Keeper) List(ctx context.Context) ([]Freeze, error) {
	var list []Freeze
	q := store.Query{Kind: kind, Index: all}
	for {
		page, err := k.store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[Freeze](r.Data)
			if err != nil {
				return nil, err
			}
			list = append(list, doc.Value)
		}
		if page.Next == "" {
			return list, nil
		}
		q.After = page.Next
	}
}

// Covering returns the freezes that the action with these targets is under now, oldest first.
func (k *Keeper) Covering(ctx context.Context, spec *bot.ActionSpec, targets []string) ([]Freeze, error) {
	list, err := k.List(ctx)
	if err != nil {
		return nil, err
	}
	var covering []Freeze
	for _, f := range list {
		if f.Scope.Covers(spec, targets) {
			covering = append(covering, f)
		}
	}
	return covering, nil
}

// note adds the line about a freeze to the audit log.
func (k *Keeper) note(b *store.Batch, what audit.What, f Freeze, w Wish) error {
	line := audit.Entry{
		What: what, Who: w.By.ID, Account: w.Origin.Account(), From: audit.Place(w.Origin), Targets: f.Scope.Nodes,
		Why: fmt.Sprintf("freeze %s: %s", f.ID, f.Text()),
	}
	return audit.Append(b, line, nil, k.keep)
}
