package pack_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/pack"
)

const packYAML = "name: tools\ndescription: Tools\nversion: 1.0\nauthor: Ann\n"

// folder makes a pack folder named tools of file names and contents.
func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{"tools/pack.yaml": {Data: []byte(packYAML)}}
	for i := 0; i < len(files); i += 2 {
		fsys["tools/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func load(o pack.Options, files ...string) (*pack.Pack, []string) {
	p, problems := pack.Load(folder(files...), "tools", o)
	return p, lines(problems)
}

func lines(problems []pack.Problem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return out
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const goodAction = "name: list\nrunner_type: local-shell-cmd\n"

func TestLoadsAWholeFolder(t *testing.T) {
	p, problems := load(pack.Options{Strict: true, Runners: []string{"local-shell-cmd"}},
		"actions/b.yaml", "name: b\nrunner_type: local-shell-cmd\n",
		"actions/a.yml", "name: a\nrunner_type: local-shell-cmd\n",
		"actions/a_test.yaml", "not an action",
		"actions/a.py", "print()",
		"actions/workflows/flow.yaml", "version: 1.0\ntasks: {}\n",
		"aliases/z.yaml", "name: z\naction_ref: tools.a\nformats: [z]\n",
		"aliases/.hidden.yaml", "[",
		"rules/lib/r.yaml", "name: r", "etc/x.yaml", "[", "config.schema.yaml", "x: {type: string}",
	)
	equal(t, problems, []string(nil))
	equal(t, []string{p.Name, p.Title, p.Description, p.Version, p.Author, p.Source}, []string{"tools", "tools", "Tools", "1.0", "Ann", "tools/pack.yaml:1"})
	var names []string
	for _, a := range p.Actions {
		names = append(names, a.Ref())
	}
	for _, a := range p.Aliases {
		names = append(names, a.Ref())
	}
	equal(t, names, []string{"tools.a", "tools.b", "tools.z"})
}

func TestPackFile(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // the pack's name; empty when it is set aside
		says string
	}{
		{"ref before name", "name: My Tools\nref: my_tools\ndescription: d\nversion: 1.0.0\nauthor: a\n", "my_tools", ""},
		{"extra keys of StackStorm", packYAML + "email: a@example.org\nkeywords: [a]\npython_versions: ['3']\n", "tools", ""},
		{"unknown key", packYAML + "versionn: b\n", "tools", "tools/pack.yaml:5: warning: The key versionn is not known in pack.yaml and is ignored; did you mean version?"},
		{"what StackStorm needs", "name: tools\ndescription: d\nauthor: a\n", "tools", "tools/pack.yaml:1: warning: The key version is missing; StackStorm does not take a pack without it."},
		{"no name", "description: d\n", "", "tools/pack.yaml:1: error: The key name is missing; add it."},
		{"name of the wrong kind", "name: 12\ndescription: d\nversion: 1.0.0\nauthor: a\n", "", "tools/pack.yaml:1: error: The key name must be a string, not an integer; put it in quotes."},
		{"name that is no ref", "name: My-Tools\ndescription: d\nversion: 1.0.0\nauthor: a\n", "", `tools/pack.yaml:1: error: The pack's name "My-Tools" may only have small letters, digits and _; add a key ref with such a name.`},
		{"not a mapping", "[a]", "", "tools/pack.yaml:1: error: The file must hold a mapping of keys to values, not a list."},
		{"empty", "", "", "tools/pack.yaml:1: error: The file must hold a mapping of keys to values, not nothing."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, problems := load(pack.Options{}, "pack.yaml", test.text)
			got := ""
			if p != nil {
				got = p.Name
			}
			equal(t, got, test.want)
			equal(t, strings.Join(problems, "\n"), test.says)
		})
	}
}

func TestFaultyFilesAreSetAsideAlone(t *testing.T) {
	p, problems := load(pack.Options{Runners: []string{"local-shell-cmd"}, Label: "/srv"},
		"actions/bad.yaml", "name: [\n",
		"actions/good.yaml", goodAction,
		"actions/same.yaml", goodAction,
		"aliases/bad.yaml", "name: bad\n",
		"aliases/good.yaml", "name: good\naction_ref: tools.list\nformats: [list]\n",
		"aliases/same.yaml", "name: good\naction_ref: tools.list\nformats: [list]\n",
	)
	equal(t, problems, []string{
		"/srv/tools/actions/bad.yaml:1: error: This is not YAML: did not find expected node content.",
		"/srv/tools/actions/same.yaml:1: error: The name list is taken by /srv/tools/actions/good.yaml:1; choose another one.",
		"/srv/tools/aliases/bad.yaml:1: error: The key action_ref is missing; add it.",
		"/srv/tools/aliases/same.yaml:1: error: The name good is taken by /srv/tools/aliases/good.yaml:1; choose another one.",
	})
	equal(t, []int{len(p.Actions), len(p.Aliases)}, []int{1, 1})
}

// Whoever mends a file wants to hear of everything at once.
func TestEveryFaultOfAFile(t *testing.T) {
	_, problems := load(pack.Options{Strict: true}, "actions/a.yaml", "nam: a\nrunner_type: [noop]\nenabled: maybe\n")
	equal(t, problems, []string{
		"tools/actions/a.yaml:1: error: The key nam is not known in an action and is ignored; did you mean name?",
		"tools/actions/a.yaml:2: error: The key runner_type must be a string, not a list.",
		"tools/actions/a.yaml:3: error: The key enabled must be a boolean, not a string; write true or false.",
		"tools/actions/a.yaml:1: error: The key name is missing; add it.",
	})
}

func TestDuplicateKeys(t *testing.T) {
	text := goodAction + "description: a\ndescription: b\n"
	p, problems := load(pack.Options{Runners: []string{"local-shell-cmd"}}, "actions/a.yaml", text)
	equal(t, problems, []string{"tools/actions/a.yaml:4: warning: The key description is there already, in line 3; only this last one counts, so remove one of them."})
	equal(t, p.Actions[0].Description, "b")
	p, problems = load(pack.Options{Runners: []string{"local-shell-cmd"}, Strict: true}, "actions/a.yaml", text)
	equal(t, len(p.Actions), 0)
	equal(t, strings.Contains(problems[0], ":4: error: The key description"), true)
}

func TestNoFolder(t *testing.T) {
	p, problems := pack.LoadFolder("testdata/nothing", pack.Options{})
	if p != nil || len(problems) != 1 || !pack.HasErrors(problems) {
		t.Errorf("got %v and %v, want one error", p, problems)
	}
	p, problems = pack.LoadFolder(t.TempDir(), pack.Options{})
	if p != nil || len(problems) != 1 || !strings.Contains(problems[0].String(), "pack.yaml:1: error: The file cannot be read: no such file or directory.") {
		t.Errorf("got %v and %v, want one error about pack.yaml", p, problems)
	}
}
