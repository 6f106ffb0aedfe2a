package app_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// A subcommand without an execution is allowed and refused by the rules that the chat goes by.
func TestPermit(t *testing.T) {
	c := config.Default()
	c.Data = t.TempDir()
	c.Permissions = []config.Permission{
		{Identity: "shell:bob", Action: "*", Classes: []bot.Class{bot.Read}},
		{Identity: "shell:ann", Action: "core.key.*"},
	}
	a, err := app.New(context.Background(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, tc := range []struct {
		user, action string
		code         bot.Code
		says         string
	}{
		{"bob", "core.key.get", "", ""},
		{"bob", "core.key.set", bot.CodeDenied, "shell:bob may not run core.key.set"},
		{"bob", "core.key.delete", bot.CodeDenied, "core.key.delete"},
		{"ann", "core.key.set", "", ""},
		{"ann", "core.noop", bot.CodeDenied, "core.noop"},
		{"eve", "core.key.get", bot.CodeDenied, "shell:eve is not known here"},
		{"ann", "core.key.nosuch", bot.CodeNotFound, "core.key.nosuch"},
	} {
		t.Run(tc.user+" "+tc.action, func(t *testing.T) {
			err := a.Permit(bot.Origin{Adapter: "shell", User: tc.user}, tc.action, nil)
			if bot.ErrorCode(err) != tc.code || !strings.Contains(bot.ErrorText(err), tc.says) {
				t.Errorf("got %v, want code %q and %q", err, tc.code, tc.says)
			}
		})
	}
}

// A subcommand that names no values is not asked about as such: a rule about values allows it nothing.
func TestPermitWithoutValues(t *testing.T) {
	c := config.Default()
	c.Data = t.TempDir()
	c.Permissions = []config.Permission{{Identity: "shell:carl", Action: "core.key.get", Params: map[string]config.Condition{"scope": {Equal: []string{"user"}}}}}
	a, err := app.New(context.Background(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	carl := bot.Origin{Adapter: "shell", User: "carl"}
	if err := a.Permit(carl, "core.key.get", map[string]any{"scope": "user"}); err != nil {
		t.Error(err)
	}
	if err := a.Permit(carl, "core.key.get", nil); bot.ErrorCode(err) != bot.CodeDenied {
		t.Errorf("without values: %v", err)
	}
}
