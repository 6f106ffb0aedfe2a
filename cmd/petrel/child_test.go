package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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

	// mu guards lines; changed is closed and made anew at each line.
	mu      sync.Mutex
	lines   []string
	changed chan struct{}
}

// start runs the command line in a new process. The test binary becomes petrel when it is called so (testscript.Main).
func start(tb testing.TB, args ...string) *child {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	c := &child{t: tb, cmd: exec.CommandContext(tb.Context(), self), changed: make(chan struct{})}
	c.cmd.Args = append([]string{"petrel"}, args...)
	errs := &bytes.Buffer{}
	c.cmd.Stderr = errs
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			c.mu.Lock()
			c.lines = append(c.lines, s.Text())
			close(c.changed)
			c.changed = make(chan struct{})
			c.mu.Unlock()
		}
	}()
	tb.Cleanup(func() {
		_ = c.cmd.Process.Kill() // it may have ended
		<-read
		_ = c.cmd.Wait() // killed
		if tb.Failed() {
			tb.Logf("%s printed:\n%s\nand on standard error:\n%s", strings.Join(args, " "), strings.Join(c.lines, "\n"), errs)
		}
	})
	return c
}

// said waits for a line that holds the text and returns it.
func (c *child) said(text string) string {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		changed := c.changed
		for _, line := range c.lines {
			if strings.Contains(line, text) {
				c.mu.Unlock()
				return line
			}
		}
		c.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			c.t.Fatalf("nothing with %q was said in %s", text, patience)
		}
	}
}

// count returns how many lines hold the text.
func (c *child) count(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, line := range c.lines {
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
