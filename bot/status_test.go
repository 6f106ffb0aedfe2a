package bot_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
)

func TestStatusTable(t *testing.T) {
	all := bot.Statuses()
	if len(all) != 14 {
		t.Errorf("%d statuses, StackStorm has 14", len(all))
	}
	reached := map[bot.Status]bool{bot.Requested: true}
	for _, from := range all {
		if !from.Valid() {
			t.Errorf("%s is not valid", from)
		}
		next := from.Next()
		if from.Ended() != (len(next) == 0) {
			t.Errorf("%s: ended is %t and %v may follow", from, from.Ended(), next)
		}
		for _, to := range next {
			reached[to] = true
			if to == from || !to.Valid() {
				t.Errorf("%s -> %s", from, to)
			}
		}
		for _, to := range all {
			if err := bot.CheckMove(from, to); (err == nil) != slices.Contains(next, to) {
				t.Errorf("%s -> %s: %v", from, to, err)
			}
		}
		if !from.Ended() && !leadsToEnd(from, map[bot.Status]bool{}) {
			t.Errorf("nothing leads from %s to an end", from)
		}
	}
	for _, s := range all {
		if !reached[s] {
			t.Errorf("nothing leads to %s", s)
		}
	}
	if bot.Status("sleeping").Valid() {
		t.Error("an unknown status is valid")
	}
}

func leadsToEnd(s bot.Status, seen map[bot.Status]bool) bool {
	seen[s] = true
	return slices.ContainsFunc(s.Next(), func(next bot.Status) bool {
		return next.Ended() || !seen[next] && leadsToEnd(next, seen)
	})
}

// What must never be possible, whatever else the table says.
func TestForbiddenMoves(t *testing.T) {
	for _, m := range [][2]bot.Status{
		{bot.Requested, bot.Running},   // the gates cannot be jumped over
		{bot.Requested, bot.Succeeded}, // nor the work
		{bot.Pending, bot.Running},     // an approval leads back through the gates
		{bot.Delayed, bot.Running},
		{bot.Abandoned, bot.Requested}, // the grey zone is never left by itself
		{bot.Canceled, bot.Running},
		{bot.Canceling, bot.Running},
		{bot.Timeout, bot.Requested},
	} {
		if err := bot.CheckMove(m[0], m[1]); bot.ErrorCode(err) != bot.CodeConflict {
			t.Errorf("%s -> %s: %v", m[0], m[1], err)
		}
	}
}

func TestCheckMoveTellsPeople(t *testing.T) {
	for _, tt := range []struct {
		from, to bot.Status
		want     string
	}{
		{bot.Succeeded, bot.Canceled, "already ended: it is succeeded"},
		{bot.Delayed, bot.Running, "An execution that is delayed cannot become running."},
	} {
		if text := bot.ErrorText(bot.CheckMove(tt.from, tt.to)); !strings.Contains(text, tt.want) {
			t.Errorf("%s -> %s: %q", tt.from, tt.to, text)
		}
	}
}

func TestClass(t *testing.T) {
	for class, want := range map[bot.Class][3]bool{ // valid, mutates, repeatable
		bot.Read:       {true, false, true},
		bot.Idempotent: {true, true, true},
		bot.Once:       {true, true, false},
		"":             {false, true, false}, // what says nothing of itself is treated with care
		"write":        {false, true, false},
	} {
		if got := [3]bool{class.Valid(), class.Mutates(), class.Repeatable()}; got != want {
			t.Errorf("%q: %v, want %v", class, got, want)
		}
	}
}
