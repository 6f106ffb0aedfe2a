package datastore_test

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start is when every test begins.
var start = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// rig is a datastore on a store of its own, whose time the test moves.
type rig struct {
	*datastore.Keys
	t     *testing.T
	clock *clock.Fake
	store *sqlite.Store
	seal  *seal.Key
	dir   string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock.NewFake(start), dir: t.TempDir()}
	var err error
	if r.store, err = sqlite.Open(t.Context(), sqlite.Options{Dir: r.dir, Clock: r.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.store.Close(); err != nil {
			t.Error(err)
		}
	})
	r.seal = openSeal(t, r.dir)
	r.Keys = datastore.New(r.store, r.seal)
	return r
}

func openSeal(t *testing.T, dir string) *seal.Key {
	t.Helper()
	key, err := seal.OpenKey(filepath.Join(dir, "petrel.key"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// set stores a value that the test needs.
func (r *rig) set(w datastore.Write) datastore.Entry {
	r.t.Helper()
	e, err := r.Set(r.t.Context(), w)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// raw returns the record as the store has it.
func (r *rig) raw(id string) store.Record {
	r.t.Helper()
	record, err := r.store.Get(r.t.Context(), store.Key{Kind: "kv", ID: id})
	if err != nil {
		r.t.Fatal(err)
	}
	return record
}

// commit changes the store behind the datastore's back.
func (r *rig) commit(b store.Batch) {
	r.t.Helper()
	if err := r.store.Commit(r.t.Context(), b); err != nil {
		r.t.Fatal(err)
	}
}

func system(name string) datastore.Key {
	return datastore.Key{Scope: datastore.System, Name: name}
}

func user(owner, name string) datastore.Key {
	return datastore.Key{Scope: datastore.User, Owner: owner, Name: name}
}

// wantCode checks the code of an error, and that people are told something.
func wantCode(t *testing.T, err error, code bot.Code) {
	t.Helper()
	if bot.ErrorCode(err) != code || bot.ErrorText(err) == "" {
		t.Errorf("got %v (%q), want code %q and a text", err, bot.ErrorText(err), code)
	}
}
