package expr

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// jsonForm is how json.dumps of Python writes.
type jsonForm struct {
	item, key string // what separates items, and a key from its value
	indent    string // of each level; newline says whether there are lines at all
	newline   bool
	depth     int
}

// write appends a value that was measured.
func (f jsonForm) write(b *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int64:
		b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		b.WriteString(jsonFloat(v))
	case string:
		jsonText(b, v)
	case []any:
		f.list(b, "[]", len(v), func(i int, inner jsonForm) { inner.write(b, v[i]) })
	case map[string]any:
		keys := sortedKeys(v)
		f.list(b, "{}", len(keys), func(i int, inner jsonForm) {
			jsonText(b, keys[i])
			b.WriteString(f.key)
			inner.write(b, v[keys[i]])
		})
	}
}

func (f jsonForm) list(b *strings.Builder, brackets string, n int, item func(int, jsonForm)) {
	b.WriteByte(brackets[0])
	inner := f
	inner.depth++
	for i := range n {
		if i > 0 {
			b.WriteString(f.item)
		}
		inner.line(b)
		item(i, inner)
	}
	if n > 0 {
		f.line(b)
	}
	b.WriteByte(brackets[1])
}

func (f jsonForm) line(b *strings.Builder) {
	if f.newline {
		b.WriteByte('\n')
		b.WriteString(strings.Repeat(f.indent, f.depth))
	}
}

func jsonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return floatText(f)
}

// jsonText writes a text in ASCII, as Python does unless it is told otherwise.
func jsonText(b *strings.Builder, s string) {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`}
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case short[c] != "":
			b.WriteString(short[c])
		case c >= ' ' && c < 0x7f:
			b.WriteRune(c)
		case c >= 0x10000:
			high, low := utf16.EncodeRune(c)
			b.WriteString(`\u` + hex(int64(high), 4) + `\u` + hex(int64(low), 4))
		default:
			b.WriteString(`\u` + hex(int64(c), 4))
		}
	}
	b.WriteByte('"')
}

// readJSON reads one JSON value. Whole numbers stay whole.
func readJSON(text string) (any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the value")
		}
	}
	if err != nil {
		return nil, faultf("it is no JSON: %s", sentence(err.Error()))
	}
	return v, nil
}

// maxIndent bounds what every line begins with.
const maxIndent = 16

// dumpForm reads the arguments indent and separators.
func dumpForm(indent, separators any) (jsonForm, error) {
	f := jsonForm{item: ",", key: ": "}
	if list, ok := or(separators, nil).([]any); ok && len(list) == 2 {
		var err error
		if f.item, err = word(list[0], ""); err != nil {
			return f, err
		}
		if f.key, err = word(list[1], ""); err != nil {
			return f, err
		}
		if len(f.item) > maxIndent || len(f.key) > maxIndent {
			return f, faultf("a separator has at most %d bytes", maxIndent)
		}
	}
	if or(indent, nil) == nil {
		return f, nil
	}
	n, err := whole(indent, 0)
	if err != nil || n > maxIndent {
		return f, faultf("the indent is a number up to %d", maxIndent)
	}
	f.newline, f.indent = true, strings.Repeat(" ", int(max(n, 0)))
	return f, nil
}

// dump writes a value that was measured in a form.
func (r *run) dump(v any, f jsonForm) (any, error) {
	var b strings.Builder
	f.write(&b, v)
	return b.String(), r.fits(b.Len())
}
