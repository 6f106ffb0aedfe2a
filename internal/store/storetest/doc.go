// Package storetest is the definition of the contract of package store: a driver is right when it passes Run.
package storetest

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// Harness lets the tests open stores of one driver.
type Harness interface {
	// Open returns an empty store of its own. What the test leaves open is closed at its end.
	Open(t *testing.T) store.Store
	// Reopen returns another handle on the data of s, as another process would have it. s may be closed.
	Reopen(t *testing.T, s store.Store) store.Store
	// Advance moves the clock of all stores, without waiting where the driver can be told a time.
	Advance(t *testing.T, d time.Duration)
}

// Run runs the contract against a driver.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, part := range []struct {
		name string
		run  func(suite)
	}{
		{"Records", records},
		{"Expiry", expiry},
		{"Lists", lists},
		{"Atomicity", atomicity},
		{"Queue", queue},
		{"Leases", leases},
		{"Fencing", fencing},
		{"Marks", marks},
		{"Missing", missing},
		{"Locks", locks},
		{"Endings", endings},
		{"Line", line},
		{"ByHand", byHand},
		{"ManyPlaces", func(s suite) { s.test("a large node set", manyPlaces) }},
		{"Logs", logs},
		{"Epochs", epochs},
		{"Bus", bus},
		{"Races", races},
		{"LockRaces", lockRaces},
		{"Handles", handles},
		{"Refusals", refusals},
		{"Model", modelled},
		{"LocksModel", locksModelled},
	} {
		suite{T: t, h: h}.group(part.name, part.run)
	}
}
