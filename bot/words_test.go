package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
)

func TestError(t *testing.T) {
	cause := errors.New("connection refused")
	inner := bot.E(bot.CodeUnavailable, "clary.node.get", "Clary does not answer.", cause)
	outer := bot.E(bot.CodeInternal, "executor.stage.do", "", fmt.Errorf("attempt 2: %w", inner))
	tests := []struct {
		name string
		err  error
		code bot.Code
		text string
		log  string
	}{
		{"none", nil, "", "", ""},
		{"foreign", cause, bot.CodeInternal, "", "connection refused"},
		{"own", inner, bot.CodeUnavailable, "Clary does not answer.", "clary.node.get: Clary does not answer.: connection refused"},
		{"the outer code and the first text", outer, bot.CodeInternal, "Clary does not answer.", "executor.stage.do: attempt 2: clary.node.get: Clary does not answer.: connection refused"},
		{"wrapped by others", fmt.Errorf("run: %w", inner), bot.CodeUnavailable, "Clary does not answer.", "run: clary.node.get: Clary does not answer.: connection refused"},
		{"joined", errors.Join(errors.New("close"), inner), bot.CodeUnavailable, "Clary does not answer.", "close\nclary.node.get: Clary does not answer.: connection refused"},
		{"bare code", &bot.Error{Code: bot.CodeFenced}, bot.CodeFenced, "", "fenced"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := bot.ErrorCode(tt.err); got != tt.code {
				t.Errorf("code %q, want %q", got, tt.code)
			}
			if got := bot.ErrorText(tt.err); got != tt.text {
				t.Errorf("text %q, want %q", got, tt.text)
			}
			if tt.err != nil && tt.err.Error() != tt.log {
				t.Errorf("log %q, want %q", tt.err, tt.log)
			}
		})
	}
	if !errors.Is(outer, cause) {
		t.Error("the cause is lost")
	}
}

func TestAccountAndDedupeKey(t *testing.T) {
	for _, tt := range []struct {
		origin           bot.Origin
		account, deduped string
	}{
		{bot.Origin{Adapter: "console", User: "ann"}, "console:ann", "console//d1"},
		{bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1"}, "slack:T1/U1", "slack/T1/d1"},
	} {
		if got := tt.origin.Account(); got != tt.account {
			t.Errorf("account %q, want %q", got, tt.account)
		}
		if got := (bot.Message{Origin: tt.origin, Delivery: "d1"}).DedupeKey(); got != tt.deduped {
			t.Errorf("dedupe key %q, want %q", got, tt.deduped)
		}
	}
}

func TestNewID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(0, 1<<44-2).Draw(t, "ms")
		first := bot.NewID(time.UnixMilli(ms), rapid.Uint64().Draw(t, "entropy"))
		later := bot.NewID(time.UnixMilli(ms+1), rapid.Uint64().Draw(t, "entropy"))
		if len(first) != bot.IDLength || !bot.IsIDPrefix(first) {
			t.Errorf("%q is no id", first)
		}
		if first >= later {
			t.Errorf("%s of %d is not before %s of %d", first, ms, later, ms+1)
		}
	})
	// Every one of the 52 random bits counts.
	seen := map[string]bool{}
	for bit := range 64 {
		seen[bot.NewID(noon, 1<<bit)] = true
	}
	if len(seen) != 52+1 {
		t.Errorf("64 single bits give %d ids, want 52 and the one of the 12 bits that are not used", len(seen))
	}
}

func TestIDTime(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_123)
	if got, ok := bot.IDTime(bot.NewID(now, 1<<63+5)); !ok || !got.Equal(now) {
		t.Errorf("%s %t, want %s", got, ok, now)
	}
	for _, s := range []string{"", "k1", "6721f0a3c5d7e9b1a2c4d6e", "6721f0a3c5d7e9b1a2c4d6eg"} {
		if _, ok := bot.IDTime(s); ok {
			t.Errorf("%q passes for an id", s)
		}
	}
}

func TestIsIDPrefix(t *testing.T) {
	for s, want := range map[string]bool{
		"": false, "1a1f9": false, "1a1f92": true, "1a1f9287b3366a8c05c0bb60": true, "1a1f9287b3366a8c05c0bb600": false,
		"1A1F92": false, "1a1f9g": false, "1a1f9\t": false, "1a1f9é": false,
	} {
		if bot.IsIDPrefix(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}

func TestParam(t *testing.T) {
	spec := &bot.ActionSpec{Pack: "clary", Name: "node.status.set", Params: []bot.Param{
		{Name: "hosts"}, {Name: "concurrency", Spellings: []string{"concurency"}},
	}}
	if spec.Ref() != "clary.node.status.set" {
		t.Error(spec.Ref())
	}
	for name, want := range map[string]string{"hosts": "hosts", "concurrency": "concurrency", "concurency": "concurrency", "Hosts": "", "": ""} {
		if p, ok := spec.Param(name); p.Name != want || ok != (want != "") {
			t.Errorf("%q: %q, %t", name, p.Name, ok)
		}
	}
}

func TestReplyFinal(t *testing.T) {
	for _, s := range append(bot.Statuses(), "") {
		want := s == "" || slices.Contains([]bot.Status{bot.Succeeded, bot.Failed, bot.Timeout, bot.Canceled, bot.Abandoned}, s)
		if got := (bot.Reply{Status: s}).Final(); got != want {
			t.Errorf("%q: final is %t", s, got)
		}
	}
	if r := bot.Problem("No."); !r.Private || !r.Problem || !r.Final() {
		t.Errorf("%+v", r)
	}
}

func TestErrorWait(t *testing.T) {
	inner := &bot.Error{Code: bot.CodeRateLimited, Wait: 7 * time.Second}
	for name, tt := range map[string]struct {
		err  error
		want time.Duration
	}{
		"nil":         {nil, 0},
		"not ours":    {errors.New("x"), 0},
		"said itself": {inner, 7 * time.Second},
		"wrapped":     {bot.E(bot.CodeUnavailable, "a.b.c", "", fmt.Errorf("x: %w", inner)), 7 * time.Second},
		"none said":   {bot.E(bot.CodeUnavailable, "a.b.c", "", nil), 0},
	} {
		if got := bot.ErrorWait(tt.err); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
