//go:build linux

package console_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a person at a pseudo-terminal with a console on its other side.
type terminal struct {
	*testing.T
	*screen
	master *os.File
	late   <-chan struct{} // closed when the test has waited long enough
	read   sync.WaitGroup
	child  *exec.Cmd
}

// What the editor and a terminal say to each other.
const (
	askCursor = "\x1b[6n"        // the editor asks where the cursor is (ECMA-48 DSR 6)
	atPrompt  = "\x1b[5;9R"      // an answer that lets it go on
	clearRest = "\x1b[0m\x1b[0K" // the editor has written the line and clears what is behind it
	drawn     = "\x1b[?25h"      // the editor has drawn its line and shows the cursor again
	eraseLine = "\r\x1b[0J"      // the console takes the line away to print above it
)

// openTerminal starts the test binary's child mode on a new pseudo-terminal.
func openTerminal(t *testing.T, historyFile string) *terminal {
	t.Helper()
	master, slave := openPTY(t)
	ctx := patient(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self, childArg, historyFile)
	child.Stdin, child.Stdout, child.Stderr = slave, slave, slave
	child.Env = []string{"TERM=xterm", "HOME=" + t.TempDir(), "INPUTRC=/dev/null"}
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close()
	term := &terminal{T: t, screen: newScreen(), master: master, late: ctx.Done(), child: child}
	term.read.Go(term.watch)
	t.Cleanup(func() {
		_ = child.Process.Kill() // it has ended where the test came to its end
		_ = child.Wait()
		term.read.Wait()
		_ = master.Close()
	})
	return term
}

// openPTY returns both sides of a new pseudo-terminal of 24 rows and 80 columns.
func openPTY(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// watch shows what the child writes, and answers its queries as a terminal does, until the child has closed its side.
func (term *terminal) watch() {
	buf := make([]byte, 4096)
	for {
		n, err := term.master.Read(buf)
		if err != nil {
			return
		}
		_, _ = term.Write(buf[:n]) // a screen takes everything
		for range strings.Count(string(buf[:n]), askCursor) {
			_, _ = term.master.WriteString(atPrompt)
		}
	}
}

// types sends keys when the editor has drawn its line and waits for them. While it asks for the cursor's position, keys that
// arrive together with the answer are lost (readline v1.3.0, GetCursorPos).
func (term *terminal) types(keys string) {
	term.Helper()
	term.settles()
	if _, err := term.master.WriteString(keys); err != nil {
		term.Fatal(err)
	}
}

// shows waits until want appears in what was written after the mark, and returns the mark behind it.
func (term *terminal) shows(mark int, want string) int {
	term.Helper()
	term.until(func(seen string) bool { return strings.Contains(seen[mark:], want) }, want)
	return mark + strings.Index(term.Seen()[mark:], want) + len(want)
}

// signals sends the child a signal when the editor waits for keys.
func (term *terminal) signals(s syscall.Signal) {
	term.Helper()
	term.settles()
	if err := term.child.Process.Signal(s); err != nil {
		term.Fatal(err)
	}
}

// settles waits for the editor to have drawn its line.
func (term *terminal) settles() {
	term.Helper()
	term.until(func(seen string) bool { return strings.HasSuffix(seen, drawn) }, "the end of a drawing")
}

// until waits for what was written so far to fulfil the condition.
func (term *terminal) until(holds func(seen string) bool, what string) {
	term.Helper()
	for {
		changed := term.Changed()
		seen := term.Seen()
		if holds(seen) {
			return
		}
		select {
		case <-changed:
		case <-term.late:
			term.Fatalf("%q was not shown:\n%q", what, seen)
		}
	}
}
