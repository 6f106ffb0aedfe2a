package permission_test

import (
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

func TestAllow(t *testing.T) {
	list, err := permission.New([]permission.Rule{
		{Identity: "console:ann", Action: "*", Source: "petrel.yaml:3"},
		{Identity: "slack:T1/*", Action: "clary.*", Classes: []bot.Class{bot.Read}, Source: "petrel.yaml:4"},
		{Identity: "shell:ops-?", Action: "clary.node.status.set", Source: "petrel.yaml:5"},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		origin bot.Origin
		action string
		class  bot.Class
		rule   string // empty: denied
	}{
		{"everything", bot.Origin{Adapter: "console", User: "ann"}, "core.noop", bot.Read, "petrel.yaml:3"},
		{"a pack's reads", bot.Origin{Adapter: "slack", Workspace: "T1", User: "U9"}, "clary.node.status.get", bot.Read, "petrel.yaml:4"},
		{"class not listed", bot.Origin{Adapter: "slack", Workspace: "T1", User: "U9"}, "clary.node.status.set", bot.Idempotent, ""},
		{"another workspace", bot.Origin{Adapter: "slack", Workspace: "T2", User: "U9"}, "clary.node.status.get", bot.Read, ""},
		{"the same user on another adapter", bot.Origin{Adapter: "discord", User: "ann"}, "core.noop", bot.Read, ""},
		{"one action", bot.Origin{Adapter: "shell", User: "ops-1"}, "clary.node.status.set", bot.Idempotent, "petrel.yaml:5"},
		{"a longer name", bot.Origin{Adapter: "shell", User: "ops-12"}, "clary.node.status.set", bot.Idempotent, ""},
		{"a name that holds an allowed one", bot.Origin{Adapter: "console", User: "ann2"}, "core.noop", bot.Read, ""},
		{"nobody", bot.Origin{Adapter: "console", User: "eve"}, "core.noop", bot.Read, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pack, name, _ := strings.Cut(tt.action, ".")
			d := list.Allow(bot.Call{
				Identity: bot.Identity{ID: tt.origin.Account()},
				Origin:   tt.origin,
				Action:   &bot.ActionSpec{Pack: pack, Name: name, Class: tt.class},
			})
			if d.Allowed != (tt.rule != "") || d.Rule != tt.rule {
				t.Errorf("got %+v, want rule %q", d, tt.rule)
			}
			if d.Why == "" {
				t.Error("no reason given")
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	for name, rule := range map[string]permission.Rule{
		"no identity":   {Action: "*"},
		"no action":     {Identity: "*"},
		"broken glob":   {Identity: "console:[", Action: "*"},
		"unknown class": {Identity: "*", Action: "*", Classes: []bot.Class{"write"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := permission.New([]permission.Rule{rule}); bot.ErrorCode(err) != bot.CodeInvalid {
				t.Errorf("got %v", err)
			}
		})
	}
}
