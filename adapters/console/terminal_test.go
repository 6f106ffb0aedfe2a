//go:build linux

package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestTerminal(t *testing.T) {
	past := filepath.Join(t.TempDir(), "history")
	term := openTerminal(t, past)

	at := term.shows(0, "petrel> "+askCursor)
	term.types("hello\r")
	at = term.shows(at, "console:root said hello\r\n")
	at = term.shows(at, "petrel> "+askCursor)

	// The account changes, and the prompt says so.
	term.types("as ann\r")
	at = term.shows(at, "You are ann now.\r\n")
	at = term.shows(at, "ann@petrel> "+askCursor)

	// Ctrl-C throws the line away; the arrow brings the last one back.
	term.types("never")
	at = term.shows(at, "never"+clearRest)
	term.types("\x03")
	at = term.shows(at, "ann@petrel> "+askCursor)
	term.types("\x1b[A\x1b[A\r")
	at = term.shows(at, "console:ann said hello\r\n")
	at = term.shows(at, "ann@petrel> "+askCursor)

	// Pasted text is one line and carries no control characters.
	term.types("\x1b[200~two\nlines\x07\x1b[201~")
	at = term.shows(at, "two lines"+clearRest)
	term.types("\r")
	at = term.shows(at, "console:ann said two lines\r\n")
	at = term.shows(at, "ann@petrel> "+askCursor)
	term.types("\x1b[200~```sh\rhelp\r```\x1b[201~")
	at = term.shows(at, "help"+clearRest)
	term.types("\r")
	at = term.shows(at, "console:ann said help\r\n")

	// Ctrl-D ends.
	at = term.shows(at, "ann@petrel> "+askCursor)
	term.types("\x04")
	term.shows(at, "Run returned <nil>")
	if strings.Contains(term.Seen(), "said never") {
		t.Error("the line that Ctrl-C threw away was handed on")
	}
	if strings.Contains(term.Seen(), "> hello\r\n") {
		t.Error("a line that the person sees was echoed again")
	}

	kept, err := os.ReadFile(past)
	if want := "hello\nas ann\nhello\ntwo lines\nhelp\n"; err != nil || string(kept) != want {
		t.Errorf("history is %q, %v; want %q", kept, err, want)
	}
}

func TestTerminalCompletes(t *testing.T) {
	term := openTerminal(t, "")
	at := term.shows(0, "petrel> "+askCursor)
	term.types("cl")
	at = term.shows(at, "cl"+clearRest)
	term.types("\t") // lists the candidates
	at = term.shows(at, "nodes and their states")
	term.types("\t\t") // the second one
	at = term.shows(at, "clary"+clearRest)
	term.types(" x\r")
	at = term.shows(at, "console:root said clary x\r\n")
	at = term.shows(at, "petrel> "+askCursor)
	term.types("exit\r")
	term.shows(at, "Run returned <nil>")
}

// TestTerminalShowsRepliesAboveTheLine has replies arrive while a line is being edited: the line is erased, the reply is
// printed, and prompt and line come back with what was typed so far.
func TestTerminalShowsRepliesAboveTheLine(t *testing.T) {
	term := openTerminal(t, "")
	at := term.shows(0, "petrel> "+askCursor)
	term.types("work\r")
	at = term.shows(at, "work"+clearRest)
	at = term.shows(at, "petrel> "+askCursor)
	term.signals(syscall.SIGUSR1)
	at = term.shows(at, eraseLine+"running  At work ("+execution+")\r\npetrel> ")
	term.types("half a li")
	at = term.shows(at, "half a li"+clearRest)
	term.signals(syscall.SIGUSR1)
	at = term.shows(at, eraseLine+"succeeded  Work is done\r\npetrel> ")
	at = term.shows(at, "half a li"+clearRest)
	term.types("ne\r")
	at = term.shows(at, "console:root said half a line\r\n")
	at = term.shows(at, "petrel> "+askCursor)
	term.types("quit\r")
	term.shows(at, "Run returned <nil>")
}

// TestTerminalErasesLongLines has a reply arrive while the cursor is on the second row of a line: the editor must go up before
// it erases, or half of the line stays.
func TestTerminalErasesLongLines(t *testing.T) {
	term := openTerminal(t, "")
	at := term.shows(0, "petrel> "+askCursor)
	term.types("work\r")
	at = term.shows(at, "work"+clearRest)
	at = term.shows(at, "petrel> "+askCursor)
	long := strings.Repeat("x", 100)
	term.types(long)
	at = term.shows(at, long+clearRest)
	term.signals(syscall.SIGUSR1)
	term.shows(at, "\x1b[1A\x1b[8C"+eraseLine+"running  At work")
}

// TestTerminalEndsWithTheContext ends the context while the editor waits for keys.
func TestTerminalEndsWithTheContext(t *testing.T) {
	term := openTerminal(t, "")
	at := term.shows(0, "petrel> "+askCursor)
	term.types("half")
	at = term.shows(at, "half"+clearRest)
	term.signals(syscall.SIGUSR2)
	term.shows(at, "Run returned <nil>")
}
