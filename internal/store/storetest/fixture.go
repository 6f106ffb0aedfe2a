package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// The usual parts of a test. TTLs and leases are whole seconds: a driver may reckon in milliseconds.
const (
	ttl   = time.Hour
	lease = 30 * time.Second
	jobs  = "jobs"
)

// suite is a part of the contract: it opens a store of its own for each test.
type suite struct {
	*testing.T
	h Harness
}

// group runs a part of the suite.
func (s suite) group(name string, run func(suite)) {
	s.Run(name, func(t *testing.T) { run(suite{T: t, h: s.h}) })
}

// test runs a test on an empty store.
func (s suite) test(name string, run func(fixture)) {
	s.group(name, func(s suite) { run(fixture{suite: s, Store: s.h.Open(s.T)}) })
}

// fixture is one store with the checks that the tests are written in. Each check ends the test when it fails.
type fixture struct {
	suite
	store.Store
}

// other returns a second handle on the same data.
func (f fixture) other() fixture {
	f.Helper()
	f.Store = f.h.Reopen(f.T, f.Store)
	return f
}

func (f fixture) advance(d time.Duration) {
	f.Helper()
	f.h.Advance(f.T, d)
}

// commit demands the outcome: "" for success.
func (f fixture) commit(want bot.Code, b store.Batch) {
	f.Helper()
	f.code(want, f.Commit(f.Context(), b))
}

func (f fixture) code(want bot.Code, err error) {
	f.Helper()
	if got := bot.ErrorCode(err); got != want {
		f.Fatalf("got code %q, want %q; the error is %v", got, want, err)
	}
}

func (f fixture) equal(want, got any) {
	f.Helper()
	if reflect.DeepEqual(want, got) { // cmp takes a minute for each byte of a big value, one by one, under the race detector
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.Fatalf("not as wanted (-want +got):\n%s", diff)
	}
}

// record demands what is under the key.
func (f fixture) record(k store.Key, version store.Version, data string) {
	f.Helper()
	r, err := f.Get(f.Context(), k)
	f.code("", err)
	f.equal(store.Record{Key: k, Version: version, Data: []byte(data)}, r)
}

func (f fixture) absent(k store.Key) {
	f.Helper()
	_, err := f.Get(f.Context(), k)
	f.code(bot.CodeNotFound, err)
}

// claim claims up to limit entries of the usual queue and demands their ids.
func (f fixture) claim(limit int, want ...string) []store.Claim {
	f.Helper()
	claims, err := f.Claim(f.Context(), store.ClaimOptions{Queue: jobs, Owner: f.Name(), Lease: lease, Max: limit})
	f.code("", err)
	var ids []string
	for _, c := range claims {
		if c.Queue != jobs {
			f.Fatalf("claimed from the queue %q", c.Queue)
		}
		ids = append(ids, c.ID)
	}
	f.equal(want, ids)
	return claims
}

// one claims the one entry that is due.
func (f fixture) one(id string) store.Claim {
	f.Helper()
	return f.claim(1, id)[0]
}

func (f fixture) enqueue(ids ...string) {
	f.Helper()
	var b store.Batch
	for _, id := range ids {
		b.Enqueue = append(b.Enqueue, entry(id, 0))
	}
	f.commit("", b)
}

// due demands what Due tells of the usual queue: a negative time stands for an empty queue.
func (f fixture) due(want time.Duration) {
	f.Helper()
	got, ok, err := f.Due(f.Context(), jobs)
	f.code("", err)
	if !ok {
		got = -1
	}
	f.equal(want, got)
}

const empty time.Duration = -1

// list demands the ids of a page and returns where the next one begins.
func (f fixture) list(q store.Query, want ...string) (next string) {
	f.Helper()
	page, err := f.List(f.Context(), q)
	f.code("", err)
	f.equal(want, ids(page))
	return page.Next
}

func ids(p store.Page) []string {
	var all []string
	for _, r := range p.Records {
		all = append(all, r.Key.ID)
	}
	return all
}

func (f fixture) sweep(limit, want int) {
	f.Helper()
	n, err := f.Sweep(f.Context(), limit)
	f.code("", err)
	f.equal(want, n)
}

func key(id string) store.Key { return store.Key{Kind: "thing", ID: id} }

func put(id string, cond store.Version, data string, index ...store.Index) store.Put {
	return store.Put{Key: key(id), Data: []byte(data), If: cond, Index: index, TTL: ttl}
}

func puts(all ...store.Put) store.Batch { return store.Batch{Puts: all} }

func entry(id string, delay time.Duration) store.Entry {
	return store.Entry{Queue: jobs, ID: id, Delay: delay}
}

// doc returns a small JSON object.
func doc(n int) string { return fmt.Sprintf(`{"n":%d}`, n) }
