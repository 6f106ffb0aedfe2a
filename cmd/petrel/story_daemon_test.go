package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// One data folder has one daemon. The second says who holds it and leaves the first alone.
func TestSecondDaemonIsRefused(t *testing.T) {
	config := configure(t, "")
	first := start(t, "serve", "--config", config)
	first.enter("whoami")
	first.said("You are console:ann")

	out, code := petrel(t, config, "serve")
	if code != 1 || !strings.Contains(out, "already serves the data folder") || !strings.Contains(out, "Stop it first, or name another folder.") {
		t.Errorf("the second daemon ended with %d and said:\n%s", code, out)
	}
	first.enter("echo still here")
	first.said("still here")
}

// What runs is stopped from the shell while the daemon's console waits for it, and what the shell began is stopped from chat. Both tell
// who did it.
func TestCancelWhileRunning(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	for _, host := range []string{"irene4000", "irene4001"} {
		clary.control(http.MethodPost, "hold", map[string]any{"host": host, "kind": "node"}, nil)
	}
	daemon := start(t, "serve", "--config", config)
	daemon.enter("clary node status get irene4000")
	clary.held("irene4000")
	typed := newest(t, config)
	if out, code := petrel(t, config, "execution", "cancel", typed); code != 0 || !strings.Contains(out, typed+" is canceling.") {
		t.Errorf("cancel ended with %d: %s", code, out)
	}
	daemon.said("canceled  clary.node.status.get")

	shell := start(t, "run", "--config", config, "clary.node.status.get", "irene4001")
	clary.held("irene4001")
	begun := newest(t, config)
	daemon.enter("cancel " + begun[:20])
	daemon.said("clary.node.status.get " + begun + " is asked to stop.")
	shell.said("canceled by console:ann")
}

// SIGTERM while an action runs: the daemon gives it the drain time and then ends. The action is idempotent, so the next daemon carries on
// where it stood, and no node gets two changes.
func TestTermWhileRunning(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	edit(t, config, "lease: 1s", "lease: 1s, drain: 1s")
	edit(t, config, "clary: {", "clary: {timeout: 2s, ") // a change that is on its way is waited for
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4002", "kind": "set"}, nil)
	first := start(t, "serve", "--config", config)
	first.enter(`clary set irene[4000-4005] draining "kernel update" concurrency=1`)
	clary.held("irene4002")

	began := clock.System().Now()
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	state, err := first.cmd.Process.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if took := clock.System().Now().Sub(began); took > 8*time.Second {
		t.Errorf("it ended after %s; it may take a drain time of 1s and a request of 2s", took)
	}
	if state.ExitCode() != 0 {
		t.Errorf("asked to end, it ended with %d", state.ExitCode())
	}
	clary.control(http.MethodDelete, "faults", nil, nil)

	second := start(t, "serve", "--config", config)
	second.said("succeeded  clary.node.status.set")
	done := map[string]int{}
	for _, e := range clary.effects("transition") {
		done[e.Host]++
	}
	for _, host := range []string{"irene4000", "irene4001", "irene4002", "irene4003", "irene4004", "irene4005"} {
		if done[host] != 1 {
			t.Errorf("%s got %d changes, want 1", host, done[host])
		}
	}
	if n := first.count("clary.node.status.set") + second.count("clary.node.status.set"); n != 1 {
		t.Errorf("the final reply came %d times, want 1", n)
	}
}

// A line of a user's pack whose runner this version does not have is answered with that. The pack's other aliases work. And where the
// bot serves nobody becomes somebody else: "as" is a line like any other.
func TestServedPackAndPerson(t *testing.T) {
	pack := filepath.Join(t.TempDir(), "lab")
	for name, text := range map[string]string{
		"pack.yaml":          "name: lab\nref: lab\ndescription: Ours\nversion: 1.0.0\nauthor: ann\nemail: ann@example.com\n",
		"actions/old.yaml":   "name: old\nrunner_type: python-script\nentry_point: old.py\ndescription: Old\nparameters: {who: {type: string}}\n",
		"aliases/old.yaml":   "name: old\naction_ref: lab.old\ndescription: Greet\nformats: ['greet {{ who }}']\n",
		"aliases/shout.yaml": "name: shout\naction_ref: core.echo\ndescription: Shout\nformats: ['shout {{ message }}']\n",
		"aliases/bad.yaml":   "name: [\n",
	} {
		file := filepath.Join(pack, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := configure(t, "")
	edit(t, config, "adapters:", "packs: ["+pack+"]\nadapters:")
	daemon := start(t, "serve", "--config", config)
	daemon.enter("greet everybody")
	daemon.said("lab.old cannot run here: runner python-script.")
	daemon.enter("shout at the nodes")
	daemon.said("at the nodes")
	daemon.enter("as bob")
	daemon.said(`I do not know "as bob"`)
	daemon.enter("whoami")
	daemon.said("You are console:ann.")
}

// edit replaces a text in a file.
func edit(t *testing.T, path, old, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q (%v)", path, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, text, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
