package core_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/core"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/seal"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// params are what a person gives to an action.
type params = map[string]any

// rig is the actions on a datastore of their own.
type rig struct {
	t        *testing.T
	keys     *datastore.Keys
	handlers map[string]bot.Handler
	causes   []bot.Cause // of the changes of keys
}

func newRig(t *testing.T) *rig {
	t.Helper()
	dir, c := t.TempDir(), clock.NewFake(time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC))
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	key, err := seal.OpenKey(filepath.Join(dir, "petrel.key"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t}
	r.keys = datastore.NewTelling(s, key, func(_ context.Context, _ *store.Batch, c datastore.Change) error {
		r.causes = append(r.causes, c.Cause)
		return nil
	})
	r.handlers = core.Handlers(c, nil, r.keys, nil)
	return r
}

// request is what somebody asked for, because of an event.
func request(who string) bot.Request {
	return bot.Request{Identity: bot.Identity{ID: who}, Attempt: 1, Cause: bot.Cause{Event: "1", Depth: 2}}
}

// A change has the ancestry of the execution that made it, or rules could set each other off for ever.
func TestKeyChangesHaveACause(t *testing.T) {
	r := newRig(t)
	r.must("ann", "Set", params{"name": "a", "value": "x", "scope": "system"})
	r.must("ann", "Delete", params{"name": "a", "scope": "system"})
	want := bot.Cause{Event: "1", Depth: 2}
	if diff := cmp.Diff([]bot.Cause{want, want}, r.causes); diff != "" {
		t.Error(diff)
	}
}

// run does what a person asked for, with the plan before where there is one.
func (r *rig) run(who, action string, p params) (bot.Result, error) {
	r.t.Helper()
	h := r.handlers["core.Key"+action]
	o := handlertest.JobOptions{Request: request(who)}
	if h.Plan != nil {
		plan, err := h.Plan(r.t.Context(), o.Request, p)
		if err != nil {
			return bot.Result{}, err
		}
		o.Plan = &plan
	}
	return h.Do(r.t.Context(), handlertest.NewJob(o), p)
}

// must is run where nothing goes wrong.
func (r *rig) must(who, action string, p params) bot.Result {
	r.t.Helper()
	result, err := r.run(who, action, p)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

func (r *rig) entry(k datastore.Key) datastore.Entry {
	r.t.Helper()
	e, err := r.keys.Decrypt(context.WithoutCancel(r.t.Context()), k)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// said is everything that a result shows.
func said(r bot.Result) string {
	data, err := json.Marshal(r)
	return fmt.Sprint(string(data), err)
}

func TestKeySetAndGet(t *testing.T) {
	r := newRig(t)
	r.must("console:ann", "Set", params{"name": "oncall", "value": "ann", "scope": "system"})
	got := r.must("console:bob", "Get", params{"name": "oncall", "scope": "system"})
	want := bot.Result{
		Blocks: []bot.Block{{Code: "ann"}},
		Data:   map[string]any{"name": "oncall", "scope": datastore.System, "value": "ann", "encrypted": false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e := r.entry(datastore.Key{Scope: datastore.System, Name: "oncall"}); e.By != "console:ann" {
		t.Errorf("set by %q", e.By)
	}
	short := r.must("console:ann", "Set", params{"name": "oncall", "value": "eve", "ttl": "15m", "scope": "system"})
	if want := "The system key oncall is set. It ends 2026-05-04T03:17:01Z."; short.Summary != want {
		t.Errorf("got %q, want %q", short.Summary, want)
	}
	if got := said(r.must("console:bob", "Get", params{"name": "oncall", "scope": "system"})); !strings.Contains(got, "It ends 2026-05-04T03:17:01Z") {
		t.Errorf("got %s", got)
	}
}

// What an action answers is kept, so no action tells a secret.
func TestKeySecretsAreNotTold(t *testing.T) {
	r := newRig(t)
	secret := params{"name": "api_token", "value": "hunter2", "encrypt": true, "scope": "system"}
	plan, err := r.handlers["core.KeySet"].Plan(t.Context(), request("console:ann"), secret)
	if err != nil {
		t.Fatal(err)
	}
	told := fmt.Sprint(plan) + said(r.must("console:ann", "Set", secret)) +
		said(r.must("console:ann", "Get", params{"name": "api_token", "scope": "system"})) +
		said(r.must("console:ann", "List", params{"scope": "system", "limit": 5}))
	if strings.Contains(told, "hunter2") {
		t.Errorf("the secret is told: %s", told)
	}
	if want := `petrel key get \"api_token\" --decrypt`; !strings.Contains(strings.ReplaceAll(told, `\\`, `\`), want) {
		t.Errorf("nothing says %q: %s", want, told)
	}
	if e := r.entry(datastore.Key{Scope: datastore.System, Name: "api_token"}); e.Value != "hunter2" || !e.Encrypted {
		t.Errorf("got %+v", e)
	}
}

// Scope user is the one of whoever asks, with no way to name another.
func TestKeyScopeUserIsOnesOwn(t *testing.T) {
	r := newRig(t)
	r.must("console:ann", "Set", params{"name": "note", "value": "ann's", "scope": "user"})
	r.must("console:bob", "Set", params{"name": "note", "value": "bob's", "scope": "user", "encrypt": true})
	if got := said(r.must("console:ann", "Get", params{"name": "note", "scope": "user"})); !strings.Contains(got, "ann's") {
		t.Errorf("got %s", got)
	}
	if got := said(r.must("console:bob", "Get", params{"name": "note", "scope": "user"})); !strings.Contains(got, "knows you as console:bob") {
		t.Errorf("got %s", got)
	}
	for _, action := range []string{"Get", "Delete"} {
		if _, err := r.run("console:eve", action, params{"name": "note", "scope": "user"}); bot.ErrorCode(err) != bot.CodeNotFound {
			t.Errorf("%s: got %v", action, err)
		}
	}
	if got := r.must("console:eve", "List", params{"scope": "user", "limit": 5}); len(got.Blocks) > 0 {
		t.Errorf("got %+v", got)
	}
}

func TestKeyPlans(t *testing.T) {
	r := newRig(t)
	r.must("console:ann", "Set", params{"name": "old", "value": "x", "scope": "system"})
	change := func(name, from, to string) []bot.Change {
		return []bot.Change{{Targets: []string{"system key " + name}, From: from, Path: []string{to}}}
	}
	for _, tc := range []struct {
		name, action string
		params       params
		want         bot.Plan
	}{
		{
			"new", "Set",
			params{"name": "new", "value": "hunter2", "scope": "system", "encrypt": true, "ttl": "60"},
			bot.Plan{Lines: []string{"set the system key new, which is new, encrypted, for 1m0s"}, Changes: change("new", "absent", "set")},
		},
		{
			"again", "Set",
			params{"name": "old", "value": "y", "scope": "system"},
			bot.Plan{Lines: []string{"set the system key old"}, Changes: change("old", "version 1", "set")},
		},
		{
			"delete", "Delete",
			params{"name": "old", "scope": "system"},
			bot.Plan{Lines: []string{"delete the system key old"}, Changes: change("old", "version 1", "absent")},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := r.handlers["core.Key"+tc.action].Plan(t.Context(), request("console:ann"), tc.params)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if e := r.entry(datastore.Key{Scope: datastore.System, Name: "old"}); e.Version != 1 || e.Value != "x" {
		t.Errorf("a plan wrote: %+v", e)
	}
}

// Twice equals once. A name that is not there is a fault only when nobody can have deleted it for us.
func TestKeyDeleteAgain(t *testing.T) {
	r := newRig(t)
	gone := params{"name": "a", "scope": "system"}
	r.must("console:ann", "Set", params{"name": "a", "value": "x", "scope": "system"})
	r.must("console:ann", "Delete", gone)
	_, err := r.run("console:ann", "Delete", gone)
	if bot.ErrorCode(err) != bot.CodeNotFound || !strings.Contains(bot.ErrorText(err), "There is no system key a") {
		t.Errorf("got %v", err)
	}
	second := request("console:ann")
	second.Attempt = 2
	h := r.handlers["core.KeyDelete"]
	if _, err := h.Plan(t.Context(), second, gone); err != nil {
		t.Errorf("planning again: %v", err)
	}
	if _, err := h.Do(t.Context(), handlertest.NewJob(handlertest.JobOptions{Request: second}), gone); err != nil {
		t.Errorf("doing again: %v", err)
	}
}

func TestKeyList(t *testing.T) {
	r := newRig(t)
	long := strings.Repeat("ä", 61)
	for name, value := range map[string]string{"clary.url": "http://clary", "clary.last_event": "42", "oncall": long} {
		r.must("console:ann", "Set", params{"name": name, "value": value, "scope": "system"})
	}
	for _, tc := range []struct {
		name    string
		params  params
		summary string
		rows    [][]string
	}{
		{"all", params{"scope": "system", "limit": 5}, "3 system keys.", [][]string{
			{"clary.last_event", "42", ""}, {"clary.url", "http://clary", ""}, {"oncall", strings.Repeat("ä", 60) + "…", ""},
		}},
		{"prefix", params{"scope": "system", "limit": 5, "prefix": "clary.l"}, "1 system key.", [][]string{{"clary.last_event", "42", ""}}},
		{
			"more",
			params{"scope": "system", "limit": 1},
			"The first 1 system key. There are more: narrow it with key list PREFIX.",
			[][]string{{"clary.last_event", "42", ""}},
		},
		{"none", params{"scope": "system", "limit": 5, "prefix": "z"}, `There is no system key that begins with "z".`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := r.must("console:ann", "List", tc.params)
			var rows [][]string
			if len(got.Blocks) > 0 {
				rows = got.Blocks[0].Table.Rows
			}
			if diff := cmp.Diff(tc.rows, rows); diff != "" || got.Summary != tc.summary {
				t.Errorf("%q, (-want +got):\n%s", got.Summary, diff)
			}
		})
	}
}

func TestKeyRefusals(t *testing.T) {
	r := newRig(t)
	for name, p := range map[string]params{
		"ttl":  {"name": "a", "value": "hunter2", "scope": "system", "ttl": "soon"},
		"name": {"name": "a\tb", "value": "hunter2", "scope": "system"},
	} {
		if _, err := r.run("console:ann", "Set", p); bot.ErrorCode(err) != bot.CodeInvalid || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestKeyCompletion(t *testing.T) {
	r := newRig(t)
	r.must("console:ann", "Set", params{"name": "oncall", "value": "x", "scope": "system"})
	r.must("console:ann", "Set", params{"name": "onlymine", "value": "x", "scope": "user"})
	for parameter, want := range map[string][]string{"name": {"oncall"}, "prefix": {"oncall"}} {
		got, err := r.handlers["core.KeyGet"].Complete(t.Context(), parameter, "on", 10)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", parameter, err, diff)
		}
	}
	if diff := cmp.Diff([]string{"name", "prefix"}, r.handlers["core.KeyGet"].Completes); diff != "" {
		t.Error(diff)
	}
}
