package datastore_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/store"
)

func TestCompareAndSet(t *testing.T) {
	for _, tc := range []struct {
		name   string
		writes int // before
		have   int64
		code   bot.Code
	}{
		{"new", 0, 0, ""},
		{"as it was read", 3, 3, ""},
		{"new, and it is there", 1, 0, bot.CodeConflict},
		{"changed since", 3, 2, bot.CodeConflict},
		{"gone since", 0, 1, bot.CodeConflict},
		{"never that far", 1, 2, bot.CodeConflict},
		{"no version", 1, -1, bot.CodeConflict},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			k := system("clary.last_event")
			for range tc.writes {
				r.set(datastore.Write{Key: k, Value: "old"})
			}
			e, err := r.CompareAndSet(t.Context(), datastore.Write{Key: k, Value: "new"}, tc.have)
			if tc.code != "" {
				wantCode(t, err, tc.code)
				if now, err := r.Get(t.Context(), k); err == nil && now.Value != "old" {
					t.Errorf("it was written all the same: %+v", now)
				}
				return
			}
			if err != nil || e.Version != tc.have+1 {
				t.Fatalf("got %+v, %v", e, err)
			}
			if now, err := r.Get(t.Context(), k); err != nil || now != e || now.Value != "new" {
				t.Errorf("got %+v, %v; want %+v", now, err, e)
			}
		})
	}
}

func TestCompareAndSetAfterTheEnd(t *testing.T) {
	r := newRig(t)
	e := r.set(datastore.Write{Key: system("a"), Value: "x", TTL: time.Second})
	r.clock.Advance(time.Second)
	_, err := r.CompareAndSet(t.Context(), datastore.Write{Key: system("a"), Value: "y"}, e.Version)
	wantCode(t, err, bot.CodeConflict)
	if _, err := r.CompareAndSet(t.Context(), datastore.Write{Key: system("a"), Value: "y"}, 0); err != nil {
		t.Error(err)
	}
}

// Several replicas count in one key, each with what it read: no step is lost and none is made twice.
func TestCompareAndSetCounts(t *testing.T) {
	const replicas, steps = 4, 25
	r := newRig(t)
	k := system("count")
	var all sync.WaitGroup
	for range replicas {
		all.Go(func() {
			for done := 0; done < steps; {
				e, err := r.Get(t.Context(), k)
				if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(e.Value) // nothing is zero
				_, err = r.CompareAndSet(t.Context(), datastore.Write{Key: k, Value: strconv.Itoa(n + 1)}, e.Version)
				switch bot.ErrorCode(err) {
				case "":
					done++
				case bot.CodeConflict:
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	e, err := r.Get(t.Context(), k)
	if err != nil || e.Value != strconv.Itoa(replicas*steps) || e.Version != replicas*steps {
		t.Errorf("got %+v, %v", e, err)
	}
}

// Whatever is done in whatever order, a compare-and-set passes exactly when the version is the one that is there.
func TestCompareAndSetModel(t *testing.T) {
	r := newRig(t)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		k := system("model " + strconv.Itoa(runs))
		var value string
		var version int64 // zero: not there
		rt.Repeat(map[string]func(*rapid.T){
			"set": func(rt *rapid.T) {
				value = rapid.StringN(0, 20, -1).Draw(rt, "value")
				if _, err := r.Set(t.Context(), datastore.Write{Key: k, Value: value, Encrypt: rapid.Bool().Draw(rt, "encrypt")}); err != nil {
					rt.Fatal(err)
				}
				version++
			},
			"compare": func(rt *rapid.T) {
				have := rapid.Int64Range(0, version+1).Draw(rt, "have")
				next := rapid.StringN(0, 20, -1).Draw(rt, "value")
				_, err := r.CompareAndSet(t.Context(), datastore.Write{Key: k, Value: next}, have)
				if passed := err == nil; passed != (have == version) || !passed && bot.ErrorCode(err) != bot.CodeConflict {
					rt.Fatalf("version %d, asked with %d: %v", version, have, err)
				}
				if have == version {
					value, version = next, version+1
				}
			},
			"delete": func(rt *rapid.T) {
				err := r.Delete(t.Context(), k, bot.Cause{})
				if found := err == nil; found != (version > 0) {
					rt.Fatalf("version %d: %v", version, err)
				}
				version = 0
			},
			"": func(rt *rapid.T) {
				e, err := r.Decrypt(t.Context(), k)
				if version == 0 && bot.ErrorCode(err) == bot.CodeNotFound {
					return
				}
				if err != nil || e.Value != value || e.Version != version {
					rt.Fatalf("got %+v, %v; want %q in version %d", e, err, value, version)
				}
			},
		})
	})
}

// busy is a store in which somebody else writes the key before each of our first commits.
type busy struct {
	datastore.Store
	others int
}

func (b *busy) Commit(ctx context.Context, batch store.Batch) error {
	if b.others > 0 {
		b.others--
		other := batch.Puts[0]
		other.Data, other.If = []byte(`{"v":1,"value":"other"}`), store.Anything
		if err := b.Store.Commit(ctx, store.Batch{Puts: []store.Put{other}}); err != nil {
			return err
		}
	}
	return b.Store.Commit(ctx, batch)
}

// A plain Set is for the last one who comes: it does not ask people to try again because of others, unless that never ends.
func TestSetAmongOthers(t *testing.T) {
	r := newRig(t)
	b := &busy{Store: r.store, others: 3}
	keys := datastore.New(b, r.seal)
	e, err := keys.Set(t.Context(), datastore.Write{Key: system("a"), Value: "ours"})
	if err != nil || e.Version != 4 || e.Value != "ours" {
		t.Errorf("got %+v, %v", e, err)
	}
	b.others = 1000
	_, err = keys.Set(t.Context(), datastore.Write{Key: system("a"), Value: "ours"})
	wantCode(t, err, bot.CodeConflict)
	b.others = 1
	_, err = keys.CompareAndSet(t.Context(), datastore.Write{Key: system("b"), Value: "ours"}, 0)
	wantCode(t, err, bot.CodeConflict)
}
