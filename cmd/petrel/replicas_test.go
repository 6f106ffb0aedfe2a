package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

// replica writes the configuration of one machine of several: its own data folder, and the Redis and the key file of all.
func replica(t *testing.T, shared, claryURL, redisAddr string) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "petrel.yaml")
	text := fmt.Sprintf(`data: %s
key_file: %s
store: {driver: redis, redis: {addresses: [%q]}}
adapters: {console: {enabled: true, person: ann}}
permissions:
  - {identity: "console:ann", action: "*"}
  - {identity: "shell:*", action: "*"}
executor: {lease: 1s}
clary: {url: %q}
`, filepath.Join(dir, "data"), filepath.Join(shared, "petrel.key"), redisAddr, claryURL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Two machines share one Redis. The one that sets nodes is killed in the middle; the other brings the execution to its end, changes no node
// twice and tells it once. A shell on a third machine follows what the others do, and reads what one of them sealed.
func TestMachineKilledBesideAnother(t *testing.T) {
	clary := startClary(t)
	server, shared := redistest.Start(t), t.TempDir()
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4001", "kind": "set", "after": true}, nil)

	first := start(t, "serve", "--config", replica(t, shared, clary.url, server.Addr))
	first.enter(`clary node status set irene[4000-4005] draining "kernel update" concurrency=1`)
	clary.held("irene4001")
	second := start(t, "serve", "--config", replica(t, shared, clary.url, server.Addr))
	second.enter("executions")
	second.said("running")
	first.kill()
	clary.control(http.MethodPost, "release", map[string]any{"host": "irene4001"}, nil)

	second.said("clary.node.status.set in ")
	second.said("6 hosts are draining (irene[4000-4005])")
	done := map[string]int{}
	for _, e := range clary.effects("transition") {
		done[e.Host]++
	}
	for i := range 6 {
		if host := fmt.Sprintf("irene400%d", i); done[host] != 1 {
			t.Errorf("%s got %d effects, want 1", host, done[host])
		}
	}
	if n := first.count("clary.node.status.set in ") + second.count("clary.node.status.set in "); n != 1 {
		t.Errorf("the final reply came %d times, want 1", n)
	}

	third := replica(t, shared, clary.url, server.Addr)
	shell := start(t, "key", "set", "--config", third, "--encrypt", "bmc", "hunter2")
	shell.said("bmc")
	start(t, "key", "get", "--config", third, "--decrypt", "bmc").said("hunter2")
}

// What waits for people lives in the store alone. The machine that asked is killed; the other one asks others when nobody decides, ends what
// nobody decided at all, each once, and takes the answer that came by a third one.
func TestQuestionsOutliveTheirMachine(t *testing.T) {
	server, shared := redistest.Start(t), t.TempDir()
	pack := filepath.Join(shared, "ops")
	write(t, filepath.Join(pack, "pack.yaml"), "name: ops\ndescription: d\nversion: 1.0.0\nauthor: a\n")
	write(t, filepath.Join(pack, "policies", "ask.yaml"), `name: ask
resource_ref: core.announcement
policy_type: action.approval
parameters: {users: [bob], ttl: 2, escalate: {after: 1s, users: [lea], channel: leads}}
`)
	machine := func() string {
		path := replica(t, shared, "http://127.0.0.1:1", server.Addr)
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = fmt.Fprintf(f, "packs: [%q]\n", pack)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := start(t, "serve", "--config", machine())
	first.enter("ask")
	first.said("Would you like to continue the workflow?")
	first.enter("announce ops hello")
	first.said("It waits for 1 approval")
	first.kill()
	start(t, "serve", "--config", machine())

	third := machine()
	ended := func(action, status string) string {
		listed(t, action, "execution", "list", "--config", third, "--status", status)
		out, err := typed(t, "execution", "list", "--config", third, "--status", status)
		if err != nil {
			t.Fatal(out, err)
		}
		_, rows, _ := strings.Cut(out, "\n")
		return rows[:24]
	}
	id := ended("core.announcement", "timeout")
	log, err := typed(t, "audit", "list", "--config", third, "--execution", id)
	if err != nil || strings.Count(log, " escalated ") != 1 || strings.Count(log, " expired ") != 1 {
		t.Errorf("on record is %v\n%s", err, log)
	}
	if out, err := typed(t, "inquiry", "respond", "--config", third, ended("core.ask", "pending"), "yes"); err != nil {
		t.Fatal(out, err)
	}
	ended("core.ask", "succeeded")
}
