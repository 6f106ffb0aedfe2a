package clary_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/bot"
)

const packFolder = "../../packs/clary"

// parameter is a parameter in an action's file.
type parameter struct {
	Type        string   `yaml:"type"`
	Description string   `yaml:"description"`
	Default     any      `yaml:"default"`
	Required    bool     `yaml:"required"`
	Position    *int     `yaml:"position"`
	Spellings   []string `yaml:"spellings"`

	// What else the schema says of values.
	MinLength int `yaml:"minLength"`
	Minimum   int `yaml:"minimum"`
	Maximum   int `yaml:"maximum"`
	Items     any `yaml:"items"`
}

type action struct {
	Name        string               `yaml:"name"`
	Pack        string               `yaml:"pack"`
	Description string               `yaml:"description"`
	RunnerType  string               `yaml:"runner_type"`
	EntryPoint  string               `yaml:"entry_point"`
	Enabled     bool                 `yaml:"enabled"`
	Class       bot.Class            `yaml:"class"`
	Targets     string               `yaml:"targets"`
	Locks       string               `yaml:"locks"`
	Timeout     int                  `yaml:"timeout"`
	Parameters  map[string]parameter `yaml:"parameters"`
}

// actions reads every action of the pack strictly, by file name.
func actions(t *testing.T) map[string]action {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(packFolder, "actions", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no actions in %s: %v", packFolder, err)
	}
	all := map[string]action{}
	for _, file := range files {
		var a action
		load(t, file, &a)
		all[strings.TrimSuffix(filepath.Base(file), ".yaml")] = a
	}
	return all
}

func load(t *testing.T, file string, into any) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// kinds are the schema types of the Go types that parameters are decoded into.
var kinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Slice: "array",
}

// The parameters are described once, in the pack. The structs must agree with it, name by name and type by type.
func TestPackAgreesWithHandlers(t *testing.T) {
	handlers := newRig(t, site{}).client.Handlers()
	served := map[string]bool{}
	for file, a := range actions(t) {
		t.Run(file, func(t *testing.T) {
			if a.Name != file || a.Pack != "clary" || a.RunnerType != "go" || !a.Enabled || a.Description == "" || a.Timeout <= 0 {
				t.Errorf("the head of the file is %+v", a)
			}
			h, ok := handlers[a.EntryPoint]
			if !ok {
				t.Fatalf("there is no handler %s", a.EntryPoint)
			}
			served[a.EntryPoint] = true
			if !a.Class.Valid() || a.Class.Mutates() != (h.Plan != nil) {
				t.Errorf("class %q, and the handler has a plan: %v", a.Class, h.Plan != nil)
			}
			if a.Targets == "" && file != "status.next" {
				t.Error("it does not say which nodes it is about")
			}
			if exclusive := a.Class == bot.Idempotent; exclusive != (a.Locks != "") { // a comment may be written beside other work
				t.Errorf("it locks %q", a.Locks)
			}
			want := map[string]string{}
			for i := range h.Params.NumField() {
				f := h.Params.Field(i)
				want[f.Tag.Get("json")] = kinds[f.Type.Kind()]
			}
			got := map[string]string{}
			for name, p := range a.Parameters {
				got[name] = p.Type
				if p.Description == "" {
					t.Errorf("%s has no description", name)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("parameters (-struct +yaml):\n%s", d)
			}
		})
	}
	if len(served) != len(handlers) {
		t.Errorf("%d of %d handlers have an action", len(served), len(handlers))
	}
}

// What the original pack documents, read from clary-pack.txt: which parameters are required and what they default to. The
// defaults of user and concurrency depend on the person and the configuration, so the handler has them.
func TestPackKeepsTheOriginal(t *testing.T) {
	all := actions(t)
	for name, want := range map[string]struct {
		class    bot.Class
		required []string // in the order of their positions
	}{
		"node.comment":       {bot.Once, []string{"hosts", "comment"}},
		"status.next":        {bot.Read, []string{"state"}},
		"node.status.get":    {bot.Read, []string{"host"}},
		"node.status.set":    {bot.Idempotent, []string{"hosts", "status", "comment"}},
		"node.status.ensure": {bot.Idempotent, []string{"hosts", "status", "comment"}},
	} {
		a := all[name]
		if a.Class != want.class {
			t.Errorf("%s: class %q, want %q", name, a.Class, want.class)
		}
		required := make([]string, len(want.required))
		for param, p := range a.Parameters {
			if p.Required && p.Position != nil && *p.Position < len(required) {
				required[*p.Position] = param
			} else if p.Required {
				t.Errorf("%s: %s is required and has no position", name, param)
			}
		}
		if d := cmp.Diff(want.required, required); d != "" {
			t.Errorf("%s: required (-want +got):\n%s", name, d)
		}
		if p, ok := a.Parameters["impacting"]; ok && p.Default != false {
			t.Errorf("%s: impacting defaults to %v", name, p.Default)
		}
		if p, ok := a.Parameters["concurrency"]; ok && !cmp.Equal(p.Spellings, []string{"concurency"}) {
			t.Errorf("%s: the spellings of concurrency are %v", name, p.Spellings)
		}
	}
}

// alias is an alias in the form that the pack uses.
type alias struct {
	Name        string `yaml:"name"`
	Pack        string `yaml:"pack"`
	ActionRef   string `yaml:"action_ref"`
	Description string `yaml:"description"`
	Formats     []struct {
		Display        string   `yaml:"display"`
		Representation []string `yaml:"representation"`
	} `yaml:"formats"`
}

// Each action can be typed in the long form and in a short one, and every required parameter has its place in both.
func TestAliases(t *testing.T) {
	all := actions(t)
	files, err := filepath.Glob(filepath.Join(packFolder, "aliases", "*.yaml"))
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.yaml") })
	if err != nil || len(files) != len(all) {
		t.Fatalf("%d aliases for %d actions: %v", len(files), len(all), err)
	}
	for _, file := range files {
		var a alias
		load(t, file, &a)
		target, ok := all[strings.TrimPrefix(a.ActionRef, "clary.")]
		if !ok || a.Pack != "clary" || a.Description == "" || a.Name+".yaml" != filepath.Base(file) || len(a.Formats) < 2 {
			t.Errorf("%s: %+v", file, a)
		}
		for _, f := range a.Formats {
			for _, format := range f.Representation {
				for name, p := range target.Parameters {
					if p.Required != strings.Contains(format, "{{ "+name+" }}") {
						t.Errorf("%s: %q and the parameter %s", file, format, name)
					}
				}
			}
		}
	}
}
