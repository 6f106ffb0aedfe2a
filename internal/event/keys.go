package event

import (
	"context"
	"time"

	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/trigger"
)

// KeyChanged adds to the batch that changes a key of the datastore the events that tell of it, where any rule waits for them. It is for
// datastore.NewTelling.
func (x *Engine) KeyChanged(ctx context.Context, b *store.Batch, c datastore.Change) error {
	for _, told := range keyEvents(c) {
		if !x.awaited(ctx, told.Trigger) {
			continue
		}
		told.Source, told.Cause = "datastore", deeper(c.Cause)
		if err := x.add(b, x.instance(told, c.At), ""); err != nil {
			return err
		}
	}
	return nil
}

// keyEvents are StackStorm's: a key that is written is updated, and where the value is another one it has changed as well.
func keyEvents(c datastore.Change) []Event {
	switch {
	case c.New.Version == 0:
		return []Event{{Trigger: trigger.KeyDelete, Payload: map[string]any{"object": keyPayload(c.Old)}}}
	case c.Old.Version == 0:
		return []Event{{Trigger: trigger.KeyCreate, Payload: map[string]any{"object": keyPayload(c.New)}}}
	}
	list := []Event{{Trigger: trigger.KeyUpdate, Payload: map[string]any{"object": keyPayload(c.New)}}}
	if c.Differs {
		list = append(list, Event{
			Trigger: trigger.KeyChange, Payload: map[string]any{"old_object": keyPayload(c.Old), "new_object": keyPayload(c.New)},
		})
	}
	return list
}

// keyPayload is what events tell of a key. The value of an encrypted one is masked in the entry.
func keyPayload(e datastore.Entry) map[string]any {
	told := map[string]any{"name": e.Key.Name, "scope": string(e.Key.Scope), "value": e.Value, "secret": e.Encrypted, "by": e.By}
	if !e.Expires.IsZero() {
		told["expire_timestamp"] = e.Expires.UTC().Format(time.RFC3339)
	}
	return told
}
