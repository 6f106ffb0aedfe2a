package slack_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

func reader() slack.Reader {
	return slack.Reader{
		Self:     slack.Self{Team: "T0123ABCD", User: "U0BOT0001", Bot: "B0BOT0001"},
		Commands: []string{"/petrel"}, Name: "petrel",
	}
}

// TestDecode reads payloads in the shapes that Slack documents. The golden file beside each says what the bot makes of it.
func TestDecode(t *testing.T) {
	files, err := filepath.Glob("testdata/decode/*/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, file := range files {
		kind := filepath.Base(filepath.Dir(file))
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			payload, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			e, err := reader().Decode(kind, payload)
			if err != nil {
				got = []byte("refused: " + err.Error())
			} else if got, err = json.MarshalIndent(e, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzDecode: whatever comes, what reaches the bot has an identity of Slack's shape and a text that hides nothing.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob("testdata/decode/*/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(filepath.Base(filepath.Dir(file)), payload)
	}
	f.Add("events_api", []byte(`{"type":"event_callback","event":[]}`))
	f.Add("interactive", []byte(`{"type":"block_actions","actions":[null]}`))
	f.Add("hello", []byte(`null`))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		e, err := reader().Decode(kind, payload)
		if err != nil {
			if bot.ErrorCode(err) != bot.CodeInvalid {
				t.Errorf("the error has code %s", bot.ErrorCode(err))
			}
			return
		}
		m := e.Message
		if e.Ignored != "" {
			if !reflect.DeepEqual(m, bot.Message{}) {
				t.Errorf("an ignored delivery carries %+v", m)
			}
			return
		}
		if m.Workspace != "T0123ABCD" || m.User == "" || m.Channel == "" || m.Delivery == "" || strings.ContainsAny(m.User+m.Channel, "/:* ") {
			t.Errorf("the origin is %+v", m.Origin)
		}
		if m.User == "U0BOT0001" && kind == "events_api" {
			t.Error("the bot hears itself")
		}
		hidden := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
		if strings.ContainsFunc(m.Text, hidden) {
			t.Errorf("the text is %q", m.Text)
		}
	})
}
