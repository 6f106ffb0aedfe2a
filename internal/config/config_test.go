package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/config"
)

var update = flag.Bool("update", false, "write the generated files anew")

func TestGeneratedFilesAreFresh(t *testing.T) {
	for path, want := range map[string]string{
		"../../config.example.yaml":        config.Example(),
		"../../docs/reference/settings.md": config.Reference(),
	} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s is stale, run make docs:\n%s", path, diff)
		}
	}
}

func TestExampleLoads(t *testing.T) {
	c, err := config.Load("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Packs = []string{}
	want.AccessFiles = []string{}
	want.People = []config.Person{{ID: "root", Name: "Administrator", Accounts: []string{"shell:root"}, Roles: []string{"admin"}, Groups: []string{}, Source: c.People[0].Source}}
	want.Permissions = []config.Permission{{
		Effect: "allow", Identity: "shell:root", People: []string{}, Accounts: []string{}, Roles: []string{}, Groups: []string{}, Adapters: []string{}, Channels: []string{},
		Action: "*", Actions: []string{}, Packs: []string{}, Classes: []bot.Class{}, Params: map[string]config.Condition{}, Source: c.Permissions[0].Source,
	}}
	want.Store.Redis.Addresses = []string{"127.0.0.1:6379"}
	want.Store.Redis.Password = "env:REDIS_PASSWORD"
	want.Adapters.Slack.Workspaces = []config.SlackWorkspace{{BotToken: "env:SLACK_BOT_TOKEN", AppToken: "env:SLACK_APP_TOKEN"}}
	want.Adapters.Discord.Token = "env:DISCORD_TOKEN"
	want.Adapters.Relay.URL = "http://127.0.0.1:8089/"
	want.HTTP.Senders = []config.Sender{{Name: "github", Kind: "hmac", Secret: "env:GITHUB_WEBHOOK_SECRET", Hooks: []string{}, PerMinute: 600}}
	want.Notifications = config.Notifications{
		Operations: "slack:T012/C345", Quiet: []config.QuietHours{{Channel: "slack:T012/C345", Hours: "22:00-07:00 Europe/Berlin except severity critical"}},
	}
	want.Guards.BreakGlass.Roles, want.Guards.BreakGlass.Users = []string{"incident-lead"}, []string{}
	want.Clary.URL = "https://clary.example/"
	want.Clary.Token = "env:CLARY_TOKEN"
	want.Clary.Groups = map[string]string{"compute": "irene[4000-4059]"}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the example differs from the defaults in more than its examples:\n%s", diff)
	}
	if !strings.HasPrefix(c.Permissions[0].Source, "../../config.example.yaml:") {
		t.Errorf("the rule does not know its place: %q", c.Permissions[0].Source)
	}
}

func TestDefaults(t *testing.T) {
	c, err := config.Parse("petrel.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Executor.Lease != 30*time.Second || c.Clary.Paths.Node != "api/nodes/{host}" || c.Log.Level != "info" {
		t.Errorf("an empty file gives %+v", c)
	}
	if diff := cmp.Diff([]string{"failed", "decommissioned"}, c.Clary.Avoid); diff != "" {
		t.Error(diff)
	}
}

func TestParseTellsEveryFaultAtOnce(t *testing.T) {
	const text = `data: /tmp/x
exekutor:
  workers: 2
executor:
  workers: many
  lease: 30
  drain: 20m
log:
  level: loud
permissions:
  - identity: "*"
    classes: [read, write]
clary:
  token: hunter2
  paths: none
  user: a
  user: b
`
	want := `petrel.yaml:2:1: there is no setting "exekutor"; did you mean "executor"?
petrel.yaml:5:12: "many" is not a whole number
petrel.yaml:6:10: "30" is not a duration such as 500ms, 30s, 10m or 2h
petrel.yaml:7:10: 20m is out of bounds: the maximum is 10m
petrel.yaml:9:10: "loud" is not one of debug, info, warn, error
petrel.yaml:12:21: "write" is not one of read, idempotent, once
petrel.yaml:14:10: a secret may not stand in this file; write env:NAME or file:PATH
petrel.yaml:15:10: expected a mapping, key: value
petrel.yaml:17:3: "user" is set twice`
	_, err := config.Parse("petrel.yaml", []byte(text))
	if bot.ErrorCode(err) != bot.CodeInvalid {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(want, bot.ErrorText(err)); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("the secret is repeated in the message")
	}
}

func TestParseRefusesOtherFiles(t *testing.T) {
	for name, text := range map[string]string{
		"a list":        "- a\n",
		"a scalar":      "hello\n",
		"two documents": "data: /a\n---\ndata: /b\n",
		"no YAML":       "a: [\n",
		"tabs":          "log:\n\tlevel: info\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := config.Parse("petrel.yaml", []byte(text)); !strings.HasPrefix(bot.ErrorText(err), "petrel.yaml:") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestSecret(t *testing.T) {
	t.Setenv("PETREL_TEST_TOKEN", "from the environment")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[config.Secret]string{
		"":                            "",
		"env:PETREL_TEST_TOKEN":       "from the environment",
		config.Secret("file:" + file): "from a file",
	} {
		if got, err := place.Resolve(); err != nil || got != want {
			t.Errorf("%q: %q, %v", place, got, err)
		}
	}
	for _, place := range []config.Secret{"env:PETREL_TEST_NOT_SET", config.Secret("file:" + file + ".gone")} {
		if _, err := place.Resolve(); bot.ErrorCode(err) != bot.CodeNotFound {
			t.Errorf("%q: %v", place, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(config.Example()))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("log: {level: [x]}\n? [1]\n: 2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := config.Parse("petrel.yaml", data)
		if err == nil && c.Executor.Workers < 1 {
			t.Errorf("a bound was not kept: %+v", c.Executor)
		}
	})
}
