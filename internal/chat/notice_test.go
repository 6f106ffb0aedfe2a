package chat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
)

// noted is the id of the one notification that there is.
const noted = "6a0c4f3e1b2d5f6071829304"

// noticeBoard stands in for the keeper of notifications.
type noticeBoard struct {
	buttons      []notice.Button
	acknowledged []string
	wishes       []notify.Wish
	muted        []notice.Mute
	listed       []string
}

func (n *noticeBoard) Note(_ context.Context, id string) (notice.Note, error) {
	if id != noted {
		return notice.Note{}, bot.E(bot.CodeNotFound, "test", "There is nothing to be done with this message any more.", nil)
	}
	return notice.Note{ID: id, Rule: "lab.told", Buttons: n.buttons}, nil
}

func (n *noticeBoard) Digest(_ context.Context, id, from string, _ int) (notice.Digest, []notice.Note, string, error) {
	n.listed = append(n.listed, id+" from "+from)
	return notice.Digest{ID: id, Count: 9}, []notice.Note{{Event: "e1", Rule: "lab.told", About: "irene1", Text: "it failed", At: at}}, "abc", nil
}

func (n *noticeBoard) Acknowledge(_ context.Context, id string, by bot.Identity, _ bot.Origin) error {
	if len(n.acknowledged) > 0 {
		return bot.E(bot.CodeConflict, "test", n.acknowledged[0]+" acknowledged it. Nothing was changed.", nil)
	}
	n.acknowledged = append(n.acknowledged, by.ID)
	return nil
}

func (n *noticeBoard) Mutes(context.Context) ([]notice.Mute, error) { return n.muted, nil }

func (n *noticeBoard) Mute(_ context.Context, w notify.Wish) (notice.Mute, error) {
	n.wishes = append(n.wishes, w)
	return notice.Mute{Scope: w.Scope, By: w.By.ID, Since: at, Until: at.Add(w.For)}, nil
}

func (n *noticeBoard) Unmute(_ context.Context, w notify.Wish) (notice.Mute, error) {
	return notice.Mute{Scope: w.Scope}, nil
}

func (n *noticeBoard) Scopes(context.Context) ([]string, error) {
	return []string{"lab.happened", "lab.told"}, nil
}

// What a button stands for is what whoever presses it may do, and no more.
func TestPress(t *testing.T) {
	w := newWorld(t)
	w.notices.buttons = []notice.Button{
		{Label: "Drain", Line: "lab set irene1 draining"},
		{Label: "Look", Line: "lab get"},
		{Label: "Set…", Action: "lab.set", Params: map[string]any{"host": "irene2", "count": float64(3)}},
		{Label: "Acknowledge", Word: notice.Acknowledge},
		{Label: "Help", Action: "core.help"},
	}
	if a := w.says(t, "ann", "press "+noted+" 1"); a.Execution == "" {
		t.Fatalf("%+v", a.Reply)
	}
	c := w.accepted[0]
	if c.Action != "lab.set" || c.Text != "lab set irene1 draining" || c.Identity.ID != "console:ann" || c.Alias != "lab.set" || c.Params["host"] != "irene1" {
		t.Errorf("accepted %+v", c)
	}
	if a := w.says(t, "ann", "press "+noted+" 2"); a.Form == nil || a.Form.Command != "press "+noted+" 2" || a.Form.Fields[0].Name != "host" {
		t.Errorf("a line that lacks a value is answered with %+v", a)
	}
	filled := message("ann", "press "+noted+" 2")
	filled.Values = map[string]string{"host": "irene3"}
	if a, err := w.desk.Receive(t.Context(), filled); err != nil || a.Execution == "" || w.accepted[1].Params["host"] != "irene3" {
		t.Errorf("a form that is filled in is answered with %+v, %v", a, err)
	}
	if got := w.desk.Suggest(t.Context(), bot.Typing{Origin: filled.Origin, Command: filled.Text, Field: "host", Prefix: "ire", Limit: 9}); len(got) != 2 {
		t.Errorf("offered for the form: %v", got)
	}
	w.notices.buttons = append(w.notices.buttons, notice.Button{Label: "Get…", Action: "lab.get"})
	if got := w.desk.Suggest(t.Context(), bot.Typing{Origin: filled.Origin, Command: "press " + noted + " 6", Field: "host", Prefix: "ire", Limit: 9}); len(got) != 2 {
		t.Errorf("offered for the form of an action: %v", got)
	}
	w.notices.buttons = w.notices.buttons[:5]

	// bob may press, and not do it.
	a := w.says(t, "bob", "press "+noted+" 1")
	if a.Execution != "" || !a.Reply.Private || !strings.Contains(a.Reply.Title, "console:bob may not run lab.set") {
		t.Errorf("bob is told %+v", a.Reply)
	}
	if diff := cmp.Diff([]string{"lab.set to console:bob"}, w.denied); diff != "" {
		t.Error(diff)
	}
	if a := w.says(t, "bob", "press "+noted+" 3"); a.Execution != "" || !strings.Contains(a.Reply.Title, "may not run lab.set") {
		t.Errorf("bob is told %+v", a.Reply)
	}

	// An old message, and numbers that it has no button for.
	for line, want := range map[string]string{
		"press 000000000000000000000000 1": "nothing to be done with this message",
		"press " + noted + " 6":            "has 5 buttons",
		"press " + noted + " 0":            "has 5 buttons",
		"press " + noted + " 4":            "not pressed by its number",
		"press " + noted + " 5":            "answered by the bot itself",
	} {
		if a := w.says(t, "ann", line); a.Execution != "" || !a.Reply.Private || !strings.Contains(a.Reply.Title, want) {
			t.Errorf("%s: %+v", line, a.Reply)
		}
	}
	if len(w.accepted) != 2 {
		t.Errorf("accepted %+v", w.accepted)
	}
}

// A form fills in what a button's action lacks, and changes nothing of what the rule says.
func TestPressAction(t *testing.T) {
	w := newWorld(t)
	w.notices.buttons = []notice.Button{{Label: "Set…", Action: "lab.set", Params: map[string]any{"host": "irene2"}}}
	m := message("ann", "press "+noted+" 1")
	m.Values = map[string]string{"host": "irene9", "status": "draining", "count": "3"}
	a, err := w.desk.Receive(t.Context(), m)
	if err != nil || a.Execution == "" {
		t.Fatalf("%+v, %v", a.Reply, err)
	}
	if diff := cmp.Diff(map[string]any{"host": "irene2", "status": "draining", "count": int64(3)}, w.accepted[0].Params); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m.Values = map[string]string{"count": "three"}
	if a, err = w.desk.Receive(t.Context(), m); err != nil || a.Execution != "" || a.Faults["count"] == "" || a.Form == nil || a.Form.Command != m.Text {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestAcknowledgeAndDigest(t *testing.T) {
	w := newWorld(t)
	if a := w.says(t, "ann", "acknowledge "+noted); !a.Reply.Private || a.Reply.Problem {
		t.Errorf("%+v", a.Reply)
	}
	if a := w.says(t, "ann", "acknowledge "+noted); !a.Reply.Private || !strings.Contains(a.Reply.Title, "console:ann acknowledged it") {
		t.Errorf("%+v", a.Reply)
	}
	if a := w.says(t, "bob", "acknowledge "+noted); !strings.Contains(a.Reply.Title, "may not run core.acknowledge") {
		t.Errorf("%+v", a.Reply)
	}
	a := w.says(t, "bob", "digest "+noted)
	if a.Reply.Blocks[0].Table.Rows[0][0] != "e1" || a.Reply.Blocks[1].Buttons[0].Command != "digest "+noted+" after abc" {
		t.Errorf("%+v", a.Reply)
	}
	w.says(t, "bob", a.Reply.Blocks[1].Buttons[0].Command)
	if diff := cmp.Diff([]string{noted + " from ", noted + " from abc"}, w.notices.listed); diff != "" {
		t.Error(diff)
	}
}

func TestMutes(t *testing.T) {
	w := newWorld(t)
	for line, want := range map[string]string{
		"mute lab.tolt 1h":    "did you mean lab.told",
		"mute lab.told often": "not a length of time",
	} {
		if a := w.says(t, "ann", line); !a.Reply.Problem || !strings.Contains(a.Reply.Title, want) {
			t.Errorf("%s: %+v", line, a.Reply)
		}
	}
	if a := w.says(t, "bob", "mute lab.told 1h"); !strings.Contains(a.Reply.Title, "may not run core.mute") || len(w.notices.wishes) > 0 {
		t.Errorf("%+v", a.Reply)
	}
	a := w.says(t, "ann", "mute lab.told 1h")
	if a.Reply.Private || !strings.HasPrefix(a.Reply.Title, "console:ann muted lab.told until "+at.Add(time.Hour).UTC().Format("2006-01-02 15:04:05 MST")) {
		t.Errorf("%+v", a.Reply)
	}
	if a := w.says(t, "ann", "unmute lab.told"); a.Reply.Private || !strings.Contains(a.Reply.Title, "lab.told is not muted any more") {
		t.Errorf("%+v", a.Reply)
	}
	if a := w.says(t, "bob", "mutes"); a.Reply.Title != "Nothing is muted." {
		t.Errorf("%+v", a.Reply)
	}
	w.notices.muted = []notice.Mute{{Scope: "lab.told", By: "ann", Since: at, Until: at.Add(time.Hour)}}
	if a := w.says(t, "bob", "mutes"); a.Reply.Blocks[0].Table.Rows[0][1] != "ann" {
		t.Errorf("%+v", a.Reply)
	}
}
