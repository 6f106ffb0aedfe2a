// Package redact takes secrets out of what actions say: a target may repeat a password in its error, or encode it. It is pure.
package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// minSecret is the shortest value, in bytes, that is looked for. A shorter one is in ordinary words everywhere; whoever uses such a secret
// has none.
const minSecret = 4

// Redactor takes out the secrets that it was made for. The zero value takes out nothing.
type Redactor struct{ replacer *strings.Replacer }

// New returns a redactor for values: texts, and whatever JSON makes texts of. It finds each as it is, as JSON, URLs and hex write it, and
// in base64 at any place in a longer text.
func New(secrets ...any) Redactor {
	var forms []string
	for _, s := range secrets {
		forms = append(forms, formsOf(textOf(s))...)
	}
	if len(forms) == 0 {
		return Redactor{}
	}
	// The longest first: one secret may be a part of another.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range slices.Compact(forms) {
		pairs = append(pairs, f, param.Masked)
	}
	return Redactor{strings.NewReplacer(pairs...)}
}

func textOf(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	data, err := json.Marshal(value)
	if err != nil || value == nil {
		return ""
	}
	return string(data)
}

// formsOf returns how a secret may be written.
func formsOf(s string) []string {
	if len(s) < minSecret {
		return nil
	}
	forms := []string{s, quoted(s, true), quoted(s, false), url.QueryEscape(s), url.PathEscape(s), hex.EncodeToString([]byte(s)), fmt.Sprintf("%X", s)}
	for _, line := range strings.Split(s, "\n") { // a key of many lines may be shown line by line
		if line = strings.TrimSpace(line); len(line) >= minSecret && line != s {
			forms = append(forms, line)
		}
	}
	for before := range 3 {
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if part := inner(e, before, s); len(part) >= 2*minSecret {
				forms = append(forms, part)
			}
		}
	}
	return forms
}

// quoted returns what JSON writes between the quotes, with or without the escapes that make it safe in HTML.
func quoted(s string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(s) // a string always encodes, into memory
	return strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
}

// inner returns what is the same in the base64 of every text in which so many bytes, modulo three, stand before the secret.
func inner(e *base64.Encoding, before int, s string) string {
	whole := e.EncodeToString(append(make([]byte, before), s...))
	from := (before*8 + 5) / 6
	to := (before + len(s)) * 8 / 6
	return whole[from:to]
}

// Text returns the text without the secrets.
func (r Redactor) Text(s string) string {
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// Texts returns the texts without the secrets.
func (r Redactor) Texts(list []string) []string {
	if r.replacer == nil || list == nil {
		return list
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = r.Text(s)
	}
	return out
}

// Blocks returns the blocks without the secrets, in copies.
func (r Redactor) Blocks(blocks []bot.Block) []bot.Block {
	if r.replacer == nil {
		return blocks
	}
	out := make([]bot.Block, len(blocks))
	for i, b := range blocks {
		b.Text, b.Code = r.Text(b.Text), r.Text(b.Code)
		b.Fields = slices.Clone(b.Fields)
		for n, f := range b.Fields {
			b.Fields[n] = bot.Field{Name: r.Text(f.Name), Value: r.Text(f.Value)}
		}
		b.Buttons = slices.Clone(b.Buttons)
		for n := range b.Buttons {
			b.Buttons[n].Label, b.Buttons[n].Command = r.Text(b.Buttons[n].Label), r.Text(b.Buttons[n].Command)
		}
		if b.Table != nil {
			t := bot.Table{Columns: r.Texts(b.Table.Columns)}
			for _, row := range b.Table.Rows {
				t.Rows = append(t.Rows, r.Texts(row))
			}
			b.Table = &t
		}
		if b.File != nil {
			b.File = &bot.File{Name: r.Text(b.File.Name), Type: b.File.Type, Content: []byte(r.Text(string(b.File.Content)))}
		}
		out[i] = b
	}
	return out
}

// Data returns a value that can be written as JSON without the secrets in its texts and names. One that cannot is returned as it is: it is
// not kept either.
func (r Redactor) Data(value any) any {
	if r.replacer == nil || value == nil {
		return value
	}
	data, err := json.Marshal(value)
	if err != nil {
		return value
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return value
	}
	return r.walk(plain)
}

func (r Redactor) walk(value any) any {
	switch v := value.(type) {
	case string:
		return r.Text(v)
	case json.Number:
		if text := r.Text(string(v)); text != string(v) {
			return text
		}
	case []any:
		for i := range v {
			v[i] = r.walk(v[i])
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, item := range v {
			out[r.Text(name)] = r.walk(item)
		}
		return out
	}
	return value
}
