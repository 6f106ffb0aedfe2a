package datastore_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/store"
)

func TestRefusals(t *testing.T) {
	r := newRig(t)
	ok := system("a")
	for _, tc := range []struct {
		name  string
		write datastore.Write
		says  string
	}{
		{"no name", datastore.Write{Key: system("")}, "A key needs a name"},
		{"a control character", datastore.Write{Key: system("a\x1b[2J")}, `"a\x1b[2J" holds a character that cannot be seen`},
		{"a line end", datastore.Write{Key: system("a\n")}, "cannot be seen"},
		{"a direction mark", datastore.Write{Key: system("a\u202eb")}, "cannot be seen"},
		{"a blank that is none", datastore.Write{Key: system("a\u00a0b")}, "cannot be seen"},
		{"not UTF-8", datastore.Write{Key: system("a\xff")}, "cannot be seen"},
		{"blanks around", datastore.Write{Key: system(" a")}, "begins or ends with a blank"},
		{"a long name", datastore.Write{Key: system(strings.Repeat("ä", 128))}, "has 256 bytes, and a name has at most 255"},
		{"no such scope", datastore.Write{Key: datastore.Key{Scope: "all", Name: "a"}}, "The scopes are system and user"},
		{"a large value", datastore.Write{Key: ok, Value: strings.Repeat("x", datastore.MaxValue+1)}, "The value of the system key a has 1048577 bytes"},
		{"a value that is no text", datastore.Write{Key: ok, Value: "\xff\xfe"}, "The value of the system key a is not UTF-8"},
		{"a negative life", datastore.Write{Key: ok, TTL: -time.Second}, `cannot live for "-1s"`},
		{"a life beyond all", datastore.Write{Key: ok, TTL: 200 * 365 * 24 * time.Hour}, "cannot live for"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := r.Set(t.Context(), tc.write)
			wantCode(t, err, bot.CodeInvalid)
			if text := bot.ErrorText(err); !strings.Contains(text, tc.says) || len(text) > 300 {
				t.Errorf("got %q, want %q in it", text, tc.says)
			}
			_, err = r.CompareAndSet(t.Context(), tc.write, 0)
			wantCode(t, err, bot.CodeInvalid)
		})
	}
	page, err := r.List(t.Context(), datastore.Query{Scope: datastore.System, Limit: 1})
	if err != nil || len(page.Entries) > 0 {
		t.Errorf("something was written: %+v, %v", page, err)
	}
}

func TestTheLargest(t *testing.T) {
	r := newRig(t)
	w := datastore.Write{Key: system(strings.Repeat("n", datastore.MaxName)), Value: strings.Repeat("x", datastore.MaxValue), Encrypt: true}
	r.set(w)
	if e, err := r.Decrypt(t.Context(), w.Key); err != nil || e.Value != w.Value {
		t.Errorf("got %d bytes, %v", len(e.Value), err)
	}
}

func TestAPersonWithoutIdentity(t *testing.T) {
	for _, k := range []datastore.Key{user("", "a"), {Scope: datastore.System, Owner: "shell:ann", Name: "a"}} {
		if err := k.Check(); bot.ErrorCode(err) != bot.CodeInternal {
			t.Errorf("%+v: got %v", k, err)
		}
	}
}

func TestParseTTL(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": 0, "1": time.Second, "3600": time.Hour, "90s": 90 * time.Second, "1h30m": 90 * time.Minute, "250ms": 250 * time.Millisecond,
	} {
		if got, err := datastore.ParseTTL(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"0", "-5", "0s", "-1h", "soon", "1 h", "9223372036854775807", "99999999999", "2000000h", "٣"} {
		_, err := datastore.ParseTTL(text)
		wantCode(t, err, bot.CodeInvalid)
	}
}

// failing is a store that answers some calls with an error.
type failing struct {
	datastore.Store
	get, commit, list error
}

func (f *failing) Get(ctx context.Context, k store.Key) (store.Record, error) {
	if f.get != nil {
		return store.Record{}, f.get
	}
	return f.Store.Get(ctx, k)
}

func (f *failing) Commit(ctx context.Context, b store.Batch) error {
	if f.commit != nil {
		return f.commit
	}
	return f.Store.Commit(ctx, b)
}

func (f *failing) List(ctx context.Context, q store.Query) (store.Page, error) {
	if f.list != nil {
		return store.Page{}, f.list
	}
	return f.Store.List(ctx, q)
}

// What goes wrong in the store is told with the name of the key, and whether it may have been changed.
func TestFaultsOfTheStore(t *testing.T) {
	gone := bot.E(bot.CodeUnavailable, "test", "The store cannot be reached.", errors.New("refused"))
	conflict := store.Conflict(store.Key{Kind: "kv", ID: "system:a"})
	ctx := t.Context()
	set := func(k *datastore.Keys) error {
		_, err := k.Set(ctx, datastore.Write{Key: system("a"), Value: "y"})
		return err
	}
	for _, tc := range []struct {
		name  string
		store failing
		do    func(*datastore.Keys) error
		code  bot.Code
		says  []string
	}{
		{"get", failing{get: gone}, func(k *datastore.Keys) error {
			_, err := k.Get(ctx, system("a"))
			return err
		}, bot.CodeUnavailable, []string{"system key a could not be read", "cannot be reached"}},
		{"set, before", failing{get: gone}, set, bot.CodeUnavailable, []string{"system key a could not be read"}},
		{"set", failing{commit: gone}, set, bot.CodeUnavailable, []string{"Whether the system key a was changed is not known", "Look at it"}},
		{"set among many", failing{commit: conflict}, set, bot.CodeConflict, []string{"Someone else changed the system key a", "try again"}},
		{"set, stopped", failing{commit: bot.E(bot.CodeCanceled, "test", "It was stopped.", context.Canceled)}, set, bot.CodeCanceled, []string{"The system key a was not changed"}},
		{"delete", failing{commit: gone}, func(k *datastore.Keys) error { return k.Delete(ctx, system("a"), bot.Cause{}) }, bot.CodeUnavailable, []string{"Whether the system key a was changed is not known"}},
		{"list", failing{list: gone}, func(k *datastore.Keys) error {
			_, err := k.List(ctx, datastore.Query{Scope: datastore.System, Limit: 1})
			return err
		}, bot.CodeUnavailable, []string{"system keys could not be listed", "cannot be reached"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t)
			r.set(datastore.Write{Key: system("a"), Value: "x"})
			tc.store.Store = r.store
			err := tc.do(datastore.New(&tc.store, r.seal))
			wantCode(t, err, tc.code)
			for _, part := range tc.says {
				if !strings.Contains(bot.ErrorText(err), part) {
					t.Errorf("%q does not say %q", bot.ErrorText(err), part)
				}
			}
		})
	}
}

// A record that cannot be read is told by its name, in a list as well.
func TestABrokenRecord(t *testing.T) {
	r := newRig(t)
	r.commit(store.Batch{Puts: []store.Put{{
		Key: store.Key{Kind: "kv", ID: "system:broken"}, Data: []byte(`{"v":1,"value":7}`), If: store.Absent, TTL: time.Hour,
		Index: []store.Index{{Name: "scope", Value: "system"}},
	}}})
	_, getErr := r.Get(t.Context(), system("broken"))
	_, listErr := r.List(t.Context(), datastore.Query{Scope: datastore.System, Limit: 5})
	for _, err := range []error{getErr, listErr} {
		wantCode(t, err, bot.CodeInternal)
		if !strings.Contains(bot.ErrorText(err), "system key broken") {
			t.Errorf("got %q", bot.ErrorText(err))
		}
	}
}
