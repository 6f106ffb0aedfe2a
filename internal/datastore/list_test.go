package datastore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/store"
)

func TestList(t *testing.T) {
	r := newRig(t)
	for _, name := range []string{"clary.url", "clary.last_event", "clary", "oncall", "clary:x"} {
		r.set(datastore.Write{Key: system(name), Value: "v"})
	}
	r.set(datastore.Write{Key: user("shell:ann", "clary.mine"), Value: "v"})
	r.set(datastore.Write{Key: user("shell:an", "clary.hers"), Value: "v"})
	for _, tc := range []struct {
		name  string
		query datastore.Query
		want  []string
	}{
		{"all", datastore.Query{Scope: datastore.System}, []string{"clary", "clary.last_event", "clary.url", "clary:x", "oncall"}},
		{"prefix", datastore.Query{Scope: datastore.System, Prefix: "clary."}, []string{"clary.last_event", "clary.url"}},
		{"no such prefix", datastore.Query{Scope: datastore.System, Prefix: "z"}, nil},
		{"behind a name", datastore.Query{Scope: datastore.System, After: "clary.url"}, []string{"clary:x", "oncall"}},
		{"one's own", datastore.Query{Scope: datastore.User, Owner: "shell:ann"}, []string{"clary.mine"}},
		{"somebody with a shorter name", datastore.Query{Scope: datastore.User, Owner: "shell:an"}, []string{"clary.hers"}},
		{"nobody's", datastore.Query{Scope: datastore.User, Owner: "shell:a"}, nil},
		{"no way out of the scope", datastore.Query{Scope: datastore.User, Owner: "shell", Prefix: "ann:"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.query.Limit = datastore.MaxPage
			page, err := r.List(t.Context(), tc.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, names(page)); diff != "" || page.Next != "" {
				t.Errorf("next %q, (-want +got):\n%s", page.Next, diff)
			}
		})
	}
}

func names(p datastore.Page) []string {
	var list []string
	for _, e := range p.Entries {
		list = append(list, e.Key.Name)
	}
	return list
}

// counting counts the records that a list takes out of the store.
type counting struct {
	datastore.Store
	read int
}

func (c *counting) List(ctx context.Context, q store.Query) (store.Page, error) {
	p, err := c.Store.List(ctx, q)
	c.read += len(p.Records)
	return p, err
}

// A list is read page by page, and no more is read than is shown.
func TestListInPages(t *testing.T) {
	r := newRig(t)
	var want []string
	for i := range 25 {
		name := fmt.Sprintf("k%02d", i)
		want = append(want, name)
		r.set(datastore.Write{Key: system(name), Value: "secret", Encrypt: true})
		r.set(datastore.Write{Key: system("z" + name), Value: "x"})
	}
	c := &counting{Store: r.store}
	keys := datastore.New(c, r.seal)
	var got []string
	q := datastore.Query{Scope: datastore.System, Prefix: "k", Limit: 10}
	for {
		page, err := keys.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Entries) > q.Limit {
			t.Errorf("%d entries on a page of %d", len(page.Entries), q.Limit)
		}
		for _, e := range page.Entries {
			got = append(got, e.Key.Name)
			if e.Value != param.Masked {
				t.Errorf("%s is not masked: %q", e.Key.Name, e.Value)
			}
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if c.read != len(want) {
		t.Errorf("%d records were read for %d", c.read, len(want))
	}
}

func TestListRefuses(t *testing.T) {
	r := newRig(t)
	for _, q := range []datastore.Query{
		{Scope: datastore.System},
		{Scope: datastore.System, Limit: -1},
		{Scope: datastore.System, Limit: datastore.MaxPage + 1},
		{Scope: "all", Limit: 1},
	} {
		_, err := r.List(t.Context(), q)
		wantCode(t, err, bot.CodeInvalid)
	}
	// A person without an identity has no keys; it is a fault of ours to ask.
	if _, err := r.List(t.Context(), datastore.Query{Scope: datastore.User, Limit: 1}); bot.ErrorCode(err) != bot.CodeInternal {
		t.Errorf("got %v", err)
	}
}

func TestShort(t *testing.T) {
	sixty := strings.Repeat("ä", 60)
	for value, want := range map[string]string{"": "", "42": "42", sixty: sixty, sixty + "ä": sixty + "…"} {
		if got := (datastore.Entry{Value: value}).Short(); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
