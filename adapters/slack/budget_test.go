package slack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// living is a message that says something new every second until it ends, and the outbox behind it: it comes back when it was told to, with
// the newest text.
type living struct {
	ref     string
	posting bot.Posting
	ends    int       // the second of its end
	due     time.Time // when it may be tried again
	shown   int       // the second whose text stands there
	ended   time.Time // when its end was shown
}

// storm lets messages live for some seconds and returns them as they stand at the end.
func (h *harness) storm(t *testing.T, count, seconds int, ends func(i int) int) []*living {
	t.Helper()
	list := make([]*living, count)
	for i := range list {
		m := &living{ends: ends(i), posting: h.posting(bot.NewID(h.clock.Now(), uint64(i)), bot.Reply{Status: bot.Running, Title: "At work."})}
		ref, err := h.slack.Post(t.Context(), m.posting)
		for bot.ErrorCode(err) == bot.CodeRateLimited {
			h.clock.Advance(bot.ErrorWait(err))
			ref, err = h.slack.Post(t.Context(), m.posting)
		}
		if err != nil {
			t.Fatal(err)
		}
		m.ref, list[i] = ref, m
	}
	for second := 1; second <= seconds; second++ {
		h.clock.Advance(time.Second)
		now := h.clock.Now()
		for _, m := range list {
			final := second >= m.ends
			if !m.ended.IsZero() || now.Before(m.due) && second != m.ends {
				continue
			}
			m.posting.Reply = bot.Reply{Status: bot.Running, Title: fmt.Sprintf("second %d.", second)}
			if final {
				m.posting.Reply = bot.Reply{Status: bot.Succeeded, Title: "the end."}
			}
			err := h.slack.Edit(t.Context(), m.ref, m.posting)
			switch {
			case err == nil:
				m.shown, m.due = second, time.Time{}
				if final {
					m.ended = now
				}
			case bot.ErrorCode(err) != bot.CodeHeld || bot.ErrorWait(err) <= 0:
				t.Fatalf("second %d: %v", second, err)
			default:
				m.due = now.Add(bot.ErrorWait(err))
			}
		}
	}
	return list
}

// TestManyLivingMessagesNeverStormSlack: however many messages change, the simulator, which is strict about Slack's limit, refuses none;
// each gets its share, and every end is shown, at once while the spare lasts.
func TestManyLivingMessagesNeverStormSlack(t *testing.T) {
	const seconds = 300
	for name, tt := range map[string]struct {
		count int
		ends  func(i int) int
		late  time.Duration // the longest that an end may wait
		stale int           // the longest, in seconds, that a living message may show an old text
	}{
		"one":                    {1, func(int) int { return 200 }, 0, 4},
		"a few":                  {5, func(i int) int { return 100 + 30*i }, 0, 20},
		"many that end in turn":  {40, func(i int) int { return 20 + 6*i }, 0, 110},
		"many that end together": {40, func(int) int { return 150 }, 62 * time.Second, 0},
		"none ends":              {100, func(int) int { return seconds + 1 }, 0, 230},
	} {
		t.Run(name, func(t *testing.T) {
			ledger := &ledger{}
			h := newHarness(t, simslack.Options{Ledger: ledger}, slack.Options{})
			list := h.storm(t, tt.count, seconds, tt.ends)
			if n := ledger.Count(func(l simslack.Line) bool { return l.Method == "chat.update" && l.Kind == simslack.LineRefused }); n != 0 {
				t.Errorf("Slack was asked %d times too often", n)
			}
			began := h.clock.Now().Add(-seconds * time.Second)
			for i, m := range list {
				switch end := began.Add(time.Duration(m.ends) * time.Second); {
				case m.ends <= seconds && m.ended.IsZero():
					t.Errorf("the end of message %d was never shown", i)
				case m.ends <= seconds && m.ended.Sub(end) > tt.late:
					t.Errorf("the end of message %d was shown %s late", i, m.ended.Sub(end))
				case m.ends > seconds && seconds-m.shown > tt.stale:
					t.Errorf("message %d shows second %d of %d", i, m.shown, seconds)
				}
			}
			h.stands(t, list)
			minute(t, ledger)
		})
	}
}

// stands checks what people read: the newest text that was shown, and the end of what ended.
func (h *harness) stands(t *testing.T, list []*living) {
	t.Helper()
	text := map[string]string{}
	for _, m := range h.sim.Messages(h.channel) {
		text[h.channel+"/"+m.TS] = simslack.Readable(m)
	}
	for i, m := range list {
		want := fmt.Sprintf("second %d.", m.shown)
		switch {
		case !m.ended.IsZero():
			want = "the end."
		case m.shown == 0:
			want = "At work."
		}
		if !strings.Contains(text[m.ref], want) {
			t.Errorf("message %d reads %q, want %q", i, text[m.ref], want)
		}
	}
}

// minute checks that no minute of the ledger holds more edits than Slack promises to take.
func minute(t *testing.T, l *ledger) {
	t.Helper()
	var edits []time.Time
	l.Count(func(line simslack.Line) bool {
		if line.Kind == simslack.LineUpdate {
			edits = append(edits, line.Time)
		}
		return false
	})
	for i := range edits {
		if i >= 50 && edits[i].Sub(edits[i-50]) < time.Minute {
			t.Fatalf("51 edits were made from %s to %s", edits[i-50], edits[i])
		}
	}
}
