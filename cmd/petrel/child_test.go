package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait of these tests. None of them takes long unless something is broken.
const patience = 60 * time.Second

// child is petrel in a process of its own, with everything it prints.
type child struct {
	t   testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser
	out *transcript // what it says to people
	log *transcript // what it says on standard error
	// ended is closed when both have been read to their end.
	ended chan struct{}
}

// transcript is what a child has printed on one of its outputs.
type transcript struct {
	// mu guards lines; changed is closed and made anew at each line.
	mu      sync.Mutex
	lines   []string
	changed chan struct{}
}

func (s *transcript) read(from io.Reader) {
	for lines := bufio.NewScanner(from); lines.Scan(); {
		s.mu.Lock()
		s.lines = append(s.lines, lines.Text())
		close(s.changed)
		s.changed = make(chan struct{})
		s.mu.Unlock()
	}
}

// find returns the first line that holds the text, and what is closed at the next line.
func (s *transcript) find(text string) (line string, found bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.lines {
		if strings.Contains(line, text) {
			return line, true, nil
		}
	}
	return "", false, s.changed
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// start runs the command line in a new process. The test binary becomes petrel when it is called so (testscript.Main).
func start(tb testing.TB, args ...string) *child {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return startAs(tb, self, args...)
}

// startAs runs the command line in a new process of the program. One that starts others of its kind must be named petrel.
func startAs(tb testing.TB, program string, args ...string) *child {
	tb.Helper()
	c := &child{
		t: tb, cmd: exec.CommandContext(tb.Context(), program), ended: make(chan struct{}),
		out: &transcript{changed: make(chan struct{})}, log: &transcript{changed: make(chan struct{})},
	}
	c.cmd.Args = append([]string{"petrel"}, args...)
	out, outErr := c.cmd.StdoutPipe()
	log, logErr := c.cmd.StderrPipe()
	in, inErr := c.cmd.StdinPipe()
	if err := errors.Join(outErr, logErr, inErr); err != nil {
		tb.Fatal(err)
	}
	c.in = in
	if err := c.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		var both sync.WaitGroup
		both.Go(func() { c.out.read(out) })
		both.Go(func() { c.log.read(log) })
		both.Wait()
	}()
	tb.Cleanup(func() {
		_ = c.cmd.Process.Kill() // it may have ended
		<-c.ended
		_ = c.cmd.Wait() // killed
		if tb.Failed() {
			tb.Logf("%s printed:\n%s\nand on standard error:\n%s", strings.Join(args, " "), c.out, c.log)
		}
	})
	return c
}

// said waits for a line that holds the text and returns it.
func (c *child) said(text string) string {
	c.t.Helper()
	return c.found(c.out, text)
}

// logged waits for a line of the log that holds the text and returns it.
func (c *child) logged(text string) string {
	c.t.Helper()
	return c.found(c.log, text)
}

func (c *child) found(in *transcript, text string) string {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		line, found, changed := in.find(text)
		if found {
			return line
		}
		select {
		case <-changed:
		case <-deadline:
			c.t.Fatalf("nothing with %q was said in %s", text, patience)
		}
	}
}

// count returns how many lines that were said hold the text.
func (c *child) count(text string) int {
	n := 0
	for line := range strings.Lines(c.out.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (c *child) enter(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// kill ends the process as kill -9 does and waits until it is gone.
func (c *child) kill() {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.cmd.Process.Wait(); err != nil {
		c.t.Fatal(err)
	}
}

// stop ends the process as an operator does, and demands that it ends well.
func (c *child) stop() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	select {
	case <-c.ended:
	case <-time.After(patience):
		c.t.Fatalf("it did not end in %s", patience)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("it ended with %v", err)
	}
}

// clarySim is a simulated Clary in a process of its own.
type clarySim struct {
	t      testing.TB
	url    string
	ledger string
}

func startClary(tb testing.TB, args ...string) *clarySim {
	tb.Helper()
	s := &clarySim{t: tb, ledger: filepath.Join(tb.TempDir(), "ledger.jsonl")}
	c := start(tb, append([]string{"sim", "clary", "--listen", "127.0.0.1:0", "--ledger", s.ledger}, args...)...)
	s.url = strings.TrimPrefix(c.said(listening), listening)
	return s
}

// control calls the simulator's control API and decodes the answer into into, if that is not nil.
func (s *clarySim) control(method, path string, body, into any) {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"_sim/"+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %s %s %v", method, path, answer.Status, text, err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			s.t.Fatal(err)
		}
	}
}

// held waits until a request for the host is held.
func (s *clarySim) held(host string) {
	s.t.Helper()
	var answer struct{ Reached bool }
	s.control(http.MethodGet, "held?host="+host+"&timeout=30s", nil, &answer)
	if !answer.Reached {
		s.t.Fatalf("no request for %s was held", host)
	}
}

// effect is a line of the ledger.
type effect struct{ Kind, Host, Previous, Status, User, Code string }

func (s *clarySim) effects(kind string) []effect {
	s.t.Helper()
	data, err := os.ReadFile(s.ledger)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []effect
	for line := range strings.Lines(string(data)) {
		var e effect
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			s.t.Fatal(err)
		}
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

// configure writes a configuration for a daemon that talks to the simulator and takes lines from its standard input.
func configure(t *testing.T, claryURL string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "petrel.yaml")
	text := fmt.Sprintf(`data: %s
adapters: {console: {enabled: true, person: ann}}
permissions:
  - {identity: "console:ann", action: "*"}
  - {identity: "shell:*", action: "*"}
executor: {lease: 1s}
clary: {url: %q}
`, filepath.Join(dir, "data"), claryURL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
