package datastore_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/store"
)

func TestSetGetDelete(t *testing.T) {
	r := newRig(t)
	for _, k := range []datastore.Key{system("clary.last_event"), system("with blanks and ümlauts"), user("shell:ann", "clary.last_event")} {
		t.Run(k.String(), func(t *testing.T) {
			_, err := r.Get(t.Context(), k)
			wantCode(t, err, bot.CodeNotFound)
			r.set(datastore.Write{Key: k, Value: "1"})
			r.clock.Advance(time.Minute)
			set := r.set(datastore.Write{Key: k, Value: `{"n": 2}`, By: "console:ann"})
			want := datastore.Entry{Key: k, Value: `{"n": 2}`, By: "console:ann", Updated: r.clock.Now(), Version: 2}
			got, err := r.Get(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			for name, e := range map[string]datastore.Entry{"Set": set, "Get": got} {
				if diff := cmp.Diff(want, e); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			if err := r.Delete(t.Context(), k, bot.Cause{}); err != nil {
				t.Fatal(err)
			}
			wantCode(t, r.Delete(t.Context(), k, bot.Cause{}), bot.CodeNotFound)
		})
	}
}

// The original documents name the key of the sensor: it must be found where they say.
func TestWhereARecordLies(t *testing.T) {
	r := newRig(t)
	r.set(datastore.Write{Key: system("clary.last_event"), Value: "42"})
	var got struct{ Value string }
	if err := json.Unmarshal(r.raw("system:clary.last_event").Data, &got); err != nil || got.Value != "42" {
		t.Errorf("got %+v, %v", got, err)
	}
	r.set(datastore.Write{Key: user("slack:T1/U9", "a:b"), Value: "x"})
	r.raw("user:slack%3AT1/U9:a:b")
}

// A colon in an owner or in a name leads to nobody else's key.
func TestPeopleDoNotMeet(t *testing.T) {
	r := newRig(t)
	keys := []datastore.Key{user("a", "b:c"), user("a:b", "c"), user("a%3Ab", "c"), user("system", "c"), system("c"), system("a:b:c")}
	for _, k := range keys {
		r.set(datastore.Write{Key: k, Value: string(k.Scope) + k.Owner + " " + k.Name})
	}
	for _, k := range keys {
		e, err := r.Get(t.Context(), k)
		if want := string(k.Scope) + k.Owner + " " + k.Name; err != nil || e.Value != want {
			t.Errorf("%+v: got %q, %v", k, e.Value, err)
		}
	}
}

func TestTTL(t *testing.T) {
	r := newRig(t)
	e := r.set(datastore.Write{Key: system("short"), Value: "x", TTL: time.Minute})
	if want := start.Add(time.Minute); !e.Expires.Equal(want) {
		t.Errorf("ends %s, want %s", e.Expires, want)
	}
	r.set(datastore.Write{Key: system("again"), Value: "x", TTL: time.Minute})
	r.set(datastore.Write{Key: system("long"), Value: "x"})
	r.clock.Advance(59 * time.Second)
	if _, err := r.Get(t.Context(), system("short")); err != nil {
		t.Error(err)
	}
	r.set(datastore.Write{Key: system("again"), Value: "y"}) // without an end now
	r.clock.Advance(time.Second)
	_, err := r.Get(t.Context(), system("short"))
	wantCode(t, err, bot.CodeNotFound)
	r.clock.Advance(20 * 365 * 24 * time.Hour)
	for _, name := range []string{"again", "long"} {
		if e, err := r.Get(t.Context(), system(name)); err != nil || !e.Expires.IsZero() {
			t.Errorf("%s after years: %+v, %v", name, e, err)
		}
	}
}

func TestEncrypted(t *testing.T) {
	r := newRig(t)
	k := system("api_token")
	e := r.set(datastore.Write{Key: k, Value: "hunter2", Encrypt: true})
	got, err := r.Get(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	if e.Value != param.Masked || got.Value != param.Masked || !got.Encrypted {
		t.Errorf("not masked: %+v, %+v", e, got)
	}
	plain, err := r.Decrypt(t.Context(), k)
	if err != nil || plain.Value != "hunter2" || !plain.Encrypted {
		t.Errorf("got %+v, %v", plain, err)
	}
	files, err := filepath.Glob(filepath.Join(r.dir, "petrel.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of the store: %v", err)
	}
	for _, f := range files {
		if data, err := os.ReadFile(f); err != nil || strings.Contains(string(data), "hunter2") {
			t.Errorf("the secret stands in %s, or it cannot be read: %v", f, err)
		}
	}

	r.set(datastore.Write{Key: k, Value: "no secret any more"})
	if plain, err = r.Decrypt(t.Context(), k); err != nil || plain.Value != "no secret any more" || plain.Encrypted {
		t.Errorf("got %+v, %v", plain, err)
	}
	_, err = r.Decrypt(t.Context(), system("nothing"))
	wantCode(t, err, bot.CodeNotFound)
}

// Who can write the store and has no key file must not get at a secret by moving it to a key of their own.
func TestASealHoldsForOneKey(t *testing.T) {
	r := newRig(t)
	r.set(datastore.Write{Key: system("api_token"), Value: "hunter2", Encrypt: true})
	r.commit(store.Batch{Puts: []store.Put{{
		Key: store.Key{Kind: "kv", ID: "user:shell%3Aeve:mine"}, Data: r.raw("system:api_token").Data, If: store.Absent, TTL: time.Hour,
	}}})
	e, err := r.Decrypt(t.Context(), user("shell:eve", "mine"))
	wantCode(t, err, bot.CodeInvalid)
	if strings.Contains(e.Value+err.Error(), "hunter2") {
		t.Errorf("the secret got out: %+v, %v", e, err)
	}
}

func TestAnotherKeyFile(t *testing.T) {
	r := newRig(t)
	r.set(datastore.Write{Key: system("api_token"), Value: "hunter2", Encrypt: true})
	other := datastore.New(r.store, openSeal(t, t.TempDir()))
	_, err := other.Decrypt(t.Context(), system("api_token"))
	wantCode(t, err, bot.CodeInvalid)
	if text := bot.ErrorText(err); !strings.Contains(text, "api_token") || !strings.Contains(text, "Restore the key file") {
		t.Errorf("got %q", text)
	}
	if e, err := other.Get(t.Context(), system("api_token")); err != nil || e.Value != param.Masked {
		t.Errorf("masked it can still be seen: got %+v, %v", e, err)
	}
}

// An older Petrel that changes what a newer one wrote loses nothing of it.
func TestSetKeepsWhatItDoesNotKnow(t *testing.T) {
	r := newRig(t)
	r.commit(store.Batch{Puts: []store.Put{{
		Key: store.Key{Kind: "kv", ID: "system:newer"}, Data: []byte(`{"v":9,"value":"x","tags":["a"]}`), If: store.Absent, TTL: time.Hour,
	}}})
	r.set(datastore.Write{Key: system("newer"), Value: "y"})
	var got struct {
		V     int
		Value string
		Tags  []string
	}
	if err := json.Unmarshal(r.raw("system:newer").Data, &got); err != nil {
		t.Fatal(err)
	}
	if got.V != 9 || got.Value != "y" || len(got.Tags) != 1 {
		t.Errorf("got %+v", got)
	}
}
