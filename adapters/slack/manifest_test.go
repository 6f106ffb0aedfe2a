package slack_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
)

// TestManifest reads the manifest strictly into slack-go's type: a misspelt key is found.
func TestManifest(t *testing.T) {
	text, err := slack.Manifest("petrel", []string{"/petrel", "/ops"})
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

func TestManifestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		app      string
		commands []string
	}{
		"name":     {strings.Repeat("x", 36), nil},
		"command":  {"petrel", []string{"/" + strings.Repeat("x", 32)}},
		"commands": {"petrel", make([]string, 51)},
	} {
		if _, err := slack.Manifest(tt.app, tt.commands); bot.ErrorCode(err) != bot.CodeInvalid || bot.ErrorText(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
