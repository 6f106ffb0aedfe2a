package nodeset_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/petrelops/petrel/internal/nodeset"
)

// names draws host names that lie close together, so that ranges, products and mixed padding come up often.
func names() *rapid.Generator[[]string] {
	name := rapid.StringMatching(`(n|r[0-2]n|a\.|x-0?)(0{0,2}[0-9]|9[0-9]|1[0-9]{2})(-ib[01])?`)
	return rapid.SliceOf(name)
}

func TestFoldRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := append(names().Draw(t, "names"), "n1") // a blank text is not a node set
		folded := nodeset.Fold(in)
		out, err := nodeset.Parse(folded, nodeset.Options{})
		if err != nil {
			t.Fatalf("Fold wrote %q: %v", folded, err)
		}
		if want, got := distinctSorted(in), distinctSorted(out); !slices.Equal(want, got) || len(got) != len(out) {
			t.Fatalf("%q folds to %q, which reads as %q", in, folded, out)
		}
		if again := nodeset.Fold(out); again != folded {
			t.Fatalf("folds to %q and, read back, to %q", folded, again)
		}
	})
}

// A full product folds to one term, whatever the order of its names.
func TestFoldProduct(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfNDistinct(rapid.IntRange(0, 120), 1, 12, rapid.ID)
		racks, nodes := numbers.Draw(t, "racks"), numbers.Draw(t, "nodes")
		var all []string
		for _, r := range racks {
			for _, n := range nodes {
				all = append(all, fmt.Sprintf("r%dn%03d", r, n))
			}
		}
		folded := nodeset.Fold(rapid.Permutation(all).Draw(t, "order"))
		if strings.Count(folded, "r") != 1 {
			t.Fatalf("%d racks of %d nodes fold to %q", len(racks), len(nodes), folded)
		}
	})
}

func distinctSorted(names []string) []string {
	sorted := slices.Sorted(slices.Values(names))
	return slices.Compact(sorted)
}

// term is an operand together with the names that it stands for, worked out the simple way.
type term struct {
	text  string
	names []string
}

func terms() *rapid.Generator[term] {
	return rapid.Custom(func(t *rapid.T) term {
		prefix := rapid.SampledFrom([]string{"a", "b-"}).Draw(t, "prefix")
		suffix := rapid.SampledFrom([]string{"", ".x"}).Draw(t, "suffix")
		var spans []string
		var out term
		for range rapid.IntRange(1, 3).Draw(t, "spans") {
			first := rapid.IntRange(0, 11).Draw(t, "first")
			last := first + rapid.IntRange(0, 6).Draw(t, "more")
			step := rapid.IntRange(1, 3).Draw(t, "step")
			format := rapid.SampledFrom([]string{"%d", "%03d"}).Draw(t, "format")
			spans = append(spans, fmt.Sprintf(format+"-"+format+"/%d", first, last, step))
			for n := first; n <= last; n += step {
				out.names = append(out.names, prefix+fmt.Sprintf(format, n)+suffix)
			}
		}
		out.text = prefix + "[" + strings.Join(spans, ",") + "]" + suffix
		return out
	})
}

func TestAlgebra(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := terms().Draw(t, "first")
		text, want := first.text, plainUnion(nil, first.names)
		for range rapid.IntRange(0, 5).Draw(t, "operators") {
			op := rapid.SampledFrom([]string{",", " ", "!", " & ", "^"}).Draw(t, "operator")
			right := terms().Draw(t, "right")
			text += op + right.text
			want = plainApply(strings.TrimSpace(op), want, right.names)
		}
		got, err := nodeset.Parse(text, nodeset.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("Parse(%q)\n got %q\nwant %q", text, got, want)
		}
	})
}

// plainApply is the model: lists, searched from end to end.
func plainApply(op string, left, right []string) []string {
	in := func(list []string) func(string) bool {
		return func(name string) bool { return slices.Contains(list, name) }
	}
	without := func(a, b []string) []string { return slices.DeleteFunc(slices.Clone(a), in(b)) }
	switch op {
	case "!":
		return without(left, right)
	case "&":
		return without(left, without(left, right))
	case "^":
		return plainUnion(without(left, right), without(right, left))
	}
	return plainUnion(left, right)
}

func plainUnion(left, right []string) []string {
	for _, name := range right {
		if !slices.Contains(left, name) {
			left = append(slices.Clone(left), name)
		}
	}
	return left
}

func TestLimitHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 30).Draw(t, "limit")
		width := rapid.IntRange(1, 40).Draw(t, "width")
		height := rapid.IntRange(1, 4).Draw(t, "height")
		text := fmt.Sprintf("a[1-%d]b[1-%d]", width, height)
		got, err := nodeset.Parse(text, nodeset.Options{Max: limit})
		if fits := width*height <= limit; fits != (err == nil) {
			t.Fatalf("Parse(%q) with at most %d: %v", text, limit, err)
		}
		if err == nil && len(got) != width*height {
			t.Fatalf("Parse(%q) gave %d names", text, len(got))
		}
	})
}
