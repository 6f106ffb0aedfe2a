package packs_test

import (
	"io/fs"
	"testing"

	"github.com/petrelops/petrel/aliases"
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
	o := pack.Options{Runners: []string{pack.RunnerGo, pack.RunnerChat, pack.RunnerInquirer}, BuiltIn: true, Strict: true, Label: "packs"}
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
	for _, ref := range []string{"core.unschedule.any", "core.rule.create", "core.rule.update"} {
		typed[ref] = true // named in permissions: unschedule asks for the first, petrel rule for the others
	}
	core, _ := set.Pack("core")
	for _, a := range core.Actions {
		if !typed[a.Ref()] {
			t.Errorf("no alias names %s", a.Ref())
		}
	}
}

// What people are told to type is understood.
func TestCoreLines(t *testing.T) {
	index, problems := aliases.Compile(builtIn(t).Aliases(), aliases.Options{})
	for _, p := range problems {
		t.Errorf("%s: %s", p.Source, p.Text)
	}
	tests := []struct {
		line   string
		action string
		params map[string]string
	}{
		{"noop", "core.noop", nil},
		{"echo hello there", "core.echo", map[string]string{"message": "hello there"}},
		{"pause 2.5", "core.pause", map[string]string{"seconds": "2.5"}},
		{"announce #ops reboot at noon", "core.announcement", map[string]string{"channel": "#ops", "message": "reboot at noon"}},
		{"help", "core.help", nil},
		{"help node status", "core.help", map[string]string{"words": "node status"}},
		{"executions", "core.executions", nil},
		{"executions 5", "core.executions", map[string]string{"limit": "5"}},
		{"execution 5f3a9c", "core.execution", map[string]string{"id": "5f3a9c"}},
		{"cancel 5f3a9c", "core.cancel", map[string]string{"id": "5f3a9c"}},
		{"rerun 5f3a9c", "core.rerun", map[string]string{"id": "5f3a9c"}},
		{"whoami", "core.whoami", nil},
		{"ask", "core.ask", nil},
		{"ask in #ops", "core.ask", map[string]string{"route": "#ops"}},
		{"inquiry get 5f3a9c", "core.inquiry.get", map[string]string{"id": "5f3a9c"}},
		{"inquiry respond 5f3a9c", "core.inquiry.respond", map[string]string{"id": "5f3a9c"}},
		{"inquiry respond 5f3a9c not before noon", "core.inquiry.respond", map[string]string{"id": "5f3a9c", "response": "not before noon"}},
		{"key get clary.last_event", "core.key.get", map[string]string{"name": "clary.last_event"}},
		{"key set oncall ann", "core.key.set", map[string]string{"name": "oncall", "value": "ann"}},
		{"key list clary.", "core.key.list", map[string]string{"prefix": "clary."}},
		{"key delete oncall", "core.key.delete", map[string]string{"name": "oncall"}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			found := index.Match(test.line).Matches
			if len(found) != 1 || found[0].Alias.Action != test.action {
				t.Fatalf("matched %v, want %s", found, test.action)
			}
			for name, want := range test.params {
				if got := found[0].Params[name]; got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// What changes something says so; all other actions of the pack only look.
func TestCoreClasses(t *testing.T) {
	changes := map[string]bot.Class{
		"core.announcement": bot.Idempotent, "core.cancel": bot.Idempotent, "core.rerun": bot.Once,
		"core.key.set": bot.Idempotent, "core.key.delete": bot.Idempotent,
		"core.rule.enable": bot.Idempotent, "core.rule.disable": bot.Idempotent,
		"core.approve": bot.Idempotent, "core.deny": bot.Idempotent, "core.ask": bot.Idempotent, "core.inquiry.respond": bot.Idempotent,
		"core.lock": bot.Idempotent, "core.unlock": bot.Idempotent, "core.resolve": bot.Idempotent,
		"core.freeze": bot.Idempotent, "core.unfreeze": bot.Idempotent, "core.break_glass": bot.Once,
		"core.rule.create": bot.Idempotent, "core.rule.update": bot.Idempotent, "core.rule.delete": bot.Idempotent,
		"core.schedule": bot.Idempotent, "core.unschedule": bot.Idempotent, "core.unschedule.any": bot.Idempotent,
		"core.notification": bot.Idempotent, "core.acknowledge": bot.Idempotent, "core.mute": bot.Idempotent, "core.unmute": bot.Idempotent,
	}
	core, _ := builtIn(t).Pack("core")
	for _, a := range core.Actions {
		want, found := changes[a.Ref()]
		if !found {
			want = bot.Read
		}
		delete(changes, a.Ref())
		if a.Class != want {
			t.Errorf("%s is of class %s, want %s", a.Ref(), a.Class, want)
		}
	}
	if len(changes) != 0 {
		t.Errorf("the pack lacks %v", changes)
	}
}
