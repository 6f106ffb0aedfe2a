package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/config"
)

// folder writes files and returns where they are.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Files of people and permissions are found from the folder of the file that names them, and what they hold comes after its own.
func TestAccessFiles(t *testing.T) {
	dir := folder(t, map[string]string{
		"petrel.yaml": "people: [{id: root, accounts: ['shell:root']}]\naccess_files: [people.yaml, rules.yaml]\n",
		"people.yaml": "people:\n  - id: ann\n    roles: [operator]\n",
		"rules.yaml":  "permissions:\n  - {roles: [operator], action: '*', params: {hosts: {within: '@gpu'}, status: {equal: [up, 1]}}}\n",
	})
	c, err := config.Load(filepath.Join(dir, "petrel.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Access{
		People: []config.Person{
			{ID: "root", Accounts: []string{"shell:root"}, Source: filepath.Join(dir, "petrel.yaml:1")},
			{ID: "ann", Roles: []string{"operator"}, Source: filepath.Join(dir, "people.yaml:2")},
		},
		Permissions: []config.Permission{{
			Roles: []string{"operator"}, Action: "*", Source: filepath.Join(dir, "rules.yaml:2"),
			Params: map[string]config.Condition{
				"hosts":  {Within: "@gpu", Source: filepath.Join(dir, "rules.yaml:2")},
				"status": {Equal: []string{"up", "1"}, Source: filepath.Join(dir, "rules.yaml:2")},
			},
		}},
	}
	if diff := cmp.Diff(want, c.Access); diff != "" {
		t.Error(diff)
	}
}

// Nothing is lost in silence: a condition without a value, a value that is there twice and a file with nothing in it are faults, all told at once.
func TestAccessFilesRefuse(t *testing.T) {
	dir := folder(t, map[string]string{
		"petrel.yaml": "data: /x\nlog: {level: loud}\naccess_files: [empty.yaml, rules.yaml, gone.yaml]\n",
		"empty.yaml":  "# somebody is just writing this\n",
		"rules.yaml":  "permissions:\n  - {action: '*', roles: , effect: perhaps}\n  - params: {hosts: {within: a}, hosts: {within: b}}\n  - {rolls: [x], params: {host: {within: }}}\npeople: [{name: Ann}]\n",
	})
	_, err := config.Load(filepath.Join(dir, "petrel.yaml"))
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("got %v", err)
	}
	want := `DIR/petrel.yaml:2:14: "loud" is not one of debug, info, warn, error
DIR/empty.yaml:1:1: there are neither people nor permissions in the file
DIR/rules.yaml:2:19: "roles" has no value; write one, or leave it out
DIR/rules.yaml:2:36: "perhaps" is not one of allow, deny
DIR/rules.yaml:3:34: "hosts" is set twice
DIR/rules.yaml:4:6: there is no setting "rolls"; did you mean "roles"?
DIR/rules.yaml:4:34: "within" has no value; write one, or leave it out
DIR/rules.yaml:5:10: "id" is missing; write for example id: root
There is no file DIR/gone.yaml with people and permissions. Write it, or name another one.`
	if diff := cmp.Diff(want, strings.ReplaceAll(bot.ErrorText(err), dir, "DIR")); diff != "" {
		t.Error(diff)
	}
}

func TestLoadAccessNamesAMissingFile(t *testing.T) {
	if _, err := config.LoadAccess(filepath.Join(t.TempDir(), "people.yaml")); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
