package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
	"github.com/petrelops/petrel/internal/target"
)

const keep = 24 * time.Hour

// world is a log in a store whose clock a test moves.
type world struct {
	*testing.T
	time  *clock.Fake
	store store.Store
	trail *audit.Trail
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, time: clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC))}
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Clock: w.time})
	w.must(err)
	t.Cleanup(func() { w.must(s.Close()) })
	w.store, w.trail = s, audit.NewTrail(s)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) write(entries ...audit.Entry) {
	w.Helper()
	for _, e := range entries {
		var b store.Batch
		w.must(audit.Append(&b, e, target.Names(e.Targets), keep))
		w.must(w.store.Commit(w.Context(), b))
		w.time.Advance(time.Minute)
	}
}

func (w *world) verify(known store.Head) audit.Report {
	w.Helper()
	r, err := w.trail.Verify(w.Context(), known)
	w.must(err)
	return r
}

func asked(who, action, targets string) audit.Entry {
	return audit.Entry{What: audit.Asked, Who: who, Action: action, Class: bot.Idempotent, Targets: targets, Execution: who + "-" + action}
}

func TestFind(t *testing.T) {
	w := newWorld(t)
	look := audit.Entry{What: audit.Asked, Who: "ann", Action: "clary.get", Class: bot.Read, Targets: "irene1"}
	refused := audit.Entry{What: audit.Refused, Who: "eve", Action: "clary.set", Class: bot.Idempotent}
	w.write(asked("ann", "clary.set", "irene[1-3]"), look, asked("slack:T1/bob", "clary.ensure", "irene[1-1000]"), refused)
	start := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	for name, tt := range map[string]struct {
		q    audit.Query
		want string
	}{
		"all":            {audit.Query{}, "4 3 2 1"},
		"limit":          {audit.Query{Limit: 2}, "4 3"},
		"who":            {audit.Query{Who: "ann"}, "2 1"},
		"who by glob":    {audit.Query{Who: "slack:*"}, "3"},
		"action":         {audit.Query{Action: "clary.set"}, "4 1"},
		"action by glob": {audit.Query{Action: "clary.*"}, "4 3 2 1"},
		"target":         {audit.Query{Target: "irene1"}, "3 2 1"},
		"changes of it":  {audit.Query{Target: "irene1", Changes: true}, "3 1"},
		"one of many":    {audit.Query{Target: "irene777"}, "3"},
		"no target":      {audit.Query{Target: "irene7777"}, ""},
		"execution":      {audit.Query{Execution: "ann-clary.set"}, "1"},
		"kind":           {audit.Query{What: []audit.What{audit.Refused}}, "4"},
		"since":          {audit.Query{Since: start.Add(2 * time.Minute)}, "4 3"},
		"until":          {audit.Query{Until: start.Add(time.Minute)}, "1"},
	} {
		if tt.q.Limit == 0 {
			tt.q.Limit = 100
		}
		lines, err := w.trail.Find(t.Context(), tt.q)
		w.must(err)
		var got []string
		for _, l := range lines {
			got = append(got, fmt.Sprint(l.Seq))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Whoever changes the log by hand is found out, whatever he does.
func TestVerify(t *testing.T) {
	id := func(n int64) store.Key { return store.Key{Kind: audit.Log, ID: store.LineID(n)} }
	ctx := t.Context()
	change := func(w *world, n int64, edit func(string) string) {
		got, err := w.store.Get(ctx, id(n))
		w.must(err)
		w.must(w.store.Commit(ctx, store.Batch{Puts: []store.Put{{
			Key: id(n), Data: []byte(edit(string(got.Data))), If: got.Version, Index: []store.Index{{Name: "all"}}, TTL: keep,
		}}}))
	}
	for name, tt := range map[string]struct {
		harm func(w *world)
		says string
	}{
		"nothing": {func(*world) {}, ""},
		"a word is changed": {func(w *world) {
			change(w, 2, func(s string) string { return strings.Replace(s, "bob", "eve", 1) })
		}, "Line 2 was changed"},
		"a line is taken out": {func(w *world) {
			w.must(w.store.Commit(ctx, store.Batch{Deletes: []store.Delete{{Key: id(2), If: store.Anything}}}))
		}, "After line 1 comes line 3: lines are missing."},
		"the end is cut off": {func(w *world) {
			w.must(w.store.Commit(ctx, store.Batch{Deletes: []store.Delete{{Key: id(3), If: store.Anything}}}))
		}, "The chain ends with line 2, and the store gave out 3"},
		"a line is written anew, with its hash": {func(w *world) {
			change(w, 2, func(s string) string {
				c, err := store.DecodeLine([]byte(strings.Replace(s, "bob", "eve", 1)))
				w.must(err)
				_, data := store.Chain(store.Head{Seq: c.Seq - 1, Hash: c.Prev}, c.At, c.Line)
				return string(data)
			})
		}, "Line 3 does not follow line 2"},
		"a line is no line any more": {func(w *world) {
			change(w, 2, func(string) string { return "{}" })
		}, "Line 0000000000000002 cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write(asked("ann", "a.a", ""), asked("bob", "a.b", ""), asked("ann", "a.c", ""))
			tt.harm(w)
			if r := w.verify(store.Head{}); !strings.Contains(r.Broken, tt.says) || (tt.says == "") != (r.Broken == "") {
				t.Errorf("%+v, want %q", r, tt.says)
			}
		})
	}
}

// Who can write the store can write the whole chain anew. The end that somebody noted down elsewhere shows it.
func TestVerifyAgainstANotedEnd(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.write(asked("ann", "a.a", ""), asked("bob", "a.b", ""))
	noted := w.verify(store.Head{}).Head
	w.write(asked("ann", "a.c", ""))
	if r := w.verify(noted); r.Broken != "" {
		t.Errorf("%+v", r)
	}
	other.write(asked("ann", "a.a", ""))
	if r := other.verify(noted); !strings.Contains(r.Broken, "line 2 was noted down") {
		t.Errorf("%+v", r)
	}
	other.write(asked("eve", "a.b", ""))
	if r := other.verify(noted); !strings.Contains(r.Broken, "Line 2 is not the one that was noted down") {
		t.Errorf("%+v", r)
	}
}

// Retention takes whole segments, and what is left still hangs together.
func TestCut(t *testing.T) {
	w := newWorld(t)
	const n = store.MaxPage + 20
	var b store.Batch
	for i := range n {
		w.must(audit.Append(&b, asked("ann", fmt.Sprintf("a.%d", i), ""), nil, keep))
	}
	w.must(w.store.Commit(t.Context(), b))
	cut := func(after time.Duration, want int) {
		t.Helper()
		w.time.Advance(after)
		gone, err := w.trail.Cut(t.Context(), w.time.Now().Add(-keep))
		if err != nil || gone != want {
			t.Errorf("%d lines went, want %d; %v", gone, want, err)
		}
	}
	cut(keep-time.Minute, 0)
	cut(2*time.Minute, store.MaxPage)
	cut(time.Hour, 0)
	r := w.verify(store.Head{})
	if r.Broken != "" || r.First != store.MaxPage+1 || r.Last != n {
		t.Errorf("%+v", r)
	}
	var out bytes.Buffer
	if lines, err := w.trail.Export(context.WithoutCancel(t.Context()), &out); err != nil || lines != 20 || strings.Count(out.String(), "\n") != 20 {
		t.Errorf("exported %d lines, %v", lines, err)
	}
	w.must(w.store.Commit(t.Context(), store.Batch{Deletes: []store.Delete{{Key: store.Key{Kind: audit.Log, ID: store.LineID(store.MaxPage + 1)}, If: store.Anything}}}))
	if r := w.verify(store.Head{}); !strings.Contains(r.Broken, fmt.Sprintf("After line %d comes line %d", store.MaxPage, store.MaxPage+2)) {
		t.Errorf("%+v", r)
	}
}
