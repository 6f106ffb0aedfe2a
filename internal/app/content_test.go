package app_test

import (
	"context"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/pack"
)

// build returns Petrel with the built-in packs. Nothing answers at claryURL.
func build(t *testing.T, claryURL string) *app.App {
	t.Helper()
	c := config.Default()
	c.Data = t.TempDir()
	c.Clary.URL = claryURL
	a, err := app.New(context.Background(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// Every built-in action has code, and what the YAML says of its parameters is what the code decodes.
func TestBuiltInActionsAgreeWithTheirCode(t *testing.T) {
	a := build(t, "http://127.0.0.1:1/")
	for _, spec := range a.Content().Specs {
		t.Run(spec.Ref(), func(t *testing.T) {
			if spec.NotRunnable != "" {
				t.Fatal(spec.NotRunnable)
			}
			if spec.Runner == chat.Runner {
				if !slices.Contains(a.Desk.EntryPoints(), spec.EntryPoint) {
					t.Errorf("the desk has no %s", spec.EntryPoint)
				}
				return
			}
			if spec.Runner != pack.RunnerGo && spec.Runner != pack.RunnerInquirer {
				t.Fatalf("runner %s", spec.Runner)
			}
			action, err := a.Content().Actions.Action(spec.Ref())
			if err != nil {
				t.Fatal(err)
			}
			if spec.Class.Mutates() && action.Handler.Plan == nil {
				t.Error("an action that changes something has no Plan")
			}
			var declared []string
			for _, p := range spec.Params {
				declared = append(declared, p.Name)
			}
			decoded := fields(action.Handler.Params)
			slices.Sort(declared)
			slices.Sort(decoded)
			if diff := cmp.Diff(declared, decoded); diff != "" {
				t.Errorf("parameters in the YAML (-) and in the code (+):\n%s", diff)
			}
		})
	}
}

// fields returns the JSON names of a struct, embedded ones included.
func fields(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func TestClaryWithoutAnAddressIsNotRunnable(t *testing.T) {
	a := build(t, "")
	action, err := a.Content().Actions.Action("clary.node.status.get")
	if err != nil {
		t.Fatal(err)
	}
	if want := "clary.url is not set in the configuration"; action.Spec.NotRunnable != want {
		t.Errorf("got %q, want %q", action.Spec.NotRunnable, want)
	}
}
