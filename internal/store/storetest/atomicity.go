package storetest

import (
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// atomicity spoils a batch that has every part in each way there is, and looks for traces.
func atomicity(s suite) {
	color := store.Index{Name: "color", Value: "red"}
	for _, c := range []struct {
		name  string
		spoil func(*store.Batch)
		want  bot.Code
	}{
		{"nothing spoiled", func(*store.Batch) {}, ""},
		{"a put", func(b *store.Batch) { b.Puts[1].If = 7 }, bot.CodeConflict},
		{"a delete", func(b *store.Batch) { b.Deletes[0].If = 7 }, bot.CodeConflict},
		{"a guard", func(b *store.Batch) { b.Guards[0].Fence += 100 }, bot.CodeFenced},
		{"a finish", func(b *store.Batch) { b.Finish[0].Fence += 100 }, bot.CodeFenced},
		{"a release", func(b *store.Batch) { b.Release[0].Claim.Fence += 100 }, bot.CodeFenced},
		{"a put and a finish", func(b *store.Batch) { b.Puts[1].If = 7; b.Finish[0].Fence += 100 }, bot.CodeFenced},
	} {
		s.test(c.name, func(f fixture) {
			f.commit("", puts(put("old", store.Absent, doc(1), color), put("gone", store.Absent, doc(2))))
			f.enqueue("guarded", "finished", "released")
			claims := make(map[string]store.Claim)
			for _, c := range f.claim(3, "finished", "guarded", "released") {
				claims[c.ID] = c
			}
			f.enqueue("removed")
			b := store.Batch{
				Puts:    []store.Put{put("new", store.Absent, doc(3), color), put("old", 1, doc(4))},
				Deletes: []store.Delete{{Key: key("gone"), If: 1}},
				Guards:  []store.Claim{claims["guarded"]},
				Enqueue: []store.Entry{{Queue: "fresh", ID: "added"}},
				Finish:  []store.Claim{claims["finished"]},
				Release: []store.Release{{Claim: claims["released"]}},
				Remove:  []store.Entry{entry("removed", 0)},
				Append:  []store.Line{says(doc(5))},
				Notify:  []store.Notice{{Topic: "news", Payload: "spoiled?"}},
			}
			c.spoil(&b)
			news, err := f.Subscribe(f.Context(), "news")
			f.code("", err)
			woken, err := f.Subscribe(f.Context(), store.QueueTopic("fresh"))
			f.code("", err)
			f.commit(c.want, b)
			f.commit("", store.Batch{Notify: []store.Notice{{Topic: "news", Payload: "end"}}})

			if c.want == "" {
				f.record(key("new"), 1, doc(3))
				f.record(key("old"), 2, doc(4))
				f.absent(key("gone"))
				f.list(store.Query{Kind: "thing", Index: color}, "new")
				f.claim(9, "released")
				f.equal([]string{doc(5)}, f.chain())
				f.equal([]string{""}, receive(f, woken, 1))
				f.equal([]string{"spoiled?", "end"}, receive(f, news, 2))
				return
			}
			f.absent(key("new"))
			f.record(key("old"), 1, doc(1))
			f.record(key("gone"), 1, doc(2))
			f.list(store.Query{Kind: "thing", Index: color}, "old")
			f.claim(9, "removed")
			f.equal([]string{"end"}, receive(f, news, 1))
			f.equal(0, len(woken))
			f.equal([]string(nil), f.chain())
			_, queued, err := f.Due(f.Context(), "fresh")
			f.code("", err)
			f.equal(false, queued)
			// All three are still claimed as before.
			f.commit("", store.Batch{Finish: []store.Claim{claims["guarded"], claims["finished"], claims["released"]}})
		})
	}
}
