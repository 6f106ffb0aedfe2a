package sqlite_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// work enqueues an entry and claims it.
func work(t *testing.T, s store.Store, id string) store.Claim {
	t.Helper()
	commit(t, s, store.Batch{Enqueue: []store.Entry{{Queue: "jobs", ID: id}}})
	claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Lease: time.Minute, Max: 1})
	if err != nil || len(claims) != 1 || claims[0].ID != id {
		t.Fatalf("claimed %+v: %v", claims, err)
	}
	return claims[0]
}

// acquire demands how many places are in the way.
func acquire(t *testing.T, s store.Store, a store.Acquire, want int) {
	t.Helper()
	blockers, err := s.Acquire(t.Context(), a)
	if err != nil || len(blockers) != want {
		t.Fatalf("in the way are %+v, want %d: %v", blockers, want, err)
	}
}

// A file of the first schema gets what it lacks, and keeps the epoch that it gets.
func TestFileOfTheFirstSchema(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
	conn := outsider(t, s.Path())
	for _, text := range []string{
		`DROP TABLE hold`, `DROP TABLE line`, `DROP TABLE head`,
		`DELETE FROM meta WHERE name IN ('ticket', 'epoch')`, `UPDATE meta SET value = 1 WHERE name = 'schema'`,
	} {
		query(t, conn, text)
	}
	var epochs []string
	for range 2 {
		s := openStore(t, sqlite.Options{Dir: dir})
		epoch, err := s.Epoch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		epochs = append(epochs, epoch)
		if _, err := s.Get(t.Context(), store.Key{Kind: "thing", ID: id(1)}); err != nil {
			t.Error(err)
		}
	}
	if epochs[0] != epochs[1] || epochs[0] == "" {
		t.Errorf("the epochs are %q", epochs)
	}
	s = openStore(t, sqlite.Options{Dir: dir})
	c := work(t, s, "a")
	acquire(t, s, store.Acquire{Claim: c, Places: []store.Place{{Name: "x", Limit: 1}}}, 0)
	commit(t, s, store.Batch{Finish: []store.Claim{c}, Append: []store.Line{{Log: "audit", Data: []byte(`{}`), TTL: time.Hour}}})
}

// Whoever waits and whose entry was deleted by hand is in nobody's way.
func TestWaiterDeletedByHand(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	x := []store.Place{{Name: "x", Limit: 1}}
	holder, gone, waiter := work(t, s, "holder"), work(t, s, "gone"), work(t, s, "waiter")
	acquire(t, s, store.Acquire{Claim: holder, Places: x}, 0)
	acquire(t, s, store.Acquire{Claim: gone, Places: x, Wait: true}, 1)
	acquire(t, s, store.Acquire{Claim: waiter, Places: x, Wait: true}, 1)
	query(t, outsider(t, s.Path()), `DELETE FROM work WHERE id = 'gone'`)
	commit(t, s, store.Batch{Release: []store.Release{{Claim: waiter, Delay: time.Hour}}})
	commit(t, s, store.Batch{Finish: []store.Claim{holder}})
	claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Lease: time.Minute, Max: 9})
	if err != nil || len(claims) != 1 || claims[0].ID != "waiter" {
		t.Fatalf("claimed %+v: %v", claims, err)
	}
	acquire(t, s, store.Acquire{Claim: claims[0], Places: x}, 0)
}
