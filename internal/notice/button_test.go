package notice_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
)

func TestButtons(t *testing.T) {
	n := note(7)
	var err error
	n.Buttons, err = notice.ParseButtons([]any{
		map[string]any{"label": "Comment…", "line": []any{"clary", "comment", "irene1"}},
		map[string]any{"label": "Look", "line": "clary status irene1"},
		map[string]any{"label": "Drain", "action": "clary.node.status.set", "parameters": map[string]any{"hosts": "irene1"}, "danger": true},
		"acknowledge", "mute",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := n.Reply().Blocks[1].Buttons
	want := []bot.Button{
		{Label: "Comment…", Command: "press " + n.ID + " 1", Typed: "clary comment irene1"},
		{Label: "Look", Command: "press " + n.ID + " 2", Typed: "clary status irene1"},
		{Label: "Drain", Command: "press " + n.ID + " 3", Danger: true},
		{Label: "Acknowledge", Command: "acknowledge " + n.ID},
		{Label: "Mute for 1 h", Command: "mute lab.told 1h"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What an event brings into a word of a line stays in that word.
func TestWordsStayWords(t *testing.T) {
	for word, want := range map[string]string{
		"irene[1-3]":              "irene[1-3]",
		"fan broke":               `"fan broke"`,
		`x" status=production "`:  `"x' status=production '"`,
		"x status=production":     `"x status=production"`,
		"status=production":       `"status=production"`,
		"one\nclary set a failed": `"one clary set a failed"`,
		`ends with \`:             `"ends with /"`,
		"":                        `""`,
		"{{ st2kv.system.x }}":    `"{{ st2kv.system.x }}"`,
	} {
		list, err := notice.ParseButtons([]any{map[string]any{"label": "It", "line": []any{"say", word}}})
		if err != nil || list[0].Line != "say "+want {
			t.Errorf("%q becomes %+v, want %s (%v)", word, list, want, err)
		}
	}
}

// A pair is typed behind the words, and its value stays one value.
func TestPairsOfLines(t *testing.T) {
	for value, want := range map[string]string{
		"failed":        "say it expected=failed",
		"out of order":  `say it expected="out of order"`,
		`x" hosts=@all`: `say it expected="x' hosts=@all"`,
		"":              `say it expected=""`,
	} {
		list, err := notice.ParseButtons([]any{map[string]any{"label": "It", "line": []any{"say", "it", map[string]any{"expected": value}}}})
		if err != nil || list[0].Line != want {
			t.Errorf("%q becomes %+v, want %s (%v)", value, list, want, err)
		}
	}
}

func TestWrongButtons(t *testing.T) {
	for name, list := range map[string][]any{
		"an unknown word":  {"explode"},
		"no label":         {map[string]any{"line": "x"}},
		"nothing to do":    {map[string]any{"label": "x"}},
		"two things to do": {map[string]any{"label": "x", "line": "x", "action": "core.noop"}},
		"an unknown key":   {map[string]any{"label": "x", "line": "x", "colour": "red"}},
		"a number":         {7},
		"a wrong pair":     {map[string]any{"label": "x", "line": []any{"x", map[string]any{"a b": "c"}}}},
		"too many":         make([]any, notice.MaxButtons+1),
	} {
		if _, err := notice.ParseButtons(list); bot.ErrorCode(err) != bot.CodeInvalid || strings.TrimSpace(bot.ErrorText(err)) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
