package notice_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
)

func digestOf(n int, change func(i int, n *notice.Note)) *notice.Digest {
	var d *notice.Digest
	for i := range n {
		one := note(i)
		change(i, &one)
		if d == nil {
			d = notice.NewDigest(one, "", start)
		}
		d.Add(one, start.Add(time.Duration(i)*time.Millisecond))
	}
	return d
}

func TestDigestSumsUp(t *testing.T) {
	d := digestOf(47, func(i int, n *notice.Note) {
		n.Kind, n.About = "production -> failed", fmt.Sprintf("irene%d", 4000+i)
		if i >= 40 {
			n.Kind, n.About = "production -> draining", "irene[1-3]"
		}
		n.Buttons = []notice.Button{{Label: "Ensure", Line: "clary ensure irene1"}, {Label: "Acknowledge", Word: notice.Acknowledge}, {Label: "Mute for 1 h", Word: notice.MuteWord}}
	})
	r := d.Reply()
	want := bot.Reply{Title: "47 events of lab.told since 10:00:00 UTC", Blocks: []bot.Block{
		bot.TableBlock([]string{"what", "events", "about"}, [][]string{
			{"production -> failed", "40", "irene[4000-4039]"}, {"production -> draining", "7", "irene[1-3]"},
		}),
		bot.TextBlock("It grows while more comes."),
		{Buttons: []bot.Button{
			{Label: "Each of them", Command: "digest " + d.ID},
			{Label: "Acknowledge", Command: "acknowledge " + d.ID},
			{Label: "Mute for 1 h", Command: "mute lab.told 1h"},
		}},
	}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.Acknowledged = &notice.Acknowledged{By: "ann", At: start}
	if text, _ := json.Marshal(d.Reply()); !strings.Contains(string(text), "ann acknowledged it at 10:00:00 UTC.") || strings.Contains(string(text), `"Acknowledge"`) {
		t.Errorf("once it is acknowledged it is %s", text)
	}
}

// However much it sums up, a digest and its message stay small, and nothing is left out of the count.
func TestDigestIsBounded(t *testing.T) {
	const many = 20_000
	d := digestOf(many, func(i int, n *notice.Note) {
		n.Kind, n.About = fmt.Sprint("kind ", i%100), fmt.Sprintf("node-%d-%d", i*7919%many, i)
	})
	total := 0
	for _, k := range d.Kinds {
		total += k.Count
	}
	stored, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal(d.Reply())
	if err != nil {
		t.Fatal(err)
	}
	if total != many || d.Count != many || len(d.Kinds) != 21 || d.Kinds[20].Name != "others" {
		t.Errorf("it counts %d, its %d kinds count %d", d.Count, len(d.Kinds), total)
	}
	if len(stored) > 200_000 || len(shown) > 12_000 {
		t.Errorf("it is stored as %d bytes and shown as %d", len(stored), len(shown))
	}
}

func TestWhenDigestsAreWritten(t *testing.T) {
	d := digestOf(1, func(int, *notice.Note) {})
	look := func(second int, want bool) {
		t.Helper()
		if got := d.Look(start.Add(time.Duration(second) * time.Second)); got != want {
			t.Errorf("after %d s it is written: %t", second, got)
		}
	}
	look(0, true)
	look(1, false)
	d.Add(note(2), start.Add(time.Second))
	look(1, false) // it was just written
	if due := d.Due(); !due.Equal(start.Add(notice.ShowEvery)) {
		t.Errorf("it is due at %s", due)
	}
	look(5, true)
	look(30, false)
	if due := d.Due(); !due.Equal(start.Add(31 * time.Second)) {
		t.Errorf("it is over at %s", due)
	}
	look(31, true)
	if !d.Over {
		t.Error("nothing came for its window, and it is not over")
	}
	look(100, false)
}

// Where it never stops, the next digest begins after an hour.
func TestDigestEnds(t *testing.T) {
	d := digestOf(1, func(int, *notice.Note) {})
	for at := start; !d.Over; at = at.Add(10 * time.Second) {
		if at.Sub(start) > time.Hour+time.Minute {
			t.Fatal("it does not end")
		}
		d.Look(at)
		d.Add(note(2), at)
	}
}
