package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/redact"
)

func TestText(t *testing.T) {
	r := redact.New("hunter2", "p&w\"d/ü", 12345678, nil, "abc", "-----BEGIN KEY-----\nAAAABBBB\n-----END KEY-----\n")
	for text, want := range map[string]string{
		"login with hunter2 failed": "login with ******** failed",
		"hunter2hunter2":            "****************",
		"a=p%26w%22d%2F%C3%BC":      "a=********",
		`{"p":"p&w\"d/ü"}`:          `{"p":"********"}`,
		"68756e74657232":            "********",
		"number 12345678.":          "number ********.",
		"line AAAABBBB":             "line ********",
		"abc is too short":          "abc is too short",
		"Hunter3 is another":        "Hunter3 is another",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := (redact.Redactor{}).Text("hunter2"); got != "hunter2" {
		t.Errorf("the zero value changed it to %q", got)
	}
}

// Whatever stands around a secret, in whatever form, it is not in what comes out.
func TestNothingIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := "S3cr" + rapid.StringMatching(`[a-zA-Z0-9/+"&%äß]{6,40}`).Draw(t, "secret")
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		if strings.Contains(before+after, "S3cr") {
			t.Skip()
		}
		whole := before + secret + after
		quoted, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		r := redact.New(secret)
		for name, text := range map[string]string{
			"plain": whole, "json": string(quoted), "query": url.QueryEscape(whole), "hex": fmt.Sprintf("%x", whole), "HEX": fmt.Sprintf("%X", whole),
		} {
			if got := r.Text(text); !strings.Contains(got, param.Masked) {
				t.Errorf("%s: %q is left as %q", name, text, got)
			}
		}
		for name, e := range map[string]*base64.Encoding{"std": base64.StdEncoding, "url": base64.URLEncoding} {
			got := r.Text(e.EncodeToString([]byte(whole)))
			if !strings.Contains(got, param.Masked) {
				t.Errorf("base64 %s of %q is left as %q", name, whole, got)
			}
		}
	})
}

func TestBlocksAndData(t *testing.T) {
	r := redact.New("hunter2")
	const s, m = "it is hunter2", "it is ********"
	blocks := func(s string) []bot.Block {
		return []bot.Block{
			{Text: s},
			{Code: s},
			{Fields: []bot.Field{{Name: s, Value: s}}},
			bot.TableBlock([]string{s}, [][]string{{s, "x"}}),
			{File: &bot.File{Name: s, Type: "text/plain", Content: []byte(s)}},
			{Buttons: []bot.Button{{Label: s, Command: s}}},
		}
	}
	given := blocks(s)
	if diff := cmp.Diff(blocks(m), r.Blocks(given)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(blocks(s), given); diff != "" {
		t.Errorf("what was given changed: %s", diff)
	}
	data := map[string]any{"hunter2": []any{s, 1, 12345678901234567890.0, nil, true, map[string]any{"deep": s}}}
	got, err := json.Marshal(r.Data(data))
	if err != nil || string(got) != `{"********":["it is ********",1,12345678901234567000,null,true,{"deep":"it is ********"}]}` {
		t.Errorf("%s, %v", got, err)
	}
}
