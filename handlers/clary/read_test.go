package clary_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func TestGet(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusGet", params{"host": "irene4000"})
	if a.err != nil {
		t.Fatal(a.err)
	}
	if want := "irene4000 is production"; a.result.Summary != want {
		t.Errorf("summary %q, want %q", a.result.Summary, want)
	}
	want := []bot.Field{
		{Name: "node", Value: "irene4000"},
		{Name: "status", Value: "production"},
		{Name: "since", Value: "2025-03-01T10:00:00Z"},
		{Name: "reason", Value: "first state"},
		{Name: "user", Value: "clary"},
		{Name: "impacting", Value: "false"},
	}
	if d := cmp.Diff(want, a.result.Blocks[0].Fields); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
	data, err := json.Marshal(a.result.Data)
	wantData := `{"node":"irene4000","status":"production","since":"2025-03-01T10:00:00Z",` +
		`"reason":"first state","user":"clary","impacting":false}`
	if err != nil || string(data) != wantData {
		t.Errorf("data %s, error %v", data, err)
	}
}

func TestNext(t *testing.T) {
	for _, tc := range []struct{ state, summary, data string }{
		{
			"production", "production can be followed by: draining, failed",
			`{"status":"production","next":["draining","failed"]}`,
		},
		{"decommissioned", "Nothing can follow decommissioned.", `{"status":"decommissioned","next":[]}`},
	} {
		r := newRig(t, site{})
		a := r.do("StatusNext", params{"state": tc.state})
		if a.err != nil || a.result.Summary != tc.summary {
			t.Errorf("summary %q, want %q (%v)", a.result.Summary, tc.summary, a.err)
		}
		if data, err := json.Marshal(a.result.Data); err != nil || string(data) != tc.data {
			t.Errorf("data %s, error %v", data, err)
		}
	}
}

func TestEnsureData(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeStatusEnsure", to("irene4058,nope", "maintenance"))
	data, err := json.Marshal(a.result.Data)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"hosts":[{"host":"irene4058","ok":true,"status":"maintenance","steps":["validation","maintenance"]},` +
		`{"host":"nope","ok":false,"error":"Clary does not know this node. Check the name and try again.","steps":[]}]}`
	if string(data) != want {
		t.Errorf("data\n%s\nwant\n%s", data, want)
	}
}

// Clary has no list of statuses: completion discovers them from those that it has heard of and those of the configuration.
func TestComplete(t *testing.T) {
	for _, tc := range []struct {
		name, prefix string
		limit        int
		want         []string
	}{
		{"all that follow failed", "", 99, []string{
			"decommissioned", "drained", "draining", "failed", "maintenance", "production", "validation",
		}},
		{"prefix", "dr", 99, []string{"drained", "draining"}},
		{"limit", "", 1, []string{"decommissioned"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			got, err := r.handler("NodeStatusEnsure").Complete(t.Context(), "status", tc.prefix, tc.limit)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for entry, want := range map[string]string{"NodeStatusEnsure": "status", "NodeStatusSet": "status", "StatusNext": "state"} {
		if got := newRig(t, site{}).handler(entry).Completes; !slices.Equal(got, []string{want}) {
			t.Errorf("%s completes %q", entry, got)
		}
	}
}

func TestCompleteRemembers(t *testing.T) {
	r := newRig(t, site{config: clary.Config{Avoid: []string{"nosuch"}}})
	if a := r.do("StatusNext", params{"state": "spare"}); a.err != nil {
		t.Fatal(a.err)
	}
	complete := r.handler("StatusNext").Complete
	if got, err := complete(t.Context(), "state", "spa", 5); err != nil || len(got) != 1 {
		t.Errorf("offers %q, error %v", got, err)
	}
	before := r.sim.Stats().Requests[simclary.KindNext]
	if _, err := complete(t.Context(), "state", "", 5); err != nil {
		t.Error(err)
	}
	if after := r.sim.Stats().Requests[simclary.KindNext]; after != before+1 { // nosuch alone is asked for again
		t.Errorf("%d more calls for statuses that were just read", after-before)
	}
}

func TestCompleteWithoutClary(t *testing.T) {
	r := newRig(t, site{})
	r.fault(simclary.Fault{Kind: simclary.KindNext, Effect: simclary.EffectStatus, Status: 401, Count: always})
	if _, err := r.handler("StatusNext").Complete(t.Context(), "state", "", 5); bot.ErrorCode(err) != bot.CodeAuth {
		t.Errorf("error %v", err)
	}
}

func TestList(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want clary.List
	}{
		{`null`, nil},
		{`[]`, clary.List{}},
		{`""`, clary.List{}},
		{`"failed, spare ,"`, clary.List{"failed", "spare"}},
		{`["failed"," spare"]`, clary.List{"failed", "spare"}},
	} {
		var got clary.List
		if err := json.Unmarshal([]byte(tc.in), &got); err != nil {
			t.Errorf("%s: %v", tc.in, err)
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.in, d)
		}
	}
	for _, in := range []string{`7`, `[7]`, `{"a":1}`} {
		var got clary.List
		if json.Unmarshal([]byte(in), &got) == nil {
			t.Errorf("%s was taken as %q", in, got)
		}
	}
}
