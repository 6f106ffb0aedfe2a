package slack_test

import (
	"encoding/json"
	"testing"

	"github.com/petrelops/petrel/adapters/adaptertest"
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
	adaptertest.Decodes(t, *update, adaptertest.Payloads(t, "testdata/http/*/*.body"), func(p adaptertest.Payload) (any, error) {
		way := ways()[p.Kind]
		return unwrapped(way[0], way[1]+"; charset=utf-8", p.Data)
	})
}

// FuzzUnwrap: whatever comes is refused with a code that has a status of its own, or is JSON.
func FuzzUnwrap(f *testing.F) {
	for _, p := range adaptertest.Payloads(f, "testdata/http/*/*.body") {
		way := ways()[p.Kind]
		f.Add(way[0], way[1], p.Data)
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
