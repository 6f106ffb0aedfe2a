package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
)

func directory(t *testing.T) *identity.Directory {
	t.Helper()
	d, err := identity.New([]identity.Person{
		{ID: "ann", Name: "Ann Example", Accounts: []string{"slack:T1/U1", "console:ann"}, Roles: []string{"operator", "admin", "operator"}, Groups: []string{"gpu"}, Source: "people.yaml:2"},
		{ID: "bob", Accounts: []string{"discord:9/8", "shell:bob"}, Roles: []string{"approver"}, Source: "people.yaml:7"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Two accounts are one person. Everything that is not exactly one of the accounts is nobody, however much it looks like it.
func TestIdentify(t *testing.T) {
	ann := bot.Identity{ID: "ann", Name: "Ann Example", Roles: []string{"admin", "operator"}, Groups: []string{"gpu"}}
	for name, tt := range map[string]struct {
		origin bot.Origin
		want   bot.Identity
	}{
		"first account":                {bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1", Channel: "C1", Thread: "7"}, ann},
		"second account":               {bot.Origin{Adapter: "console", User: "ann"}, ann},
		"another person":               {bot.Origin{Adapter: "shell", User: "bob"}, bot.Identity{ID: "bob", Roles: []string{"approver"}, Groups: nil}},
		"another workspace":            {bot.Origin{Adapter: "slack", Workspace: "T2", User: "U1"}, bot.Identity{ID: "slack:T2/U1"}},
		"no workspace":                 {bot.Origin{Adapter: "slack", User: "U1"}, bot.Identity{ID: "slack:U1"}},
		"a user like an account":       {bot.Origin{Adapter: "slack", User: "T1/U1"}, bot.Identity{ID: "slack:T1/U1"}},
		"another adapter":              {bot.Origin{Adapter: "discord", User: "ann"}, bot.Identity{ID: "discord:ann"}},
		"the id of a person":           {bot.Origin{Adapter: "console", User: "bob"}, bot.Identity{ID: "console:bob"}},
		"the display name":             {bot.Origin{Adapter: "console", User: "Ann Example"}, bot.Identity{ID: "console:Ann Example"}},
		"the name of a role":           {bot.Origin{Adapter: "console", User: "admin"}, bot.Identity{ID: "console:admin"}},
		"other case":                   {bot.Origin{Adapter: "console", User: "Ann"}, bot.Identity{ID: "console:Ann"}},
		"a letter that looks the same": {bot.Origin{Adapter: "console", User: "аnn"}, bot.Identity{ID: "console:аnn"}},
		"nobody":                       {bot.Origin{}, bot.Identity{ID: ":"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, directory(t).Identify(tt.origin)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFind(t *testing.T) {
	d := directory(t)
	for name, want := range map[string]string{
		"ann": "ann", "slack:T1/U1": "ann", "shell:bob": "bob",
		"Ann Example": "", "slack:T2/U1": "", "admin": "", "": "", "console:": "",
	} {
		p, ok := d.Find(name)
		if p.ID != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, p.ID, want)
		}
	}
	if diff := cmp.Diff([][]string{{"ann", "bob"}, {"admin", "approver", "operator"}, {"gpu"}}, [][]string{d.IDs(), d.Roles(), d.Groups()}); diff != "" {
		t.Error(diff)
	}
}

// A directory does not change when somebody writes into what it gave out.
func TestDirectoryIsImmutable(t *testing.T) {
	d := directory(t)
	d.Identify(bot.Origin{Adapter: "console", User: "ann"}).Roles[0] = "root"
	if got := d.Identify(bot.Origin{Adapter: "console", User: "ann"}).Roles[0]; got != "admin" {
		t.Errorf("the role is %q now", got)
	}
}

func TestNobodyConfigured(t *testing.T) {
	d, err := identity.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.Known() || !directory(t).Known() {
		t.Error("Known is wrong")
	}
	if diff := cmp.Diff(bot.Identity{ID: "console:ann"}, d.Identify(bot.Origin{Adapter: "console", User: "ann"})); diff != "" {
		t.Error(diff)
	}
}

// Every fault is told at once, and one that needs two places names both.
func TestNewRefuses(t *testing.T) {
	_, err := identity.New([]identity.Person{
		{ID: "ann", Accounts: []string{"console:ann", "slack:T1/U1"}, Source: "a.yaml:1"},
		{ID: "bob", Accounts: []string{"slack:T1/U1", "shell:bob", "shell:bob"}, Source: "b.yaml:1"},
		{ID: "Ann", Source: "b.yaml:2"},
		{ID: "console:eve", Source: "b.yaml:3"},
		{ID: "me", Source: "b.yaml:4"},
		{ID: "a*", Source: "b.yaml:5"},
		{ID: "carl", Name: "Carl\nadmin", Roles: []string{"on call"}, Groups: []string{""}, Source: "b.yaml:6"},
		{ID: "dora", Accounts: []string{"dora", "slack:U1", "slack:T1/", ":x", "console:*", "slack:/U1", "slack:T1/U1/x", "shell:a b"}, Source: "b.yaml:7"},
	})
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("got %v", err)
	}
	const how = "write slack:T012/U345, with the workspace before the user, or console:ann where there are no workspaces."
	want := `b.yaml:1: the account slack:T1/U1 of bob belongs to ann at a.yaml:1 already; an account has one person
b.yaml:1: the account shell:bob of bob belongs to bob at b.yaml:1 already; an account has one person
b.yaml:2: the person Ann is at a.yaml:1 already; put the accounts together, or write another id
b.yaml:3: "console:eve" is no id of a person: use letters, digits and . _ - @
b.yaml:4: "me" is no id of a person: it means whoever asks
b.yaml:5: "a*" is no id of a person: use letters, digits and . _ - @
b.yaml:6: the name of carl holds a character that cannot be seen; leave it out
b.yaml:6: "on call" is no role: use letters, digits and . _ - @
b.yaml:6: "" is no group: it is empty
b.yaml:7: "dora" is no account: write the platform first, as in slack:T012/U345, console:ann or shell:ann.
b.yaml:7: "slack:U1" is no account: on Slack a user id says little without its workspace; write slack:T012/U345.
b.yaml:7: "slack:T1/" is no account: ` + how + `
b.yaml:7: ":x" is no account: ` + how + `
b.yaml:7: "console:*" is no account: write one account without blanks and patterns.
b.yaml:7: "slack:/U1" is no account: ` + how + `
b.yaml:7: "slack:T1/U1/x" is no account: ` + how + `
b.yaml:7: "shell:a b" is no account: write one account without blanks and patterns.`
	if diff := cmp.Diff(want, bot.ErrorText(err)); diff != "" {
		t.Error(diff)
	}
}

// No account that a platform could send is taken for a person whose account it is not, and what ParseAccount reads Account writes.
func TestIdentifyIsExact(t *testing.T) {
	word := rapid.StringMatching(`[aTU1:/]{0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		own := rapid.SampledFrom([]string{"a:a", "a:T/U", "T:1"}).Draw(t, "own")
		d, err := identity.New([]identity.Person{{ID: "ann", Accounts: []string{own}}})
		if err != nil {
			t.Fatal(err)
		}
		o := bot.Origin{Adapter: word.Draw(t, "adapter"), Workspace: word.Draw(t, "workspace"), User: word.Draw(t, "user")}
		parsed, err := identity.ParseAccount(own)
		if err != nil || parsed.Account() != own {
			t.Fatalf("%q was read as %+v, %v", own, parsed, err)
		}
		if got := d.Identify(o); (got.ID == "ann") != (o == parsed) {
			t.Errorf("%+v is %q", o, got.ID)
		}
	})
}

// An address that the platform vouches for finds the person that names it, unless the account belongs to somebody.
func TestIdentifyByEmail(t *testing.T) {
	d, err := identity.New([]identity.Person{
		{ID: "ann", Accounts: []string{"email:ann@example.com", "slack:T1/U1"}, Source: "people.yaml:1"},
		{ID: "bob", Accounts: []string{"slack:T1/U2", "email:bob@example.com"}, Source: "people.yaml:2"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const doubt = "The account slack:T1/U2 belongs to bob, and its e-mail address to ann. The account counts. Correct the one that is wrong at people.yaml:2 or people.yaml:1."
	for name, tt := range map[string]struct {
		user, email string
		want, doubt string
	}{
		"by the address":              {"U9", "ann@example.com", "ann", ""},
		"in capitals":                 {"U9", "Ann@EXAMPLE.com", "ann", ""},
		"the account says the same":   {"U1", "ann@example.com", "ann", ""},
		"the account says otherwise":  {"U2", "ann@example.com", "bob", doubt},
		"the account alone":           {"U2", "", "bob", ""},
		"an address of nobody":        {"U9", "eve@example.com", "slack:T1/U9", ""},
		"an account and nobody's":     {"U1", "eve@example.com", "ann", ""},
		"no address":                  {"U9", "", "slack:T1/U9", ""},
		"a letter that looks alike":   {"U9", "ann@example.\u212aom", "slack:T1/U9", ""},
		"part of an address":          {"U9", "ann@example.co", "slack:T1/U9", ""},
		"an address and more":         {"U9", "ann@example.com>", "slack:T1/U9", ""},
		"the address as a user":       {"ann@example.com", "", "slack:T1/ann@example.com", ""},
		"the account in the address":  {"U9", "slack:T1/U1", "slack:T1/U9", ""},
		"a person's id is no address": {"U9", "ann", "slack:T1/U9", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := bot.Origin{Adapter: "slack", Workspace: "T1", User: tt.user, Email: tt.email}
			if got := d.Identify(o).ID; got != tt.want {
				t.Errorf("it is %q, want %q", got, tt.want)
			}
			if got := d.Doubt(o); got != tt.doubt {
				t.Errorf("the doubt is %q, want %q", got, tt.doubt)
			}
		})
	}
	if p, ok := d.Find("email:ann@example.com"); !ok || p.ID != "ann" {
		t.Errorf("Find = %+v, %v", p, ok)
	}
}

func TestEmailAccountsAreChecked(t *testing.T) {
	_, err := identity.New([]identity.Person{
		{ID: "ann", Accounts: []string{"email:Ann@example.com", "email:ann", "email:@example.com", "email:a@b@c", "email:x/ann@example.com", "email:bob@example.com"}, Source: "a.yaml:1"},
		{ID: "bob", Accounts: []string{"email:bob@example.com"}, Source: "a.yaml:2"},
	})
	const how = " is no account: write email:ann@example.com, in lower case."
	want := `a.yaml:1: "email:Ann@example.com"` + how + `
a.yaml:1: "email:ann"` + how + `
a.yaml:1: "email:@example.com"` + how + `
a.yaml:1: "email:a@b@c"` + how + `
a.yaml:1: "email:x/ann@example.com"` + how + `
a.yaml:2: the account email:bob@example.com of bob belongs to ann at a.yaml:1 already; an account has one person`
	if diff := cmp.Diff(want, bot.ErrorText(err)); diff != "" {
		t.Error(diff)
	}
}
