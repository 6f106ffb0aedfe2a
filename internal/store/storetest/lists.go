package storetest

import (
	"fmt"
	"slices"

	"github.com/petrelops/petrel/internal/store"
)

func lists(s suite) {
	red, blue := store.Index{Name: "color", Value: "red"}, store.Index{Name: "color", Value: "blue"}
	s.test("order, prefix, after and limit", func(f fixture) {
		// Not in the order of the ids, with one id that is a prefix of others, and bytes past ASCII.
		for _, id := range []string{"b2", "a", "ab", "c\u00ff", "b1", "b", "b3", "c"} {
			f.commit("", puts(put(id, store.Absent, doc(1), red)))
		}
		f.commit("", puts(put("b0", store.Absent, doc(1), blue)))
		for _, c := range []struct {
			name string
			q    store.Query
			want []string
			next string
		}{
			{"all", store.Query{}, []string{"a", "ab", "b", "b1", "b2", "b3", "c", "c\u00ff"}, ""},
			{"newest", store.Query{Newest: true}, []string{"c\u00ff", "c", "b3", "b2", "b1", "b", "ab", "a"}, ""},
			{"limit", store.Query{Limit: 3}, []string{"a", "ab", "b"}, "b"},
			{"newest limit", store.Query{Limit: 3, Newest: true}, []string{"c\u00ff", "c", "b3"}, "b3"},
			{"limit of all there is", store.Query{Limit: 8}, []string{"a", "ab", "b", "b1", "b2", "b3", "c", "c\u00ff"}, ""},
			{"after", store.Query{After: "b2"}, []string{"b3", "c", "c\u00ff"}, ""},
			{"after an id that is not there", store.Query{After: "b0"}, []string{"b1", "b2", "b3", "c", "c\u00ff"}, ""},
			{"newest after", store.Query{After: "b2", Newest: true}, []string{"b1", "b", "ab", "a"}, ""},
			{"prefix", store.Query{Prefix: "b"}, []string{"b", "b1", "b2", "b3"}, ""},
			{"newest prefix", store.Query{Prefix: "b", Newest: true}, []string{"b3", "b2", "b1", "b"}, ""},
			{"prefix after limit", store.Query{Prefix: "b", After: "b", Limit: 2}, []string{"b1", "b2"}, "b2"},
			{"newest prefix after limit", store.Query{Prefix: "b", After: "b3", Limit: 2, Newest: true}, []string{"b2", "b1"}, "b1"},
			{"after before the prefix", store.Query{Prefix: "b", After: "a"}, []string{"b", "b1", "b2", "b3"}, ""},
			{"newest after past the prefix", store.Query{Prefix: "b", After: "c", Newest: true}, []string{"b3", "b2", "b1", "b"}, ""},
			{"after past the prefix", store.Query{Prefix: "b", After: "c"}, nil, ""},
			{"nothing", store.Query{Prefix: "zzz"}, nil, ""},
		} {
			f.group(c.name, func(s suite) {
				c.q.Kind, c.q.Index = "thing", red
				f := fixture{suite: s, Store: f.Store}
				f.equal(c.next, f.list(c.q, c.want...))
			})
		}
	})
	s.test("a put replaces the index entries", func(f fixture) {
		size := store.Index{Name: "size", Value: "red"}
		f.commit("", puts(put("a", store.Absent, doc(1), red, size, red)))
		f.list(store.Query{Kind: "thing", Index: red}, "a")
		f.list(store.Query{Kind: "thing", Index: size}, "a")
		f.commit("", puts(put("a", 1, doc(2), blue)))
		f.list(store.Query{Kind: "thing", Index: red})
		f.list(store.Query{Kind: "thing", Index: size})
		f.list(store.Query{Kind: "thing", Index: blue}, "a")
		f.commit("", puts(put("a", 2, doc(3))))
		f.list(store.Query{Kind: "thing", Index: blue})
		f.list(store.Query{Kind: "other", Index: blue})
	})
	s.test("a page holds MaxPage", func(f fixture) {
		want := many(f, 0, store.MaxPage+1, red)
		next := f.list(store.Query{Kind: "thing", Index: red}, want[:store.MaxPage]...)
		f.equal(want[store.MaxPage-1], next)
		f.equal("", f.list(store.Query{Kind: "thing", Index: red, After: next}, want[store.MaxPage]))
	})
	s.test("paging while others write", func(f fixture) {
		want := many(f, 0, 40, red)
		var got []string
		q := store.Query{Kind: "thing", Index: red, Limit: 7}
		for n := 0; ; n++ {
			page, err := f.List(f.Context(), q)
			f.code("", err)
			got = append(got, ids(page)...)
			if q.After = page.Next; q.After == "" {
				break
			}
			// One goes that was listed, and one comes before the place where the paging is.
			f.commit("", store.Batch{
				Deletes: []store.Delete{{Key: page.Records[0].Key, If: store.Anything}},
				Puts:    []store.Put{put(fmt.Sprint("0 ", n), store.Absent, doc(n), red)},
			})
		}
		f.equal(want, got)
	})
}

// many puts n records from id first on and returns their ids in order.
func many(f fixture, first, n int, index store.Index) []string {
	f.Helper()
	var b store.Batch
	var all []string
	for i := range n {
		id := fmt.Sprintf("id%06d", first+i)
		all = append(all, id)
		b.Puts = append(b.Puts, put(id, store.Absent, doc(i), index))
	}
	slices.Reverse(b.Puts)
	f.commit("", b)
	return all
}
