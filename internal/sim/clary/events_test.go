package clary_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// draws is a random source that repeats what it was given.
type draws struct {
	values []uint64
	next   int
}

func (d *draws) Uint64() uint64 {
	v := d.values[d.next%len(d.values)]
	d.next++
	return v
}

// fill appends n events and returns the last id.
func (r *rig) fill(n int) int64 {
	r.t.Helper()
	var id int64
	for range n {
		var err error
		if id, err = r.sim.AppendEvent(obj{"type": "transition"}); err != nil {
			r.t.Fatal(err)
		}
	}
	return id
}

// page returns the ids of a range query.
func (r *rig) page(query string) []int64 {
	r.t.Helper()
	a := r.call("GET", "/api/events"+query, nil)
	if a.status != 200 {
		r.t.Fatalf("GET /api/events%s: %d %s", query, a.status, a.text)
	}
	return a.ids()
}

func (r *rig) checkPage(query string, want ...int64) {
	r.t.Helper()
	if diff := cmp.Diff(append([]int64{}, want...), r.page(query)); diff != "" {
		r.t.Errorf("page %s (-want +got):\n%s", query, diff)
	}
}

func TestTransitionBecomesEvent(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.put("n1", "draining")
	r.call("POST", "/api/nodes/n1/comments", obj{"comment": "a", "user": "b"})
	want := obj{
		"id": 1.0, "type": "transition", "hostname": "n1", "previous": "production", "status": "draining",
		"reason": "HW swap", "user": "ann", "impacting": true, "date": "2025-03-01T10:00:00Z",
	}
	if diff := cmp.Diff(obj{"events": []any{want}}, r.call("GET", "/api/events", nil).body); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, r.call("GET", "/api/events/1", nil).body); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestCommentBecomesEventOnDemand(t *testing.T) {
	r := newRig(t, simclary.Options{Events: simclary.EventOptions{Comments: true}})
	r.call("POST", "/api/nodes/n1/comments", obj{"comment": "loud fan", "user": "ann"})
	want := obj{
		"id": 1.0, "type": "comment", "hostname": "n1", "reason": "loud fan", "user": "ann",
		"impacting": false, "date": "2025-03-01T10:00:00Z",
	}
	if diff := cmp.Diff(want, r.call("GET", "/api/events/1", nil).body); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

func TestPaging(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.fill(600)
	for query, want := range map[string][2]int64{ // first id and count
		"":                     {1, 100},
		"?after=0":             {1, 100},
		"?after=7&limit=3":     {8, 3},
		"?limit=500":           {1, 500},
		"?after=599":           {600, 1},
		"?after=600":           {0, 0},
		"?after=99999&limit=1": {0, 0},
	} {
		got := r.page(query)
		if int64(len(got)) != want[1] {
			t.Errorf("page %q has %d events, want %d", query, len(got), want[1])
			continue
		}
		for i, id := range got {
			if id != want[0]+int64(i) {
				t.Errorf("page %q has id %d at %d", query, id, i)
			}
		}
	}
}

func TestBadPageQueries(t *testing.T) {
	r := newRig(t, simclary.Options{})
	for query, code := range map[string]string{
		"?after=-1":                  "bad_id",
		"?after=":                    "bad_id",
		"?after=x":                   "bad_id",
		"?after=1.5":                 "bad_id",
		"?after=9223372036854775807": "bad_id",
		"?limit=0":                   "bad_parameter",
		"?limit=501":                 "bad_parameter",
		"?limit=ten":                 "bad_parameter",
		"?since=1":                   "bad_parameter",
		"?after=1&after=2":           "bad_parameter",
		"?after=%zz":                 "bad_parameter",
	} {
		if a := r.call("GET", "/api/events"+query, nil); a.status != 400 || a.code() != code {
			t.Errorf("%s: %d %s, want 400 %s", query, a.status, a.text, code)
		}
	}
}

func TestGaps(t *testing.T) {
	// Per id: one draw whether there is a gap (0 is always, the maximum never), then how long it is, modulo 5.
	random := &draws{values: []uint64{1<<64 - 1, 0, 2, 1<<64 - 1, 0, 4}}
	r := newRig(t, simclary.Options{Random: random, Events: simclary.EventOptions{GapProbability: 0.5, MaxGap: 5}})
	r.fill(4)
	r.checkPage("", 1, 5, 6, 12)
	r.checkPage("?after=2&limit=1", 5)
	if a := r.call("GET", "/api/events/3", nil); a.status != 404 {
		t.Errorf("event in the gap: %d %s", a.status, a.text)
	}
}

func TestTruncate(t *testing.T) {
	for _, gone := range []bool{false, true} {
		t.Run(fmt.Sprint("gone ", gone), func(t *testing.T) {
			r := newRig(t, simclary.Options{Events: simclary.EventOptions{Gone: gone}})
			r.fill(10)
			r.sim.TruncateEvents(8)
			r.checkPage("?after=7", 8, 9, 10)
			a := r.call("GET", "/api/events?after=6", nil)
			if !gone {
				r.checkPage("?after=0&limit=1", 8)
				return
			}
			if a.status != 410 || a.code() != "truncated" || a.body["oldest"] != 8.0 {
				t.Errorf("answer %d %s", a.status, a.text)
			}
			if a := r.call("GET", "/api/events/7", nil); a.status != 404 {
				t.Errorf("purged event: %d", a.status)
			}
		})
	}
}

func TestTruncateEverything(t *testing.T) {
	r := newRig(t, simclary.Options{Events: simclary.EventOptions{Gone: true}})
	r.fill(3)
	r.sim.TruncateEvents(100)
	if a := r.call("GET", "/api/events?after=2", nil); a.status != 410 || a.body["oldest"] != 4.0 {
		t.Errorf("answer %d %s", a.status, a.text)
	}
	r.checkPage("?after=3")
	if id := r.fill(1); id != 4 {
		t.Errorf("the next id is %d, want 4", id)
	}
}

func TestCapDropsOldest(t *testing.T) {
	r := newRig(t, simclary.Options{Events: simclary.EventOptions{Cap: 3, Gone: true}})
	r.fill(10)
	r.checkPage("?after=7", 8, 9, 10)
	if a := r.call("GET", "/api/events", nil); a.status != 410 || a.body["oldest"] != 8.0 {
		t.Errorf("answer %d %s", a.status, a.text)
	}
	if st := r.sim.Stats(); st.Events != 3 || st.LastEvent != 10 {
		t.Errorf("stats %+v", st)
	}
}

func TestLogThatStartsLate(t *testing.T) {
	r := newRig(t, simclary.Options{Events: simclary.EventOptions{First: 5000}})
	r.checkPage("")
	r.fill(2)
	r.checkPage("?after=0", 5000, 5001)
}

func TestReset(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.fill(9)
	r.sim.ResetEvents()
	r.checkPage("?after=9")
	r.fill(2)
	r.checkPage("?after=9")
	r.checkPage("?after=0", 1, 2)
}

func TestPointOnly(t *testing.T) {
	r := newRig(t, simclary.Options{Events: simclary.EventOptions{PointOnly: true}})
	r.fill(1)
	if a := r.call("GET", "/api/events?after=0", nil); a.status != 404 || a.code() != "unknown_path" {
		t.Errorf("range query: %d %s", a.status, a.text)
	}
	if a := r.call("GET", "/api/events/1", nil); a.status != 200 {
		t.Errorf("event: %d %s", a.status, a.text)
	}
}

func TestEventsOutOfOrder(t *testing.T) {
	r := newRig(t, simclary.Options{})
	r.fill(1)
	r.sim.HideEvents(1)
	r.fill(2)
	r.checkPage("", 1, 3)
	if a := r.call("GET", "/api/events/2", nil); a.status != 404 {
		t.Errorf("hidden event: %d", a.status)
	}
	if n := r.sim.ShowEvents(); n != 1 {
		t.Errorf("%d events shown, want 1", n)
	}
	r.checkPage("", 1, 2, 3)
}

func TestMalformedEventKeepsItsID(t *testing.T) {
	r := newRig(t, simclary.Options{})
	given := obj{"type": "weather", "hostname": 5.0, "id": "mine"}
	if _, err := r.sim.AppendEvent(given); err != nil {
		t.Fatal(err)
	}
	want := obj{"id": 1.0, "type": "weather", "hostname": 5.0}
	if diff := cmp.Diff(want, r.call("GET", "/api/events/1", nil).body); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
	if given["id"] != "mine" {
		t.Error("the caller's map was changed")
	}
	if _, err := r.sim.AppendEvent(obj{"bad": make(chan int)}); err == nil {
		t.Error("an event that is no JSON was accepted")
	}
}

func TestDisturbedPages(t *testing.T) {
	tests := []struct {
		effect simclary.Effect
		want   []int64
	}{
		{simclary.EffectDuplicate, []int64{25, 25, 26, 26}},
		{simclary.EffectUnsorted, []int64{26, 25}},
		{
			simclary.EffectOverlap,
			[]int64{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26},
		},
	}
	for _, tt := range tests {
		t.Run(string(tt.effect), func(t *testing.T) {
			r := newRig(t, simclary.Options{})
			r.fill(30)
			if _, err := r.sim.InjectFault(simclary.Fault{Effect: tt.effect}); err != nil {
				t.Fatal(err)
			}
			r.call("GET", "/api/nodes/n1", nil) // not a page, so it must leave the rule alone
			r.checkPage("?after=24&limit=2", tt.want...)
			r.checkPage("?after=24&limit=2", 25, 26)
		})
	}
}
