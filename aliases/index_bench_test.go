package aliases_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/aliases"
)

// shapes are the formats of a large installation: of each hundred, thirty share their first two words and two start with a
// parameter.
func shapes(n int) []*aliases.Alias {
	list := make([]*aliases.Alias, n)
	for i := range list {
		list[i] = &aliases.Alias{
			Pack: "bench", Name: fmt.Sprintf("a%05d", i), Action: "bench.run", Enabled: true,
			Description: "An alias for the benchmark.",
			Formats:     []aliases.Format{{Representations: []string{shape(i)}}},
		}
	}
	return list
}

func shape(i int) string {
	switch {
	case i%100 < 30:
		return fmt.Sprintf("cluster node set%d {{state}} on {{node}} {{reason=none}}", i)
	case i%100 < 32:
		return fmt.Sprintf("{{who}} asks%d for {{what}}", i)
	case i%100 < 60:
		return fmt.Sprintf("(run|execute) job%d {{cmd}}( on {{hosts=localhost}})?", i)
	}
	return fmt.Sprintf("svc%d restart {{service}} in {{region=eu}}", i)
}

// goShape is the same shape as a regular expression for Go, which cannot express the quotes of a parameter.
func goShape(i int) string {
	const value = `["']?(.+?)["']?`
	r := regexp.MustCompile(`\s*\{\{\w+=\w+\}\}`).ReplaceAllString(shape(i), `(?:\s*`+value+`)?`)
	return `(?s)^\s*` + regexp.MustCompile(`\{\{\w+\}\}`).ReplaceAllString(r, value) + `\s*$`
}

// line is a text for the alias of the same number.
func line(i int) string {
	switch {
	case i%100 < 30:
		return fmt.Sprintf("cluster node set%d drained on web-%d because=disk", i, i)
	case i%100 < 32:
		return fmt.Sprintf("ann asks%d for more space", i)
	case i%100 < 60:
		return fmt.Sprintf("execute job%d uptime on web-%d", i, i)
	}
	return fmt.Sprintf("svc%d restart billing-api in us", i)
}

func lines(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = line(i * 7919 % n)
	}
	return out
}

func compile(tb testing.TB, list []*aliases.Alias) *aliases.Index {
	tb.Helper()
	index, problems := aliases.Compile(list, aliases.Options{})
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return index
}

// BenchmarkMatch matches one message after the other among many aliases, and beside it scans the same shapes with Go's regexp.
func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		index, texts := compile(b, shapes(n)), lines(n)
		scan := make([]*regexp.Regexp, n)
		for i := range scan {
			scan[i] = regexp.MustCompile(goShape(i))
		}
		b.Run(fmt.Sprintf("aliases=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			measure(b, func(i int) {
				if out := index.Match(texts[i%n]); len(out.Matches) != 1 {
					b.Fatalf("%q: %+v", texts[i%n], out)
				}
			})
		})
		b.Run(fmt.Sprintf("regexp=%d", n), func(b *testing.B) {
			measure(b, func(i int) {
				if !slices.ContainsFunc(scan, func(r *regexp.Regexp) bool { return r.FindStringSubmatch(texts[i%n]) != nil }) {
					b.Fatalf("%q does not match", texts[i%n])
				}
			})
		})
	}
}

// measure times each turn and reports the median and the 99th percentile.
func measure(b *testing.B, turn func(i int)) {
	b.Helper()
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := b.Elapsed()
		turn(i)
		took = append(took, b.Elapsed()-start)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
}

func BenchmarkCompile(b *testing.B) {
	list := shapes(10000)
	b.ReportAllocs()
	for b.Loop() {
		compile(b, list)
	}
}

// hostile are texts that make backtracking matchers hang.
func hostile(size int) map[string]string {
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail
	}
	return map[string]string{
		"pairs":   fill("deploy x to y ", "a==b ", `"`),
		"spaces":  fill("deploy x to y", " ", "z"),
		"keys":    fill("deploy x to y ", "a=b ", "c"),
		"quotes":  fill("deploy x to y ", `x="`, ""),
		"quoted":  fill("deploy ", `"' `, "to y"),
		"words":   fill("deploy ", "to ", "y"),
		"braces":  fill("deploy ", "{x} to ", "{"),
		"unequal": fill("deploy ", "=", " to"),
	}
}

// BenchmarkHostile reads lines of 40,000 characters against formats of three and of fifteen parameters.
func BenchmarkHostile(b *testing.B) {
	for name, format := range map[string]string{"three": "deploy {{app}} to {{env}} {{note=none}}", "fifteen": "deploy" + fifteen()} {
		index := compile(b, []*aliases.Alias{command("p.a", format)})
		for kind, text := range hostile(40000) {
			b.Run(name+"/"+kind, func(b *testing.B) {
				measure(b, func(int) { index.Match(text) })
			})
		}
	}
}

// BenchmarkParse matches a text against one format: compiled for it, as `petrel alias match --stdin` may, and kept by a Parser.
func BenchmarkParse(b *testing.B) {
	const format, text = "run {{cmd}} on {{host}} {{level=1}}", "run uname -a on web1 timeout=5"
	var kept aliases.Parser
	for name, parse := range map[string]func(string, string, bool) ([]aliases.Params, error){
		"compiled": aliases.ParseFormat, "kept": kept.Parse,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := parse(format, text, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
