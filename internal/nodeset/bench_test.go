package nodeset_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/petrelops/petrel/internal/nodeset"
)

func BenchmarkParse(b *testing.B) {
	plain := make([]string, 10_000)
	for i := range plain {
		plain[i] = fmt.Sprintf("irene%d.example.org", i)
	}
	for _, bb := range []struct{ name, text string }{
		{"range", "irene[1-10000]"},
		{"product", "r[1-100]n[001-100]"},
		{"list", strings.Join(plain, ",")},
		{"over the limit", "a[0-999999999999]"},
		{"worst chain", strings.TrimSuffix(strings.Repeat("a[1-10000]^", 16), "^")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = nodeset.Parse(bb.text, nodeset.Options{})
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	for _, bb := range []struct {
		name string
		text string
	}{
		{"one prefix", "irene[1-10000]"},
		{"holes", "irene[1-19999/2]"},
		{"product", "r[1-100]n[001-100]"},
		{"four numbers", "a[1-10]b[1-10]c[1-10]d[1-10]"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			names, err := nodeset.Parse(bb.text, nodeset.Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				nodeset.Fold(names)
			}
		})
	}
}
