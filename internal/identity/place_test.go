package identity_test

import (
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
)

func TestPlace(t *testing.T) {
	here := bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1", Thread: "7", User: "U1"}
	for channel, want := range map[string]bot.Origin{
		"ops":             {Adapter: "slack", Workspace: "T1", Channel: "ops"},
		"#ops":            {Adapter: "slack", Workspace: "T1", Channel: "ops"},
		"console:ops":     {Adapter: "console", Channel: "ops"},
		"slack:T2/C9":     {Adapter: "slack", Workspace: "T2", Channel: "C9"},
		"discord:8/9":     {Adapter: "discord", Workspace: "8", Channel: "9"},
		"slack:C9":        {Adapter: "slack", Workspace: "T1", Channel: "slack:C9"}, // no workspace: not told in full
		"with blanks: no": {Adapter: "slack", Workspace: "T1", Channel: "with blanks: no"},
	} {
		if got := identity.Place(here, channel); got != want {
			t.Errorf("%s is %+v, want %+v", channel, got, want)
		}
	}
}
