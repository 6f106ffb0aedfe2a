package notice_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
)

var (
	start = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	ops   = bot.Origin{Adapter: "slack", Workspace: "T1", Channel: "C1"}
)

func note(i int) notice.Note {
	return notice.Note{
		ID: fmt.Sprintf("%024x", i), Rule: "lab.told", Trigger: "lab.happened", Origin: ops, Text: "it happened",
		Group: notice.Group{Window: 30 * time.Second, Above: 3},
	}
}

func TestTooMuchIsGrouped(t *testing.T) {
	// Each step is when a note comes, in seconds.
	tests := map[string]struct {
		at   []int
		want string // A told alone, G in a digest
	}{
		"few":                                {[]int{0, 1, 2}, "AAA"},
		"one too many":                       {[]int{0, 1, 2, 3}, "AAAG"},
		"slowly":                             {[]int{0, 15, 30, 45, 60, 75}, "AAAAAA"},
		"the first one is out of the window": {[]int{0, 10, 20, 30}, "AAAA"},
		"the first one is just inside":       {[]int{0, 10, 20, 29}, "AAAG"},
		"what follows a digest":              {[]int{0, 0, 0, 0, 25, 50}, "AAAGGG"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, got := notice.Stream{}, ""
			for i, second := range test.at {
				way := s.Decide(note(i), false, start.Add(time.Duration(second)*time.Second))
				if way == notice.Grouped {
					s.Open = "a digest"
				}
				got += strings.ToUpper(string(way)[:1])
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestStreams(t *testing.T) {
	a, b := note(1), note(2)
	if a.Stream() != b.Stream() {
		t.Error("notes of one rule in one channel are counted apart")
	}
	b.Rule = "lab.other"
	if a.Stream() == b.Stream() {
		t.Error("notes of two rules are counted together")
	}
	a.Group.Channel, b.Group.Channel = true, true
	if a.Stream() != b.Stream() {
		t.Error("notes of one channel are counted apart")
	}
	b.Origin.Channel = "C2"
	if a.Stream() == b.Stream() {
		t.Error("notes of two channels are counted together")
	}
}

func TestSilence(t *testing.T) {
	night, err := notice.ParseQuiet("09:00-11:00 UTC except critical")
	if err != nil {
		t.Fatal(err)
	}
	mute := func(scope string, until time.Duration) []notice.Mute {
		return []notice.Mute{{Scope: scope, By: "ann", Until: start.Add(until)}}
	}
	tests := map[string]struct {
		severity string
		quiet    []notice.Quiet
		mutes    []notice.Mute
		want     notice.Silence
	}{
		"nothing":                     {},
		"quiet hours":                 {quiet: []notice.Quiet{night}, want: notice.Silence{Until: start.Add(time.Hour), Why: "in quiet hours (09:00-11:00 UTC)"}},
		"urgent in quiet hours":       {severity: "critical", quiet: []notice.Quiet{night}},
		"the rule is muted":           {mutes: mute("lab.told", time.Hour), want: notice.Silence{Until: start.Add(time.Hour), Why: "while ann had muted lab.told"}},
		"the trigger is muted":        {mutes: mute("lab.happened", time.Hour), want: notice.Silence{Until: start.Add(time.Hour), Why: "while ann had muted lab.happened"}},
		"another rule is muted":       {mutes: mute("lab.other", time.Hour)},
		"urgent and muted":            {severity: "critical", mutes: mute("lab.told", time.Hour), want: notice.Silence{Until: start.Add(time.Hour), Why: "while ann had muted lab.told"}},
		"the mute is over":            {mutes: mute("lab.told", 0)},
		"muted, and quiet for longer": {quiet: []notice.Quiet{night}, mutes: mute("lab.told", time.Minute), want: notice.Silence{Until: start.Add(time.Hour), Why: "in quiet hours (09:00-11:00 UTC)"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := notice.Stream{Rule: "lab.told", Trigger: "lab.happened"}
			if diff := cmp.Diff(test.want, s.SilenceOf(test.severity, test.quiet, test.mutes, start)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
