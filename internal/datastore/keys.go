package datastore

import (
	"context"
	"errors"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// kind is the kind of the records. With the ids of Key it makes {petrel}:kv:system:clary.last_event in Redis.
const kind = "kv"

// recordVersion is the version of the records that this build writes.
const recordVersion = 1

// attempts bounds how often Set begins again because others write the same key at the same moment.
const attempts = 10

// Store is what is needed of a store.
type Store interface {
	Commit(ctx context.Context, b store.Batch) error
	Get(ctx context.Context, k store.Key) (store.Record, error)
	List(ctx context.Context, q store.Query) (store.Page, error)
	Now(ctx context.Context) (time.Time, error)
}

// Sealer encrypts values.
type Sealer interface {
	Seal(value any) (map[string]any, error)
	Open(sealed any) (any, error)
}

// Keys are the keys of one store. Every error is a *bot.Error whose text names the key: CodeInvalid for a name or a value that
// cannot be, CodeUnavailable where the store cannot be reached, and what each method names.
type Keys struct {
	store   Store
	seal    Sealer
	changed Changed // nil tells nobody
}

// New returns the keys that s holds.
func New(s Store, seal Sealer) *Keys { return &Keys{store: s, seal: seal} }

// Get returns the entry, masked where it is encrypted. CodeNotFound when there is none or it has ended.
func (k *Keys) Get(ctx context.Context, key Key) (Entry, error) {
	s, err := k.find(ctx, key)
	if err != nil {
		return Entry{}, err
	}
	return s.entry(key), nil
}

// Decrypt is Get with the value in plain. CodeInvalid when it was sealed with another key file.
func (k *Keys) Decrypt(ctx context.Context, key Key) (Entry, error) {
	s, err := k.find(ctx, key)
	if err != nil {
		return Entry{}, err
	}
	e := s.entry(key)
	if e.Encrypted {
		if e.Value, err = k.open(key, s.doc.Value.Sealed); err != nil {
			return Entry{}, reading("datastore.keys.decrypt", key, err)
		}
	}
	return e, nil
}

// Set stores the value, whatever was there, and returns the entry, masked. CodeConflict when others write the key all the time.
func (k *Keys) Set(ctx context.Context, w Write) (Entry, error) {
	if err := w.Check(); err != nil {
		return Entry{}, err
	}
	var err error
	for range attempts {
		// What is there is read first: a record of a newer Petrel may have fields that are to be kept.
		var old stored
		if old, err = k.read(ctx, w.Key); err != nil {
			return Entry{}, err
		}
		var e Entry
		if e, err = k.write(ctx, w, old); bot.ErrorCode(err) != bot.CodeConflict {
			return e, err
		}
	}
	return Entry{}, err
}

// CompareAndSet stores the value if the key still has the version that was read before; zero is for a key that must not be there. It
// returns the entry, masked, with its new version. CodeConflict when the version is another one.
func (k *Keys) CompareAndSet(ctx context.Context, w Write, have int64) (Entry, error) {
	if err := w.Check(); err != nil {
		return Entry{}, err
	}
	old, err := k.read(ctx, w.Key)
	if err != nil {
		return Entry{}, err
	}
	if int64(old.version) != have {
		return Entry{}, conflict("datastore.keys.compare", w.Key, nil)
	}
	return k.write(ctx, w, old)
}

// Delete removes the key, whatever it holds by then. The cause is that of the execution which removes it. CodeNotFound when it is not there;
// CodeConflict when others write the key all the time.
func (k *Keys) Delete(ctx context.Context, key Key, cause bot.Cause) error {
	var err error
	for range attempts {
		var old stored
		if old, err = k.find(ctx, key); err != nil {
			return err
		}
		if err = k.remove(ctx, key, old, cause); bot.ErrorCode(err) != bot.CodeConflict {
			return err
		}
	}
	return err
}

func (k *Keys) remove(ctx context.Context, key Key, old stored, cause bot.Cause) error {
	const op = "datastore.keys.delete"
	id, err := key.id()
	if err != nil {
		return err
	}
	b := store.Batch{Deletes: []store.Delete{{Key: store.Key{Kind: kind, ID: id}, If: store.Anything}}}
	if k.tells(key) {
		b.Deletes[0].If = old.version // what is told is what was there
		now, err := k.store.Now(ctx)
		if err != nil {
			return reading(op, key, err)
		}
		if err := k.changed(ctx, &b, Change{Old: old.entry(key), At: now, Cause: cause}); err != nil {
			return writing(op, key, err)
		}
	}
	if err := k.store.Commit(ctx, b); err != nil {
		return writing(op, key, err)
	}
	return nil
}

// find is read for a key that must be there.
func (k *Keys) find(ctx context.Context, key Key) (stored, error) {
	s, err := k.read(ctx, key)
	if err == nil && s.version == store.Absent {
		return stored{}, notFound("datastore.keys.find", key)
	}
	return s, err
}

func (k *Keys) read(ctx context.Context, key Key) (stored, error) {
	const op = "datastore.keys.read"
	id, err := key.id()
	if err != nil {
		return stored{}, err
	}
	r, err := k.store.Get(ctx, store.Key{Kind: kind, ID: id})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return stored{doc: store.Document[record]{V: recordVersion}, version: store.Absent}, nil
	}
	if err != nil {
		return stored{}, reading(op, key, err)
	}
	s, err := decode(r)
	if err != nil {
		return stored{}, reading(op, key, err)
	}
	return s, nil
}

func decode(r store.Record) (stored, error) {
	doc, err := store.Decode[record](r.Data)
	return stored{doc: doc, version: r.Version}, err
}

// write puts the value in the place of the record that was read.
func (k *Keys) write(ctx context.Context, w Write, old stored) (Entry, error) {
	const op = "datastore.keys.write"
	id, err := w.Key.id()
	if err != nil {
		return Entry{}, err
	}
	now, err := k.store.Now(ctx)
	if err != nil {
		return Entry{}, reading(op, w.Key, err)
	}
	put := store.Put{
		Key: store.Key{Kind: kind, ID: id}, If: old.version, TTL: forever,
		Index: []store.Index{index(w.Key.Scope)},
	}
	next := record{Value: w.Value, By: w.By, Updated: now}
	if w.TTL > 0 {
		put.TTL, next.Expires = w.TTL, now.Add(w.TTL)
	}
	if w.Encrypt {
		next.Value = ""
		if next.Sealed, err = k.seal.Seal(secret{ID: id, Value: w.Value}); err != nil {
			return Entry{}, writing(op, w.Key, err)
		}
	}
	before := old
	old.doc.Value = next
	old.version++
	if put.Data, err = old.doc.Encode(); err != nil {
		return Entry{}, writing(op, w.Key, err)
	}
	b := store.Batch{Puts: []store.Put{put}}
	if k.tells(w.Key) {
		c := Change{Old: before.entry(w.Key), New: old.entry(w.Key), Differs: k.differs(before, w), At: now, Cause: w.Cause}
		if err := k.changed(ctx, &b, c); err != nil {
			return Entry{}, writing(op, w.Key, err)
		}
	}
	if err := k.store.Commit(ctx, b); err != nil {
		return Entry{}, writing(op, w.Key, err)
	}
	return old.entry(w.Key), nil
}

// open returns the value behind a seal that was made for this key.
func (k *Keys) open(key Key, sealed map[string]any) (string, error) {
	const op = "datastore.keys.open"
	id, err := key.id()
	if err != nil {
		return "", err
	}
	opened, err := k.seal.Open(sealed)
	if err != nil {
		return "", err
	}
	fields, _ := opened.(map[string]any)
	value, ok := fields["value"].(string)
	if !ok || fields["id"] != id {
		return "", bot.E(bot.CodeInvalid, op, "Its secret was sealed for another key. Set it anew, and ask who changed the store by hand.",
			errors.New("the id in the seal is another one"))
	}
	return value, nil
}
