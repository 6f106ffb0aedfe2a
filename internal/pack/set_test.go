package pack_test

import (
	"testing"
	"testing/fstest"

	"github.com/petrelops/petrel/internal/pack"
)

// packNamed makes a pack with an action for each of the files.
func packNamed(t *testing.T, name string, o pack.Options, files map[string]string) *pack.Pack {
	t.Helper()
	fsys := fstest.MapFS{name + "/pack.yaml": {Data: []byte("name: " + name + "\ndescription: d\nversion: 1.0.0\nauthor: a\n")}}
	for file, text := range files {
		fsys[name+"/"+file] = &fstest.MapFile{Data: []byte(text)}
	}
	o.Runners = []string{"noop"}
	p, problems := pack.Load(fsys, name, o)
	equal(t, lines(problems), []string(nil))
	return p
}

const (
	noopAction   = "name: list\nrunner_type: noop\nparameters: {limit: {type: integer}}\n"
	pythonAction = "name: py\nrunner_type: python-script\n"
)

func TestSet(t *testing.T) {
	zoo := packNamed(t, "zoo", pack.Options{}, map[string]string{
		"actions/list.yaml": noopAction, "actions/py.yaml": pythonAction,
		"aliases/list.yaml": "name: list\naction_ref: ant.list\nformats: [zoo list]\n",
		"aliases/py.yaml":   "name: py\naction_ref: zoo.py\nformats: [py]\nimmutable_parameters: {env: {}}\n",
	})
	ant := packNamed(t, "ant", pack.Options{}, map[string]string{
		"actions/list.yaml": noopAction,
		"aliases/list.yaml": "name: list\naction_ref: ant.list\nformats: [ant list]\n",
	})
	set, problems := pack.NewSet(zoo, nil, ant)
	equal(t, lines(problems), []string(nil))

	var got []string
	for _, p := range set.Packs() {
		got = append(got, p.Name)
	}
	for _, a := range set.Actions() {
		got = append(got, a.Ref())
	}
	for _, a := range set.Aliases() {
		got = append(got, a.Ref()+" -> "+a.Action)
	}
	equal(t, got, []string{"ant", "zoo", "ant.list", "zoo.list", "zoo.py", "ant.list -> ant.list", "zoo.list -> ant.list", "zoo.py -> zoo.py"})

	a, ok := set.Action("zoo.list")
	if !ok || a.Pack != "zoo" {
		t.Errorf("Action(zoo.list) returned %v, %v", a, ok)
	}
	if _, ok := set.Action("zoo.lost"); ok {
		t.Error("there is an action zoo.lost")
	}
	if _, ok := set.Pack("bee"); ok {
		t.Error("there is a pack bee")
	}
}

func TestPackNameTwice(t *testing.T) {
	one := packNamed(t, "zoo", pack.Options{}, map[string]string{"actions/list.yaml": noopAction})
	two := packNamed(t, "zoo", pack.Options{}, map[string]string{"actions/py.yaml": pythonAction})
	set, problems := pack.NewSet(one, two)
	equal(t, lines(problems), []string{
		"zoo/pack.yaml:1: error: The pack name zoo is taken by zoo/pack.yaml:1; remove one of them, or give this one another ref.",
	})
	if _, ok := set.Action("zoo.list"); !ok {
		t.Error("the first pack is gone")
	}
	if _, ok := set.Action("zoo.py"); ok {
		t.Error("the second pack is there")
	}
}

func TestBadReferences(t *testing.T) {
	files := map[string]string{
		"actions/list.yaml":   noopAction,
		"aliases/lost.yaml":   "name: lost\naction_ref: zoo.lsit\nformats: [lost]\n",
		"aliases/limits.yaml": "name: limits\naction_ref: zoo.list\nformats: [limits]\nimmutable_parameters: {limits: 1}\n",
	}
	lost := "zoo/aliases/lost.yaml:1: error: The alias names the action zoo.lsit, which does not exist; did you mean zoo.list?"
	limits := "The alias sets the parameter limits, which zoo.list does not have; did you mean limit?"
	tests := []struct {
		name    string
		o       pack.Options
		want    []string
		aliases int
	}{
		{"user's pack", pack.Options{}, []string{"zoo/aliases/limits.yaml:1: warning: " + limits, lost}, 1},
		{"strict", pack.Options{Strict: true}, []string{"zoo/aliases/limits.yaml:1: error: " + limits, lost}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, problems := pack.NewSet(packNamed(t, "zoo", test.o, files))
			equal(t, lines(problems), test.want)
			equal(t, len(set.Aliases()), test.aliases)
		})
	}
}
