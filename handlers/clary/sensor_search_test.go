package clary_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/handlers/clary"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

// Events that come during the first search are told with the next poll, or were the last one when it ended: none is lost in between.
func TestEventsDuringTheFirstSearch(t *testing.T) {
	var s *sensing
	busy, asked := true, 0
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if busy {
			asked++
			s.happens(3)
		}
		s.sim.ServeHTTP(w, r)
	}))
	defer front.Close()
	s = newSensing(t, site{config: clary.Config{URL: front.URL}})
	before := s.happens(100)
	s.poll()
	busy = false
	kept, err := strconv.Atoi(s.cursor)
	if err != nil {
		t.Fatal(err)
	}
	if last := len(before) + 3*asked; asked < 5 || kept < len(before) || kept > last {
		t.Errorf("asked %d times, it begins after event %d of %d", asked, kept, last)
	}
	s.tells(nil)
	s.poll()
	got := s.told()
	if want := len(before) + 3*asked - kept; len(got) != want {
		t.Errorf("after the search it told of %d events, want %d", len(got), want)
	}
}

func TestEventPayload(t *testing.T) {
	s := newSensing(t, site{})
	s.poll()
	if _, err := s.sim.AppendEvent(map[string]any{
		"type": "transition", "hostname": "n1", "previous": "production", "status": "draining", "reason": "{{ fan }}", "user": "ST2", "impacting": true,
	}); err != nil {
		t.Fatal(err)
	}
	s.poll()
	got := s.events[0].Payload
	for name, want := range map[string]any{"hostname": "n1", "status": "draining", "reason": "{{ fan }}", "previous": "production", "own": true, "impacting": true} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}

// Whatever the gaps, the purged start and the mode: the first look finds the last event, and each one after it is told once.
func TestEventsAreToldOnce(t *testing.T) {
	for _, mode := range []string{"range", "point"} {
		t.Run(mode, func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				options := simclary.EventOptions{GapProbability: rapid.Float64Range(0, 1).Draw(r, "gaps"), MaxGap: 5, First: rapid.Int64Range(1, 50).Draw(r, "first")}
				options.Gone, options.PointOnly = mode == "range" && rapid.Bool().Draw(r, "gone"), mode == "point"
				events := clary.Events{Mode: mode, StartHint: int(options.First), Page: 7}
				s := newSensing(t, site{sim: simclary.Options{Events: options}, config: clary.Config{Events: events}})
				want := "0"
				if mode == "point" {
					want = strconv.FormatInt(options.First-1, 10)
				}
				if before := s.happens(rapid.IntRange(0, 40).Draw(r, "before")); len(before) > 0 {
					want = before[len(before)-1]
				}
				if s.poll(); s.cursor != want {
					r.Fatalf("the last event is %s, it found %s", want, s.cursor)
				}
				for range rapid.IntRange(1, 4).Draw(r, "polls") {
					ids := s.happens(rapid.IntRange(0, 12).Draw(r, "after"))
					if rapid.Bool().Draw(r, "restart") {
						s.restart()
					}
					s.poll()
					if got := s.told(); !slices.Equal(got, ids) {
						r.Fatalf("it told of %v, want %v", got, ids)
					}
				}
			})
		})
	}
}

// Ten million events, some of them added while it looks, take at most fifty calls.
func TestLastOfTenMillion(t *testing.T) {
	const before = 10_000_000
	calls, last := 0, int64(before)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		last += 3
		after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		if after >= last {
			fmt.Fprint(w, `{"events":[]}`)
			return
		}
		fmt.Fprintf(w, `{"events":[{"id":%d,"type":"transition"}]}`, after+1)
	}))
	defer server.Close()
	client, err := clary.New(clary.Config{URL: server.URL, Events: clary.Events{Page: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	w := &watch{}
	// The look around what was found is one more.
	if err := client.EventSensor().Poll(t.Context(), w); err != nil || calls > 51 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if found, err := strconv.ParseInt(w.cursor, 10, 64); err != nil || found < before || found > last {
		t.Errorf("it found %q, and the last event was %d at the start and %d at the end", w.cursor, before, last)
	}
}
