package slack_test

import (
	"flag"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/petrelops/petrel/adapters/adaptertest"
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
	adaptertest.Decodes(t, *update, adaptertest.Payloads(t, "testdata/decode/*/*.json"), func(p adaptertest.Payload) (any, error) { return reader().Decode(p.Kind, p.Data) })
}

// FuzzDecode: whatever comes, what reaches the bot has an identity of Slack's shape and a text that hides nothing.
func FuzzDecode(f *testing.F) {
	for _, p := range adaptertest.Payloads(f, "testdata/decode/*/*.json") {
		f.Add(p.Kind, p.Data)
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
		if strings.ContainsFunc(m.Text+e.Offer, hidden) {
			t.Errorf("the text is %q, the offer %q", m.Text, e.Offer)
		}
		for name, value := range m.Values {
			if strings.ContainsFunc(strings.NewReplacer("\n", "", "\t", "").Replace(value), hidden) {
				t.Errorf("%q holds %q", name, value)
			}
		}
		if e.Form != nil && (m.Delivery != "v/"+e.Form.View+"/"+m.User || strings.Contains(e.Form.View, "/")) {
			t.Errorf("the delivery %q is not of the form %q", m.Delivery, e.Form.View)
		}
	})
}
