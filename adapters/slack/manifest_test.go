package slack_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
)

// TestManifest reads the manifest strictly into slack-go's type: a misspelt key is found.
func TestManifest(t *testing.T) {
	text, err := slack.Manifest(slack.App{Name: "petrel", Commands: []string{"/petrel", "/ops"}})
	if err != nil {
		t.Fatal(err)
	}
	var m slackgo.Manifest
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	if len(m.Features.SlashCommands) != 2 || !m.Settings.SocketModeEnabled || len(m.Display.Description) > 140 {
		t.Errorf("%s", text)
	}
	for _, scope := range []string{"app_mentions:read", "chat:write", "commands", "files:write", "users:read", "im:history"} {
		if !strings.Contains(text, `"`+scope+`"`) {
			t.Errorf("the scope %s is missing", scope)
		}
	}
}

// TestManifestWithEmails: the scope is asked for only by whoever wants it.
func TestManifestWithEmails(t *testing.T) {
	for _, emails := range []bool{false, true} {
		text, err := slack.Manifest(slack.App{Name: "petrel", Commands: []string{"/petrel"}, Emails: emails})
		if err != nil || strings.Contains(text, `"users:read.email"`) != emails {
			t.Errorf("with emails %v: %v\n%s", emails, err, text)
		}
	}
}

// TestManifestOverHTTP: every address is named, and Socket Mode is off.
func TestManifestOverHTTP(t *testing.T) {
	text, err := slack.Manifest(slack.App{Name: "petrel", Commands: []string{"/petrel"}, Public: "https://petrel.example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	var m slackgo.Manifest
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	got := []string{m.Settings.EventSubscriptions.RequestUrl, m.Settings.Interactivity.RequestUrl, m.Features.SlashCommands[0].Url}
	want := []string{"https://petrel.example.com/slack/events", "https://petrel.example.com/slack/interactions", "https://petrel.example.com/slack/commands"}
	if diff := cmp.Diff(want, got); diff != "" || m.Settings.SocketModeEnabled {
		t.Errorf("%s\n%s", diff, text)
	}
}

func TestManifestLimits(t *testing.T) {
	for name, a := range map[string]slack.App{
		"name":     {Name: strings.Repeat("x", 36)},
		"command":  {Name: "petrel", Commands: []string{"/" + strings.Repeat("x", 32)}},
		"commands": {Name: "petrel", Commands: make([]string, 51)},
		"address":  {Name: "petrel", Public: "http://petrel.example.com"},
	} {
		if _, err := slack.Manifest(a); bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
