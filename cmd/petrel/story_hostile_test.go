package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/petrelops/petrel/internal/clock"
)

type hostileLine struct {
	name, line string
	want       string // part of the answer
}

// hostile returns lines that nobody types by hand. None of them may stop the next ones, take long, or reach the terminal as more than text.
// They are made when a test asks: each petrel that a story starts is this binary too, and would make them all before its first word.
func hostile() []hostileLine {
	return []hostileLine{
		{"a long message", "echo " + strings.Repeat("x", 40_000), strings.Repeat("x", 40_000)},
		{"a long unknown word", strings.Repeat("x", 40_000), "I do not know"},
		{"a long line of words", strings.Repeat("clary node ", 4_000), "I do not know"},
		{"a long host", "clary node status get " + strings.Repeat("a", 40_000), "is longer than 255 characters"},
		{"many brackets", "clary set " + strings.Repeat("[", 20_000) + ` draining "x"`, "Node set"},
		{"many quotes", "clary comment irene4000 " + strings.Repeat(`"`, 40_001), ""},
		{"many braces", strings.Repeat("{{", 20_000), "I do not know"},
		{"more than a line may hold", "echo " + strings.Repeat("y", 2<<20), "was not taken"},
		{"invalid UTF-8", "echo caf\xe9 \xff\xfe\xc3\x28", "caf\uFFFD"},
		{"a colour", "echo \x1b[31mred\x1b[0m", "red"},
		{"a title and a link", "echo \x1b]0;owned\x07 \x1b]8;;http://evil/\x1b\\here\x1b]8;;\x1b\\", "here"},
		{"an eight-bit escape", "echo \u009b31mred", "red"},
		{"an escape in an unknown line", "frobnicate \x1b[2J\x1b[H", `I do not know "frobnicate`},
		{"an escape in a host", "clary node status get irene\x1b[31m4000", "irene4000 is production"},
		{"an escape in a status", "clary next \x1b[5mnirvana", "nirvana"},
		{"an escape in a comment", "clary comment irene4000 \"\x1b]52;c;ZXZpbA==\x07fan\"", "Comment logged for 1 of 1"},
		{"control characters", "echo a\x00b\x08c\x7fd", "a"},
		{"a turned reading order", "echo \u202egnp.exe", "gnp.exe"},
		{"a carriage return", "echo shown\rhidden", "shown"},
		{"an escape in a name", "as \x1b[31mbob", ""},
	}
}

// Everything that such lines lead to is plain text, and the line after them is answered as ever.
func TestHostileLines(t *testing.T) {
	var script strings.Builder
	for _, h := range hostile() {
		script.WriteString(h.line + "\n")
	}
	script.WriteString("as ann\nwhoami\nclary node status get irene4001\nexecutions 100\n")
	out := demoOutput(t, script.String())
	for _, h := range hostile() {
		if !strings.Contains(out, h.want) {
			t.Errorf("%s: no answer has %.80q", h.name, h.want)
		}
	}
	if !utf8.ValidString(out) {
		t.Error("the output is not UTF-8")
	}
	if i := strings.IndexFunc(out, isControl); i >= 0 {
		t.Errorf("a control character reached the output: %q", out[max(0, i-40):min(len(out), i+40)])
	}
	for _, want := range []string{"You are console:ann.", "irene4001 is production"} {
		if !strings.Contains(out, want) {
			t.Errorf("after it all, no answer has %q", want)
		}
	}
}

func isControl(r rune) bool {
	return r != '\n' && (r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069)
}

// Ten times the text may take ten times as long, not a hundred times.
func TestLongLinesTakeLinearTime(t *testing.T) {
	took := func(n int) time.Duration {
		line := "clary node status set " + strings.Repeat("a,", n) + " draining " + strings.Repeat("key=\"v ", n/4) + "\n"
		began := clock.System().Now()
		demoOutput(t, strings.Repeat(line, 3))
		return clock.System().Now().Sub(began)
	}
	took(10) // the first start reads the binary from the disk
	start, long := took(10), took(60_000)
	if long > 20*start+5*time.Second {
		t.Errorf("three lines of 250,000 characters took %s, where three short ones took %s", long, start)
	}
}

// demoOutput runs petrel demo with the script as its input and returns what it printed. That lines failed is no fault here.
func demoOutput(t *testing.T, script string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "petrel", "demo") // testscript.Main has put it into the path
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}
