package slack_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
)

// ways are the folders of testdata/http with the kind of what is in each and how it is encoded.
func ways() map[string][2]string {
	const form = "application/x-www-form-urlencoded"
	return map[string][2]string{
		"events": {"events_api", "application/json"}, "commands": {"slash_commands", form}, "interactions": {"interactive", form},
	}
}

// unwrapped returns what the bot makes of a body.
func unwrapped(kind, contentType string, body []byte) (slack.Event, error) {
	payload, err := slack.Unwrap(kind, contentType, body)
	if err != nil {
		return slack.Event{}, err
	}
	return reader().Decode(kind, payload)
}

// TestUnwrap reads bodies in the shapes that Slack documents.
func TestUnwrap(t *testing.T) {
	files, err := filepath.Glob("testdata/http/*/*.body")
	if err != nil || len(files) < 14 {
		t.Fatalf("%d bodies, %v", len(files), err)
	}
	for _, file := range files {
		way := ways()[filepath.Base(filepath.Dir(file))]
		t.Run(strings.TrimSuffix(filepath.Base(file), ".body"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			e, err := unwrapped(way[0], way[1]+"; charset=utf-8", body)
			if err != nil {
				got = []byte("refused: " + err.Error())
			} else if got, err = json.MarshalIndent(e, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".body") + ".golden"
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

// FuzzUnwrap: whatever comes is refused with a code that has a status of its own, or is JSON.
func FuzzUnwrap(f *testing.F) {
	files, err := filepath.Glob("testdata/http/*/*.body")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		way := ways()[filepath.Base(filepath.Dir(file))]
		f.Add(way[0], way[1], body)
	}
	f.Add("slash_commands", "application/x-www-form-urlencoded", []byte("a=%zz&text=%ff"))
	f.Add("events_api", "text/plain", []byte("null"))
	f.Fuzz(func(t *testing.T, kind, contentType string, body []byte) {
		payload, err := slack.Unwrap(kind, contentType, body)
		if err != nil {
			if code := bot.ErrorCode(err); code != bot.CodeInvalid && code != bot.CodeUnsupported {
				t.Errorf("the error has code %s", code)
			}
			return
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(payload, &object) != nil {
			t.Errorf("the payload is %q", payload)
		}
	})
}
