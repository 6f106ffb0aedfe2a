package storetest

import (
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

const audit = "audit"

// said are the lines of the usual log, without which there is no chain to check.
var said = store.Index{Name: "all"}

func says(data string) store.Line {
	return store.Line{Log: audit, Data: []byte(data), Index: []store.Index{said}, TTL: ttl}
}

// head demands the number of the last line.
func (f fixture) head(log string, want int64) store.Head {
	f.Helper()
	h, err := f.Head(f.Context(), log)
	f.code("", err)
	f.equal(want, h.Seq)
	return h
}

// chain recomputes the usual log from its lines and returns what they say.
func (f fixture) chain() []string {
	f.Helper()
	var head store.Head
	var all []string
	q := store.Query{Kind: audit, Index: said}
	for more := true; more; {
		page, err := f.List(f.Context(), q)
		f.code("", err)
		for _, r := range page.Records {
			line, err := store.DecodeLine(r.Data)
			f.code("", err)
			var data []byte
			head, data = store.Chain(head, line.At, line.Line)
			f.equal(store.Record{Key: store.Key{Kind: audit, ID: store.LineID(head.Seq)}, Version: 1, Data: data}, r)
			f.equal(store.Chained{V: store.LineVersion, Seq: head.Seq, At: line.At, Prev: line.Prev, Hash: head.Hash, Line: line.Line}, line)
			all = append(all, string(line.Line))
		}
		q.After, more = page.Next, page.Next != ""
	}
	f.equal(head, f.head(audit, head.Seq))
	return all
}

func logs(s suite) {
	s.test("lines are chained", func(f fixture) {
		f.equal(store.Head{}, f.head(audit, 0))
		f.commit("", store.Batch{Append: []store.Line{says(`{"n":1}`), says("{ \"text\" :\t\"\\u00fc ü \\\"}\" }")}})
		f.advance(time.Minute)
		f.commit("", store.Batch{Append: []store.Line{says(`{"n":3}`), {Log: "other", Data: []byte(doc(1)), TTL: ttl}}})
		f.equal([]string{`{"n":1}`, "{ \"text\" :\t\"\\u00fc ü \\\"}\" }", `{"n":3}`}, f.chain())
		f.head("other", 1)
		f.head("a log that nobody wrote to", 0)
	})
	s.test("at is the store's time", func(f fixture) {
		now, err := f.Now(f.Context())
		f.code("", err)
		f.commit("", store.Batch{Append: []store.Line{says(doc(1))}})
		r, err := f.Get(f.Context(), store.Key{Kind: audit, ID: store.LineID(1)})
		f.code("", err)
		line, err := store.DecodeLine(r.Data)
		f.code("", err)
		f.equal(now.UnixMilli(), line.At)
	})
	s.test("a batch that fails appends nothing", func(f fixture) {
		f.commit("", store.Batch{Append: []store.Line{says(doc(1))}})
		f.commit(bot.CodeConflict, store.Batch{Append: []store.Line{says(doc(2))}, Puts: []store.Put{put("a", 7, doc(1))}})
		f.commit(bot.CodeFenced, store.Batch{Append: []store.Line{says(doc(3))}, Guards: []store.Claim{{Queue: jobs, ID: "a", Fence: 1}}})
		f.commit("", store.Batch{Append: []store.Line{says(doc(4))}})
		f.equal([]string{doc(1), doc(4)}, f.chain())
	})
	s.test("the head outlives the lines", func(f fixture) {
		f.commit("", store.Batch{Append: []store.Line{says(doc(1)), says(doc(2)), says(doc(3))}})
		first, second := store.Key{Kind: audit, ID: store.LineID(1)}, store.Key{Kind: audit, ID: store.LineID(2)}
		f.commit("", store.Batch{
			Deletes: []store.Delete{{Key: first, If: 1}},
			Puts:    []store.Put{{Key: second, If: 1, Data: []byte(doc(0)), TTL: ttl}},
		})
		f.record(second, 2, doc(0))
		f.list(store.Query{Kind: audit, Index: said}, store.LineID(3))
		before := f.head(audit, 3)
		f.advance(ttl)
		f.absent(second)
		f.sweep(9, 2)
		f.equal(before, f.head(audit, 3))
		f.commit("", store.Batch{Append: []store.Line{says(doc(4))}})
		r, err := f.other().Get(f.Context(), store.Key{Kind: audit, ID: store.LineID(4)})
		f.code("", err)
		line, err := store.DecodeLine(r.Data)
		f.code("", err)
		f.equal(before.Hash, line.Prev)
	})
	s.test("many append at once", appending)
}

// appending lets 64 clients over two handles append lines.
func appending(f fixture) {
	g := f.other()
	const clients, each = 64, 8
	f.code("", together(clients, func(n int) error {
		for i := range each {
			line := says(fmt.Sprintf(`{"client":%d,"n":%d}`, n, i))
			if err := []store.Store{f.Store, g.Store}[n%2].Commit(f.Context(), store.Batch{Append: []store.Line{line}}); err != nil {
				return err
			}
		}
		return nil
	}))
	next := make([]int, clients)
	for _, l := range f.chain() {
		var client, n int
		if _, err := fmt.Sscanf(l, `{"client":%d,"n":%d}`, &client, &n); err != nil {
			f.Fatal(err)
		}
		f.equal(next[client], n)
		next[client]++
	}
	f.head(audit, clients*each)
}

// missing is about entries that are not there, and epochs about the memory behind a store.
func missing(s suite) {
	s.test("entries in each state", func(f fixture) {
		f.enqueue("claimed")
		f.one("claimed")
		f.enqueue("ready", "gone")
		f.commit("", store.Batch{Enqueue: []store.Entry{entry("late", time.Hour)}, Remove: []store.Entry{entry("none", 0)}})
		f.remove("gone")
		ids := []string{"none", "claimed", "gone", "late", "ready"}
		look := func(queue string, want ...string) {
			f.Helper()
			got, err := f.Missing(f.Context(), queue, ids)
			f.code("", err)
			f.equal(want, got)
		}
		look(jobs, "none", "gone")
		look("other", ids...)
		f.advance(lease)
		look(jobs, "none", "gone")
		ids = nil
		look(jobs)
	})
}

func epochs(s suite) {
	s.test("it stays, and another store has another", func(f fixture) {
		epoch := func(s store.Store) string {
			f.Helper()
			e, err := s.Epoch(f.Context())
			f.code("", err)
			return e
		}
		first := epoch(f)
		f.commit("", puts(put("a", store.Absent, doc(1))))
		f.equal(first, epoch(f))
		f.equal(first, epoch(f.other()))
		if other := epoch(f.h.Open(f.T)); other == first || first == "" {
			f.Fatalf("two stores have the epochs %q and %q", first, other)
		}
	})
}
