package discord_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
)

var update = flag.Bool("update", false, "write the golden files anew")

func reader() discord.Reader {
	return discord.Reader{
		Self: discord.Self{App: "289200000000000009", User: "289200000000000009"}, Command: "petrel", Prefix: "!petrel", Offers: discord.RenderPack(pack()).Offers,
	}
}

// golden compares what was made with the file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Error(diff)
	}
}

// TestDecode reads payloads in the shapes that Discord documents. The golden file beside each says what the bot makes of it.
func TestDecode(t *testing.T) {
	files, err := filepath.Glob("testdata/decode/*/*.json")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, file := range files {
		kind, name := filepath.Base(filepath.Dir(file)), strings.TrimSuffix(file, ".json")
		t.Run(kind+"/"+filepath.Base(name), func(t *testing.T) {
			payload, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			e, err := reader().Decode(kind, payload)
			got := []byte("refused: ")
			if err != nil {
				got = append(got, err.Error()...)
			} else if got, err = json.MarshalIndent(e, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".golden", got)
		})
	}
}

func isID(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n > 0
}

// FuzzDecode: whatever comes, what reaches the bot has an identity of Discord's shape and a text that hides nothing, and what is answered
// has a token that fits into an address.
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
