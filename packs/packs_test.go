package packs_test

import (
	"io/fs"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/packs"
)

// builtIn reads the built-in packs as the program does.
func builtIn(t *testing.T) *pack.Set {
	t.Helper()
	folders, err := fs.ReadDir(packs.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	var all []*pack.Pack
	o := pack.Options{Runners: []string{pack.RunnerGo, pack.RunnerChat}, BuiltIn: true, Strict: true, Label: "packs"}
	for _, folder := range folders {
		p, problems := pack.Load(packs.FS, folder.Name(), o)
		report(t, problems)
		all = append(all, p)
	}
	set, problems := pack.NewSet(all...)
	report(t, problems)
	return set
}

func report(t *testing.T, problems []pack.Problem) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

func TestBuiltInPacksHaveNoProblem(t *testing.T) {
	set := builtIn(t)
	for _, name := range []string{"core", "clary"} {
		if _, ok := set.Pack(name); !ok {
			t.Errorf("there is no pack %s", name)
		}
	}
}

// Help, --help and the docs come from these files.
func TestBuiltInContentIsDescribed(t *testing.T) {
	set := builtIn(t)
	for _, a := range set.Actions() {
		if a.Description == "" {
			t.Errorf("%s: the action has no description", a.Source)
		}
		for _, p := range a.Params {
			if p.Description == "" {
				t.Errorf("%s: the parameter %s has no description", a.Source, p.Name)
			}
		}
	}
	for _, a := range set.Aliases() {
		if a.Description == "" {
			t.Errorf("%s: the alias has no description", a.Source)
		}
	}
}

func TestEveryCoreActionCanBeTyped(t *testing.T) {
	set := builtIn(t)
	typed := map[string]bool{}
	for _, a := range set.Aliases() {
		typed[a.Action] = true
	}
	core, _ := set.Pack("core")
	for _, a := range core.Actions {
		if !typed[a.Ref()] {
			t.Errorf("no alias names %s", a.Ref())
		}
	}
}

func TestCoreClasses(t *testing.T) {
	want := map[string]bot.Class{
		"core.noop": bot.Read, "core.echo": bot.Read, "core.pause": bot.Read, "core.announcement": bot.Idempotent,
		"core.help": bot.Read, "core.executions": bot.Read, "core.execution": bot.Read, "core.whoami": bot.Read,
		"core.cancel": bot.Idempotent, "core.rerun": bot.Once,
	}
	core, _ := builtIn(t).Pack("core")
	if len(core.Actions) != len(want) {
		t.Errorf("core has %d actions, want %d", len(core.Actions), len(want))
	}
	for _, a := range core.Actions {
		if a.Class != want[a.Ref()] {
			t.Errorf("%s is of class %s, want %s", a.Ref(), a.Class, want[a.Ref()])
		}
	}
}
