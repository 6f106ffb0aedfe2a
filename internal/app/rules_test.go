package app_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/petrelops/petrel"

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

// ours lists the packages of the module. The answer of go list is not part of what go test caches by, so make test runs this package
// with -count=1.
func ours(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,GoFiles", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("go list found only %d packages", len(list))
	}
	return list
}

// below reports whether the package path is the folder or lies in it.
func below(importPath string, folders ...string) bool {
	for _, f := range folders {
		if importPath == module+"/"+f || strings.HasPrefix(importPath, module+"/"+f+"/") {
			return true
		}
	}
	return false
}

// direction says what packages below a folder may not import, and why. Design: docs/architecture.md.
var direction = []struct {
	from      string
	forbidden func(from, imported string) bool
	why       string
}{
	{"bot", func(_, i string) bool { return strings.Contains(strings.SplitN(i, "/", 2)[0], ".") }, "bot uses the standard library only"},
	{"aliases", func(_, i string) bool {
		return strings.Contains(strings.SplitN(i, "/", 2)[0], ".") && !below(i, "bot", "aliases")
	}, "the alias language is pure: bot and the standard library only"},
	{"handlers", func(from, i string) bool {
		return below(i, "internal/executor", "internal/store", "internal/app", "internal/chat", "adapters", "cmd") || otherPlug("handlers", from, i)
	}, "a handler knows neither the executor, a store, an adapter nor another handler"},
	{"adapters", func(from, i string) bool {
		return below(i, "internal/executor", "internal/store", "internal/app", "internal/chat", "handlers", "cmd") || otherPlug("adapters", from, i)
	}, "an adapter knows neither the executor, a store, a handler nor another adapter"},
	{"internal/store", func(_, i string) bool {
		return below(i, "internal/executor", "internal/chat", "internal/app", "internal/pack", "handlers", "adapters", "aliases", "cmd")
	}, "a store knows nothing of executions"},
	{"internal/executor", func(_, i string) bool {
		return below(i, "internal/store/sqlite", "internal/store/redis", "internal/app", "internal/chat", "internal/pack", "handlers", "adapters", "aliases", "cmd")
	}, "the executor knows contracts, not concrete parts"},
	{"internal/chat", func(_, i string) bool {
		return below(i, "internal/store", "internal/app", "handlers", "adapters", "cmd")
	}, "the desk knows neither stores nor concrete parts"},
	{"internal", func(from, i string) bool {
		return !below(from, "internal/app") && below(i, "internal/app", "cmd")
	}, "only cmd comes after internal/app"},
}

// otherPlug reports whether imported is another plug of the same kind. Conformance kits are for all of them.
func otherPlug(folder, from, imported string) bool {
	return below(imported, folder) && !below(imported, path.Join(folder, plug(folder, from))) && !strings.HasSuffix(imported, "test")
}

// plug returns the first folder of from below folder.
func plug(folder, from string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(from, module+"/"+folder+"/"), "/")
	return name
}

func TestImportDirection(t *testing.T) {
	for _, p := range ours(t) {
		for _, rule := range direction {
			if !below(p.ImportPath, rule.from) {
				continue
			}
			for _, i := range p.Imports {
				if rule.forbidden(p.ImportPath, i) {
					t.Errorf("%s imports %s, but %s", p.ImportPath, i, rule.why)
				}
			}
		}
	}
}

// The rules themselves, so that a rule that matches nothing is found.
func TestImportDirectionFindsBreaches(t *testing.T) {
	for _, breach := range [][2]string{
		{"bot", "github.com/petrelops/petrel/aliases"},
		{"bot", "github.com/google/go-cmp/cmp"},
		{"aliases", module + "/internal/pack"},
		{"handlers/clary", module + "/internal/executor"},
		{"handlers/clary", module + "/internal/store/sqlite"},
		{"handlers/clary", module + "/handlers/core"},
		{"handlers/core", module + "/adapters/console"},
		{"adapters/console", module + "/handlers/core"},
		{"adapters/console", module + "/internal/executor"},
		{"internal/store/sqlite", module + "/internal/executor"},
		{"internal/executor", module + "/internal/store/sqlite"},
		{"internal/chat", module + "/internal/store"},
		{"internal/pack", module + "/internal/app"},
	} {
		from := module + "/" + breach[0]
		found := false
		for _, rule := range direction {
			found = found || below(from, rule.from) && rule.forbidden(from, breach[1])
		}
		if !found {
			t.Errorf("no rule forbids that %s imports %s", from, breach[1])
		}
	}
}

func TestEveryPackageSaysWhyItExists(t *testing.T) {
	for _, p := range ours(t) {
		var comment string
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			comment += f.Doc.Text()
		}
		if len(p.GoFiles) > 0 && len(strings.TrimSpace(comment)) < len("Package x does y.") {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestNoPackageIsADrawer(t *testing.T) {
	for _, p := range ours(t) {
		switch name := path.Base(p.ImportPath); name {
		case "util", "utils", "common", "models", "types", "helpers", "manager", "pkg", "misc", "shared":
			t.Errorf("%s: the name %s says nothing about what is in it", p.ImportPath, name)
		}
	}
}
