package clary_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
)

// A wrong configuration is told completely, so that nobody mends it one fault at a time.
func TestConfigFaults(t *testing.T) {
	for _, tc := range []struct {
		name   string
		config clary.Config
		says   []string
	}{
		{"nothing", clary.Config{}, []string{"url is missing"}},
		{"no address", clary.Config{URL: "clary.example"}, []string{"url is not an address"}},
		{"a query", clary.Config{URL: "https://clary.example/?a=1"}, []string{"after ? or #"}},
		{"two ways to sign in", clary.Config{URL: "https://u:p@clary.example/", Token: "t"}, []string{"exclude each other"}},
		{
			"all at once",
			clary.Config{
				URL: "ftp://x", Timeout: -1, Concurrency: 65, MaxParallel: -1, MaxHosts: -1, Avoid: []string{""},
				Paths:  clary.Paths{Node: "nodes", Next: "next/{status}/{host}"},
				Fields: clary.Fields{Comment: "text", User: "text"},
				Groups: map[string]string{"compute": "n[1-"},
			},
			[]string{
				"url is not", "timeout", "concurrency is not from 1 to 64", "max_parallel", "max_hosts", "avoid names an empty status",
				"paths.node must contain {host}", "paths.next must contain {status}", "two fields", "group compute",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := clary.New(tc.config)
			if bot.ErrorCode(err) != bot.CodeInvalid {
				t.Errorf("error %v", err)
			}
			for _, part := range tc.says {
				if !strings.Contains(bot.ErrorText(err), part) {
					t.Errorf("text %q does not say %q", bot.ErrorText(err), part)
				}
			}
		})
	}
}

// seen is what a server saw of a call.
type seen struct{ Method, Path, Authorization, ID string }

// Paths and fields are ours to guess, so a site can give them its own names.
func TestOwnPathsAndFields(t *testing.T) {
	var calls []seen
	var body string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls = append(calls, seen{r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header.Get("X-Request-Id")})
		w.Header().Set("Content-Type", "application/json")
		switch r.Method {
		case http.MethodPut:
			buf := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(buf)
			body = string(buf)
			_, _ = w.Write([]byte(`{"state":"out of order"}`))
		default:
			_, _ = w.Write([]byte(`{"name":"rack:1.example","state":"in use"}`))
		}
	}, func(c *clary.Config) {
		c.URL += "/clary/v2/"
		c.Token = "t0ken"
		c.Paths = clary.Paths{Node: "/hosts/{host}", Status: "hosts/{host}/state"}
		c.Fields = clary.Fields{
			Hostname: "name", Status: "state", Comment: "why", User: "who", Impacting: "users", Expected: "was",
		}
	})
	r := &rig{t: t, client: client}
	a := r.do("NodeStatusSet", to("rack:1", "out of order"))
	if a.err != nil {
		t.Fatal(a.err)
	}
	id := alice().Execution
	want := []seen{
		{"GET", "/clary/v2/hosts/rack:1", "Bearer t0ken", id},
		{"PUT", "/clary/v2/hosts/rack:1/state", "Bearer t0ken", id},
	}
	if d := cmp.Diff(want, calls); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
	wantBody := `{"state":"out of order","users":false,"was":"in use","who":"slack:alice","why":"hw swap"}`
	if body != wantBody {
		t.Errorf("body %s, want %s", body, wantBody)
	}
}

func TestStatusIsEscaped(t *testing.T) {
	var path string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.EscapedPath()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"next":[]}`))
	})
	r := &rig{t: t, client: client}
	a := r.do("StatusNext", params{"state": "a/../b?c#d e"})
	if a.err != nil {
		t.Fatal(a.err)
	}
	if want := "/api/statuses/a%2F..%2Fb%3Fc%23d%20e/next"; path != want {
		t.Errorf("path %s, want %s", path, want)
	}
}

func TestGroupsAndLimit(t *testing.T) {
	r := newRig(t, site{config: clary.Config{Groups: map[string]string{"few": "irene[4000-4001]"}, MaxHosts: 5}})
	if a := r.do("NodeStatusSet", to("@few", "draining")); a.err != nil {
		t.Error(a.err)
	}
	a := r.do("NodeStatusSet", to("irene[4000-4009]", "draining"))
	if bot.ErrorCode(a.err) != bot.CodeInvalid || !strings.Contains(a.text(), "the limit is 5") {
		t.Errorf("text %q", a.text())
	}
}

// The logbook names who typed, what was asked for, or the configured fallback.
func TestLogbookUser(t *testing.T) {
	for _, tc := range []struct {
		name     string
		identity bot.Identity
		asked    string
		want     string
	}{
		{"name", bot.Identity{ID: "alice", Name: "slack:alice"}, "", "slack:alice"},
		{"unmapped account", bot.Identity{ID: "console:ann"}, "", "console:ann"},
		{"asked for", bot.Identity{Name: "slack:alice"}, "bob", "bob"},
		{"nobody", bot.Identity{}, "", "ST2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			request := alice()
			request.Identity = tc.identity
			plain := to("irene4000", "draining")
			if tc.asked != "" {
				plain["user"] = tc.asked
			}
			if a := r.run(t.Context(), "NodeStatusSet", plain, jobFor(request)); a.err != nil {
				t.Fatal(a.err)
			}
			n, err := r.sim.Node("irene4000")
			if err != nil || n.User != tc.want {
				t.Errorf("user %q, want %q (%v)", n.User, tc.want, err)
			}
		})
	}
}
