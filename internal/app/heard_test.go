package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
)

// quiet is a chat that knows how it hears.
type quiet struct {
	bot.Adapter
	state bot.LinkState
}

func (quiet) Name() string          { return "slack" }
func (q quiet) Link() bot.LinkState { return q.state }

// mute is a chat that does not.
type mute struct{ bot.Adapter }

func TestHeard(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		chats []bot.Adapter
		want  string // empty is ready
	}{
		"no chat":                 {nil, ""},
		"one that cannot tell":    {[]bot.Adapter{mute{}}, ""},
		"one that hears":          {[]bot.Adapter{quiet{}}, ""},
		"one that reconnects":     {[]bot.Adapter{quiet{state: bot.LinkState{Deaf: now.Add(-29 * time.Second)}}}, ""},
		"one that is deaf":        {[]bot.Adapter{quiet{state: bot.LinkState{Deaf: now.Add(-30 * time.Second)}}}, "slack has not been heard since 09:59:30 UTC"},
		"one workspace is":        {[]bot.Adapter{quiet{state: bot.LinkState{Deaf: now.Add(-time.Minute), Where: "T1"}}}, "slack T1 has not been heard since 09:59:00 UTC"},
		"the second of two chats": {[]bot.Adapter{quiet{}, quiet{state: bot.LinkState{Deaf: now.Add(-time.Hour)}}}, "since 09:00:00 UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			err := app.Heard(tt.chats, now)
			if (err == nil) != (tt.want == "") || !strings.Contains(bot.ErrorText(err), tt.want) {
				t.Errorf("Heard = %v, want %q", err, tt.want)
			}
		})
	}
}
