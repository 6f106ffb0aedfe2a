package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
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
