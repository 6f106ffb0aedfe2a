package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/permissiontest"
)

// The example of docs/people.md stands there as it is, its tests hold, and its rules name only what there is.
func TestExampleOfPeople(t *testing.T) {
	page, err := os.ReadFile("../../docs/people.md")
	if err != nil {
		t.Fatal(err)
	}
	const folder = "../../docs/examples/people"
	for _, name := range []string{"petrel.yaml", "people.yaml", "permissions.yaml", "permissions_test.yaml"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(page), string(text)) {
			t.Errorf("docs/people.md does not show %s as it is", name)
		}
	}
	c, err := config.Load(filepath.Join(folder, "petrel.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := app.Rehearse(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range r.Authority.Lint(r.Content.Specs) {
		t.Error(note)
	}
	f, err := permissiontest.Read(filepath.Join(folder, "permissions_test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range f.Tests {
		for _, why := range r.Suite().Run(t.Context(), test) {
			t.Errorf("%s: %s", test.Source, why)
		}
	}
}

// access returns people and permissions in which ann has a role.
func accessOf(role string) config.Access {
	return config.Access{
		People:      []config.Person{{ID: "ann", Accounts: []string{"shell:ann"}, Roles: []string{role}, Source: "p.yaml:1"}},
		Permissions: []config.Permission{{Roles: []string{"operator"}, Action: "core.key.*", Source: "p.yaml:2"}},
	}
}

// What is read anew counts at once. What is faulty changes nothing and is told in whole; what names nothing is logged.
func TestReload(t *testing.T) {
	var log bytes.Buffer
	c := config.Default()
	c.Data = t.TempDir()
	c.Access = accessOf("operator")
	a, err := app.New(context.Background(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	ann := bot.Origin{Adapter: "shell", User: "ann"}
	allowed := func() bool { return a.Permit(ann, "core.key.get", nil) == nil }
	if !allowed() || a.Identify(ann).ID != "ann" {
		t.Fatal("ann may not do what her role may")
	}
	faulty := accessOf("visitor")
	faulty.People = append(faulty.People, config.Person{ID: "bob", Accounts: []string{"shell:ann"}, Source: "p.yaml:3"})
	faulty.Permissions[0].Action = "["
	err = a.Reload(faulty)
	if text := bot.ErrorText(err); bot.ErrorCode(err) != bot.CodeInvalid || !strings.Contains(text, "p.yaml:3: the account shell:ann") || !strings.Contains(text, "p.yaml:2: action:") {
		t.Errorf("got %v", err)
	}
	if !allowed() {
		t.Error("a faulty file took a role away")
	}
	if err := a.Reload(accessOf("visitor")); err != nil || allowed() {
		t.Errorf("ann keeps a role that was taken away (%v)", err)
	}
	if !strings.Contains(log.String(), `nobody has the role \"operator\"`) {
		t.Errorf("the log does not say that nobody has the role:\n%s", log.String())
	}
	if err := a.Reload(accessOf("operator")); err != nil || !allowed() {
		t.Errorf("ann has no role that was given to her (%v)", err)
	}
}
