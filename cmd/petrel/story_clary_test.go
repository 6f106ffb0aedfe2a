package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClaryInTrouble breaks Clary in every way that people meet. Each ends in one plain sentence with the target and the next step; the
// execution is failed and kept; and when Clary is well again, running it again succeeds.
func TestClaryInTrouble(t *testing.T) {
	tests := []struct {
		name  string
		fault map[string]any
		want  string
	}{
		{"401", map[string]any{"effect": "status", "status": 401}, `irene4000: Clary does not accept the bot's token \(401\)\. Ask .* clary\.token\.`},
		{"403", map[string]any{"effect": "status", "status": 403}, `irene4000: Clary does not let the bot do this \(403\)\. Ask `},
		{"429", map[string]any{"effect": "status", "status": 429}, `irene4000: Clary asks to slow down \(429\)\. Try again`},
		{"500", map[string]any{"effect": "status", "status": 500}, `irene4000: Clary has a fault of its own \(500\)\. Try again`},
		{"503", map[string]any{"effect": "status", "status": 503}, `irene4000: Clary has a fault of its own \(503\)\. Try again`},
		{"garbage", map[string]any{"effect": "garbage"}, `irene4000: Clary's answer .*\. Ask .* clary\.url`},
		{"empty", map[string]any{"effect": "empty"}, `irene4000: Clary's answer .*\. Ask .* clary\.url`},
		{"a web page", map[string]any{"effect": "content_type"}, `irene4000: Clary's answer .*\. Ask .* clary\.url`},
		{"no answer", map[string]any{"effect": "drop"}, `irene4000: Clary cannot be reached at .*\. Try again`},
		{"slow", map[string]any{"effect": "hang"}, `irene4000: Clary did not answer within 300ms\. Try again`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			clary := startClary(t)
			config := impatient(t, clary.url)
			test.fault["count"] = -1
			clary.control(http.MethodPost, "faults", test.fault, nil)
			out, code := petrel(t, config, "run", "clary.node.status.get", "irene4000")
			clary.control(http.MethodDelete, "faults", nil, nil)
			checkTrouble(t, out, code, test.want)

			id := newest(t, config)
			kept, _ := petrel(t, config, "execution", "get", id)
			if !strings.Contains(kept, "failed") {
				t.Errorf("the failed execution is not kept as such:\n%s", kept)
			}
			if out, code = petrel(t, config, "execution", "re-run", id); code != 0 || !strings.Contains(out, "irene4000 is production") {
				t.Errorf("with Clary well again, the second run ended with %d:\n%s", code, out)
			}
		})
	}
}

// Nothing listens where Clary should be.
func TestClaryIsDown(t *testing.T) {
	config := impatient(t, "http://127.0.0.1:1/")
	for _, args := range [][]string{
		{"clary.node.status.get", "irene4000"},
		{"clary.node.status.set", "irene4000", "draining", "hw"},
		{"clary.node.comment", "irene4000", "hw"},
	} {
		out, code := petrel(t, config, append([]string{"run"}, args...)...)
		checkTrouble(t, out, code, `irene4000: Clary cannot be reached at http://127\.0\.0\.1:1.*\. Try again when it is back`)
	}
	out, code := petrel(t, config, "run", "clary.status.next", "production")
	checkTrouble(t, out, code, `status production: Clary cannot be reached`)
}

// The answer to a change is lost after Clary made it. The bot looks before it tries again, so the ledger has one change.
func TestLostAnswerIsNotASecondChange(t *testing.T) {
	clary := startClary(t)
	config := impatient(t, clary.url)
	clary.control(http.MethodPost, "faults", map[string]any{"host": "irene4000", "kind": "set", "effect": "drop", "after": true}, nil)
	out, code := petrel(t, config, "run", "clary.node.status.set", "irene4000", "draining", "kernel")
	if code != 0 || !strings.Contains(out, "irene4000 is draining") {
		t.Errorf("it ended with %d:\n%s", code, out)
	}
	if got := clary.effects("transition"); len(got) != 1 {
		t.Errorf("the ledger has %d changes, want 1: %v", len(got), got)
	}

	clary.control(http.MethodPost, "faults", map[string]any{"host": "irene4001", "kind": "comment", "effect": "drop", "after": true}, nil)
	out, code = petrel(t, config, "run", "clary.node.comment", "irene4001", "fan replaced")
	if got := clary.effects("comment"); len(got) != 1 {
		t.Errorf("the ledger has %d comments, want 1: %v", len(got), got)
	}
	if code == 0 {
		t.Errorf("whether the comment was made cannot be known, and yet it is said to have succeeded:\n%s", out)
	}
}

// With -j the output is one JSON object and nothing else, whether it went well or not.
func TestJSONForPrograms(t *testing.T) {
	clary := startClary(t)
	config := impatient(t, clary.url)
	for host, want := range map[string]string{"irene4000": "succeeded", "irene9999": "failed"} {
		out, _ := petrel(t, config, "run", "-j", "clary.node.status.get", host)
		var got struct {
			Status, Action string
			Params         map[string]string
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%v in:\n%s", err, out)
		}
		if got.Status != want || got.Action != "clary.node.status.get" || got.Params["host"] != host {
			t.Errorf("%s: got %+v, want status %s", host, got, want)
		}
	}
}

// checkTrouble looks for a sentence in the output of a command that must have failed without a trace of the program in it.
func checkTrouble(t *testing.T, out string, code int, want string) {
	t.Helper()
	if code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	if !regexp.MustCompile("(?m)^" + want).MatchString(out) {
		t.Errorf("no line fits %s:\n%s", want, out)
	}
	for _, trace := range []string{"goroutine", "panic", ".go:", "dial tcp", "unexpected end of JSON", "invalid character", "context deadline"} {
		if strings.Contains(out, trace) {
			t.Errorf("the answer has %q in it:\n%s", trace, out)
		}
	}
}

// impatient writes a configuration for the shell whose requests to Clary take 300 ms at most.
func impatient(t *testing.T, claryURL string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "petrel.yaml")
	text := fmt.Sprintf("data: %s\npermissions: [{identity: \"shell:*\", action: \"*\"}]\nclary: {url: %q, timeout: 300ms}\n", filepath.Join(dir, "data"), claryURL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// petrel runs one command of the shell to its end and returns all that it printed, and its exit status.
func petrel(t *testing.T, config string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "petrel", args...) // testscript.Main has put it into the path
	cmd.Env = append(os.Environ(), "PETREL_CONFIG="+config)
	text, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// newest returns the id of the newest execution.
func newest(t *testing.T, config string) string {
	t.Helper()
	out, _ := petrel(t, config, "execution", "list", "-n", "1")
	id := regexp.MustCompile(`(?m)^[0-9a-f]{24}`).FindString(out)
	if id == "" {
		t.Fatalf("no execution is listed:\n%s", out)
	}
	return id
}
