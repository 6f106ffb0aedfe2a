package discord_test

import (
	"flag"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

func reader() discord.Reader {
	return discord.Reader{
		Self: discord.Self{App: "289200000000000009", User: "289200000000000009"}, Command: "petrel", Prefix: "!petrel", Offers: discord.RenderPack(pack()).Offers,
	}
}

// TestDecode reads payloads in the shapes that Discord documents. The golden file beside each says what the bot makes of it.
func TestDecode(t *testing.T) {
	adaptertest.Decodes(t, *update, adaptertest.Payloads(t, "testdata/decode/*/*.json"), func(p adaptertest.Payload) (any, error) { return reader().Decode(p.Kind, p.Data) })
}

func isID(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n > 0
}

// FuzzDecode: whatever comes, what reaches the bot has an identity of Discord's shape and a text that hides nothing, and what is answered
// has a token that fits into an address.
func FuzzDecode(f *testing.F) {
	for _, p := range adaptertest.Payloads(f, "testdata/decode/*/*.json") {
		f.Add(p.Kind, p.Data)
	}
	f.Add("INTERACTION_CREATE", []byte(`{"data":[]}`))
	f.Add("READY", []byte(`null`))
	hidden := func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		e, err := reader().Decode(kind, payload)
		if err != nil {
			if bot.ErrorCode(err) != bot.CodeInvalid || !reflect.DeepEqual(e, discord.Event{}) {
				t.Errorf("the error has code %s beside %+v", bot.ErrorCode(err), e)
			}
			return
		}
		if h := e.Hook; h != nil && (!isID(h.ID) || strings.ContainsAny(h.Token, "/?#% \n") || h.Token == "" || strings.Trim(h.Token, ".") == "") {
			t.Errorf("it is answered with %+v", *h)
		}
		m := e.Message
		if e.Ignored != "" {
			if !reflect.DeepEqual(m, bot.Message{}) || e.Line != "" || e.Typing != nil {
				t.Errorf("an ignored event carries %+v", m)
			}
			return
		}
		if m.Adapter != "discord" || !isID(m.User) || !isID(m.Channel) || m.Workspace != "" && !isID(m.Workspace) || m.Delivery == "" {
			t.Errorf("the origin is %+v", m.Origin)
		}
		if e.Hook != nil && (m.Delivery != "i"+e.Hook.ID || m.Thread != m.Delivery) {
			t.Errorf("the delivery of %+v is %q in %q", *e.Hook, m.Delivery, m.Thread)
		}
		if m.User == reader().User && e.Hook == nil {
			t.Error("the bot hears itself")
		}
		if strings.ContainsFunc(m.Text, hidden) {
			t.Errorf("the text is %q", m.Text)
		}
		if m.Text == "" && e.Hook == nil {
			t.Error("it says nothing")
		}
		for field := range m.Values {
			if m.Alias != "" && field == "token" {
				t.Error("a secret is taken from a command")
			}
		}
	})
}
