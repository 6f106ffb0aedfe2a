package posted_test

import (
	"fmt"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/posted"
)

type place struct{ channel, id string }

// TestFind: what is known, what is in doubt, and that a doubt is resolved by whoever finds the posting.
func TestFind(t *testing.T) {
	m := posted.New[place]()
	check := func(want place, wantKnown, wantDoubt bool) {
		t.Helper()
		if at, known, doubt := m.Find("k"); at != want || known != wantKnown || doubt != wantDoubt {
			t.Errorf("it is at %v, known %v, in doubt %v", at, known, doubt)
		}
	}
	check(place{}, false, false)
	m.Set("k", place{})
	check(place{}, false, true)
	m.Set("k", place{"c", "1"})
	check(place{"c", "1"}, true, false)
	m.Set("k", place{"c", "2"})
	check(place{"c", "2"}, true, false)
	m.Set("k", place{})
	check(place{}, false, true)
}

// TestNote: a call that failed leaves a doubt only where it may have posted.
func TestNote(t *testing.T) {
	for _, tt := range []struct {
		code         bot.Code
		known, doubt bool
	}{{"", true, false}, {bot.CodeTimeout, false, true}, {bot.CodeForbidden, false, false}, {bot.CodeRateLimited, false, false}} {
		var err error
		if tt.code != "" {
			err = bot.E(tt.code, "test.message.post", "", nil)
		}
		m := posted.New[place]()
		if got := m.Note("k", place{"c", "1"}, err); got != err { //nolint:errorlint // it is the same
			t.Errorf("%q: Note = %v", tt.code, got)
		}
		if _, known, doubt := m.Find("k"); known != tt.known || doubt != tt.doubt {
			t.Errorf("%q: known %v, in doubt %v", tt.code, known, doubt)
		}
	}
}

// TestForgetsTheOldest: memory is bounded, and setting a posting anew does not push others out.
func TestForgetsTheOldest(t *testing.T) {
	m := posted.New[place]()
	for i := range 4096 {
		m.Set(fmt.Sprint(i), place{"c", fmt.Sprint(i)})
	}
	for range 10 {
		m.Set("4095", place{"c", "again"})
	}
	if _, known, _ := m.Find("0"); !known {
		t.Error("the first was forgotten while there was room")
	}
	m.Set("one more", place{"c", "x"})
	if _, known, doubt := m.Find("0"); known || doubt {
		t.Error("the first is still there")
	}
	for _, key := range []string{"1", "4095", "one more"} {
		if _, known, _ := m.Find(key); !known {
			t.Errorf("%s was forgotten", key)
		}
	}
}
