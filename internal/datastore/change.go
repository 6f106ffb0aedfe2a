package datastore

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// Change is what a write did to a key. Encrypted values are masked in it.
type Change struct {
	Old     Entry // Version is zero where there was none
	New     Entry // Version is zero where there is none any more
	Differs bool  // whether the value is another one, seen in plain
	At      time.Time
	Cause   bot.Cause // of the execution that made it
}

// Changed adds to the batch that changes a key what the change causes.
type Changed func(ctx context.Context, b *store.Batch, c Change) error

// NewTelling is New with changes of keys of scope system told in the step that makes them. What people keep for themselves is told to nobody,
// and nobody changes a key that ends by itself.
func NewTelling(s Store, seal Sealer, changed Changed) *Keys {
	return &Keys{store: s, seal: seal, changed: changed}
}

func (k *Keys) tells(key Key) bool { return k.changed != nil && key.Scope == System }

// differs reports whether a write brings another value. Where the old one cannot be opened, it counts as another.
func (k *Keys) differs(old stored, w Write) bool {
	value := old.doc.Value.Value
	if sealed := old.doc.Value.Sealed; sealed != nil {
		var err error
		if value, err = k.open(w.Key, sealed); err != nil {
			return true
		}
	}
	return old.version == store.Absent || value != w.Value
}
