package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

const execution = "6721f0a3c5d7e9b1a2c4d6e8"

// TestRender pins what people see: what they read as text, and the whole layout in the golden files.
func TestRender(t *testing.T) {
	buttons := bot.Block{Buttons: []bot.Button{{Label: "Cancel", Command: "cancel " + execution}, {Label: "Run again", Command: "rerun " + execution, Danger: true}}}
	for name, r := range map[string]bot.Reply{
		"running": {Execution: execution, Action: "clary.node.status.set", Status: bot.Running, Title: "clary.node.status.set", Blocks: []bot.Block{bot.TextBlock("3 of 10: irene4002"), buttons}},
		"succeeded": {Execution: execution, Status: bot.Succeeded, Title: "clary.node.status.get in 80ms", Blocks: []bot.Block{
			bot.TableBlock([]string{"host", "status", "note"}, [][]string{{"irene4000", "production", ""}, {"irene<4001>", "draining", "a & b"}}),
			bot.TableBlock([]string{"", ""}, [][]string{{"second", "table"}}),
			{Fields: []bot.Field{{Name: "node", Value: "irene4000"}, {Name: "empty"}}},
			{Code: "$ uptime\n  up 3 days"},
		}},
		"failed":  {Execution: execution, Status: bot.Failed, Title: "core.echo in 1s", Problem: true, Blocks: []bot.Block{bot.TextBlock("It did <not> work & <!channel> knows *nothing*.")}},
		"problem": bot.Problem("I do not know \"x\". Type help to see what can be typed."),
		"long":    {Execution: execution, Status: bot.Succeeded, Title: "long", Blocks: []bot.Block{{Code: strings.Repeat("line\n", 1000)}, {File: &bot.File{Name: "../a\u202e.csv", Content: []byte("x")}}, {File: &bot.File{Name: "a.csv", Content: []byte("y")}}}},
		"empty":   {},
	} {
		t.Run(name, func(t *testing.T) {
			got := slack.Render(r, "U0ANN")
			text, err := json.MarshalIndent(got, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			adaptertest.Golden(t, *update, filepath.Join("testdata", "render", name+".json"), text)
		})
	}
}

// judge is the simulator as the judge of a message.
type judge struct{ sim *simslack.Server }

func newJudge(t *testing.T) judge {
	t.Helper()
	j := judge{simslack.New(t.Context(), simslack.Options{Unlimited: true, Ledger: io.Discard})}
	t.Cleanup(j.sim.Close)
	return j
}

// refuses returns why Slack would refuse the message, nothing when it would not.
func (j judge) refuses(r slack.Rendered) string {
	blocks, err := json.Marshal(r.Blocks)
	if err != nil {
		return err.Error()
	}
	form := url.Values{"token": {simslack.DefaultBotToken}, "channel": {"C0OPS"}, "text": {r.Text}, "blocks": {string(blocks)}}
	request := httptest.NewRequest(http.MethodPost, "/api/chat.postMessage", strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	adaptertest.Keep(*sent, j.sim).ServeHTTP(w, request)
	var answer struct {
		OK     bool
		Error  string
		Errors []string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !answer.OK {
		return fmt.Sprint(answer.Error, answer.Errors, err)
	}
	return ""
}

// TestLimitsAreKept: no reply, however large or odd, becomes a message that Slack refuses, and all that it holds is in the message or
// in its files.
func TestLimitsAreKept(t *testing.T) {
	j := newJudge(t)
	replies := adaptertest.Replies(adaptertest.Texts([]string{"", " ", "x", "<@U1> & <!here>", "\u202e\u200b", "💥", "a\nb\tc", "\x1b[31mred", "`*_~", "ß"},
		0, 1, 1, 1, 3, 74, 76, 500, 2999, 3001, 7000))
	rapid.Check(t, func(t *rapid.T) {
		r := replies.Draw(t, "reply")
		got := slack.Render(r, rapid.SampledFrom([]string{"", "U0ANN", "not an id"}).Draw(t, "asker"))
		if why := j.refuses(got); why != "" {
			t.Fatalf("Slack refuses it: %s", why)
		}
		if name, bad := adaptertest.BadFileName(got.Files); bad {
			t.Errorf("a file is named %q", name)
		}
	})
}

// TestNothingIsLost: every word of a reply can be read in the message or in a file.
func TestNothingIsLost(t *testing.T) {
	j := newJudge(t)
	adaptertest.NothingIsLost(t, 30, func(r bot.Reply) string {
		got := slack.Render(r, "")
		if why := j.refuses(got); why != "" {
			t.Fatal(why)
		}
		text, err := json.Marshal(got.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		all := string(text)
		for _, f := range got.Files {
			all += string(f.Content)
		}
		return all
	})
}

func FuzzRender(f *testing.F) {
	f.Add("title", "text", "code", "cell", "label")
	f.Add("\xff", "\x1b]0;x", "```", "<!channel>", "\u202e")
	sim := simslack.New(f.Context(), simslack.Options{Unlimited: true, Ledger: io.Discard})
	f.Cleanup(sim.Close)
	f.Fuzz(func(t *testing.T, title, text, code, cell, label string) {
		if why := (judge{sim}).refuses(slack.Render(adaptertest.OddReply(title, text, code, cell, label), "")); why != "" {
			t.Errorf("Slack refuses it: %s", why)
		}
	})
}
