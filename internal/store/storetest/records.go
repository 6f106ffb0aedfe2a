package storetest

import (
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

func records(s suite) {
	s.group("conditions", conditions)
	s.group("deletes", deletes)
	s.test("odd names and values", oddNames)
	s.test("big value", func(f fixture) {
		big := `{"text":"` + strings.Repeat("0123456789abcdef", 1<<16) + `"}`
		f.commit("", puts(put("big", store.Absent, big)))
		f.record(key("big"), 1, big)
	})
	s.test("kinds are apart", func(f fixture) {
		f.commit("", puts(put("a", store.Absent, doc(1))))
		f.absent(store.Key{Kind: "other", ID: "a"})
	})
}

func conditions(s suite) {
	for _, c := range []struct {
		name   string
		writes int // before, so the version that is there
		cond   store.Version
		want   bot.Code
	}{
		{"absent holds", 0, store.Absent, ""},
		{"absent fails", 1, store.Absent, bot.CodeConflict},
		{"anything on nothing", 0, store.Anything, ""},
		{"anything on something", 2, store.Anything, ""},
		{"version holds", 3, 3, ""},
		{"version is older", 3, 2, bot.CodeConflict},
		{"version is newer", 3, 4, bot.CodeConflict},
		{"version of nothing", 0, 1, bot.CodeConflict},
	} {
		s.test(c.name, func(f fixture) {
			for n := range c.writes {
				f.commit("", puts(put("a", store.Version(n), doc(n))))
			}
			f.commit(c.want, puts(put("a", c.cond, doc(100))))
			switch {
			case c.want == "":
				f.record(key("a"), store.Version(c.writes+1), doc(100))
			case c.writes > 0:
				f.record(key("a"), store.Version(c.writes), doc(c.writes-1))
			default:
				f.absent(key("a"))
			}
		})
	}
}

func deletes(s suite) {
	for _, c := range []struct {
		name   string
		writes int
		cond   store.Version
		want   bot.Code
	}{
		{"version holds", 2, 2, ""},
		{"version fails", 2, 1, bot.CodeConflict},
		{"version of nothing", 0, 1, bot.CodeConflict},
		{"anything", 1, store.Anything, ""},
		{"anything on nothing", 0, store.Anything, ""},
		{"absent holds", 0, store.Absent, ""},
		{"absent fails", 1, store.Absent, bot.CodeConflict},
	} {
		s.test(c.name, func(f fixture) {
			color := store.Index{Name: "color", Value: "red"}
			for n := range c.writes {
				f.commit("", puts(put("a", store.Version(n), doc(n), color)))
			}
			f.commit(c.want, store.Batch{Deletes: []store.Delete{{Key: key("a"), If: c.cond}}})
			if c.want != "" && c.writes > 0 {
				f.record(key("a"), store.Version(c.writes), doc(c.writes-1))
				return
			}
			f.absent(key("a"))
			f.list(store.Query{Kind: "thing", Index: color})
			f.commit("", puts(put("a", store.Absent, doc(9))))
			f.record(key("a"), 1, doc(9))
		})
	}
}

func oddNames(f fixture) {
	names := []string{
		"plain", "with space", "quote'\"`", `back\slash`, "slash/../x", "percent%25", "{brace}", "colon:colon", "star*?[a]",
		"new\nline", "nul\x00nul", "über", "日本語", "😀", "a\u0301", strings.Repeat("long", 200),
	}
	for i, name := range names {
		k := store.Key{Kind: "kind/" + name, ID: name}
		x := store.Index{Name: "n " + name, Value: name}
		f.commit("", store.Batch{
			Puts:    []store.Put{{Key: k, Data: []byte(doc(i)), Index: []store.Index{x}, TTL: ttl}},
			Enqueue: []store.Entry{{Queue: "q " + name, ID: name}},
		})
		f.record(k, 1, doc(i))
		if got := f.list(store.Query{Kind: k.Kind, Index: x, Prefix: name}, name); got != "" {
			f.Fatalf("%q: there is a next page, after %q", name, got)
		}
		claims, err := f.Claim(f.Context(), store.ClaimOptions{Queue: "q " + name, Lease: lease, Max: 5})
		f.code("", err)
		f.commit("", store.Batch{Finish: claims})
	}
}

func expiry(s suite) {
	color := store.Index{Name: "color", Value: "red"}
	s.test("absent for everybody at once", func(f fixture) {
		f.commit("", puts(put("a", store.Absent, doc(1), color), put("b", store.Absent, doc(2), color)))
		f.advance(ttl - time.Second)
		f.record(key("a"), 1, doc(1))
		f.list(store.Query{Kind: "thing", Index: color}, "a", "b")
		f.advance(time.Second)
		f.absent(key("a"))
		f.list(store.Query{Kind: "thing", Index: color})
		f.commit(bot.CodeConflict, puts(put("a", 1, doc(3))))
		f.commit(bot.CodeConflict, store.Batch{Deletes: []store.Delete{{Key: key("a"), If: 1}}})
		f.commit("", puts(put("a", store.Absent, doc(4)), put("b", store.Anything, doc(5))))
		f.record(key("a"), 1, doc(4))
		f.record(key("b"), 1, doc(5))
		f.list(store.Query{Kind: "thing", Index: color})
		f.sweep(10, 0)
	})
	s.test("a put sets it anew", func(f fixture) {
		f.commit("", puts(put("a", store.Absent, doc(1))))
		f.advance(ttl - time.Second)
		f.commit("", puts(put("a", 1, doc(2))))
		f.advance(ttl - time.Second)
		f.record(key("a"), 2, doc(2))
		short := put("a", 2, doc(3))
		short.TTL = 2 * time.Second
		f.commit("", puts(short))
		f.advance(2 * time.Second)
		f.absent(key("a"))
	})
	s.test("the longest time is no overflow", func(f fixture) {
		forever := put("a", store.Absent, doc(1))
		forever.TTL = 1<<63 - 1
		f.commit("", puts(forever))
		f.record(key("a"), 1, doc(1))
	})
	s.test("sweep is bounded and complete", func(f fixture) {
		var b store.Batch
		for i := range 450 {
			p := put(doc(i), store.Absent, doc(i), color)
			if i >= 440 {
				p.TTL = 2 * ttl
			}
			b.Puts = append(b.Puts, p)
		}
		f.commit("", b)
		f.sweep(500, 0)
		f.advance(ttl)
		f.sweep(7, 7)
		f.sweep(300, 300)
		f.sweep(500, 133)
		f.sweep(500, 0)
		page, err := f.List(f.Context(), store.Query{Kind: "thing", Index: color})
		f.code("", err)
		f.equal(10, len(page.Records))
	})
}
