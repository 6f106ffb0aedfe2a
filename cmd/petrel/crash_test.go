package main

import (
	"net/http"
	"testing"
)

// The bot is killed while it sets ten nodes: one node is done, the change of a second is made but its answer lost, a third is in the
// middle and then changed by somebody else, the others are not begun. The next process brings the execution to its end: no node gets two
// effects, the one that somebody changed is reported and left alone, and the reply comes once.
func TestKilledWhileSettingNodes(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4001", "kind": "set", "after": true}, nil)
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4002", "kind": "set"}, nil)

	first := start(t, "serve", "--config", config)
	first.enter(`clary node status set irene[4000-4009] draining "kernel update" concurrency=2`)
	clary.held("irene4001")
	clary.held("irene4002")
	first.kill()
	clary.control(http.MethodPut, "nodes/irene4002/status", map[string]any{"status": "failed", "user": "eve", "comment": "smoke"}, nil)
	clary.control(http.MethodPost, "release", map[string]any{"host": "irene4001"}, nil)
	clary.control(http.MethodPost, "release", map[string]any{"host": "irene4002"}, nil)

	second := start(t, "serve", "--config", config)
	second.said("clary.node.status.set in ")
	second.said("irene4002")
	second.said("Somebody else changed it meanwhile")

	done := map[string]int{}
	for _, e := range clary.effects("transition") {
		done[e.Host]++
	}
	for _, host := range []string{"irene4000", "irene4001", "irene4003", "irene4004", "irene4005", "irene4006", "irene4007", "irene4008", "irene4009"} {
		if done[host] != 1 {
			t.Errorf("%s got %d effects, want 1", host, done[host])
		}
	}
	if done["irene4002"] != 0 {
		t.Errorf("irene4002, which eve had changed, was changed again: %v", clary.effects("transition"))
	}
	second.enter("executions")
	second.said("clary.node.status.set  failed")
	if n := first.count("clary.node.status.set in ") + second.count("clary.node.status.set in "); n != 1 {
		t.Errorf("the final reply came %d times, want 1", n)
	}
}

// A comment cannot be taken back, so the bot never makes one a second time by itself.
func TestKilledWhileCommenting(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4001", "kind": "comment", "after": true}, nil)

	first := start(t, "serve", "--config", config)
	first.enter(`clary comment irene[4000-4003] "fan replaced" concurrency=1`)
	clary.held("irene4001")
	first.kill()
	clary.control(http.MethodDelete, "faults", nil, nil)

	second := start(t, "serve", "--config", config)
	second.said("abandoned")
	second.said("irene4000")
	done := map[string]int{}
	for _, e := range clary.effects("comment") {
		done[e.Host]++
	}
	if len(done) != 2 || done["irene4000"] != 1 || done["irene4001"] != 1 {
		t.Errorf("comments in the ledger: %v, want one for irene4000 and one for irene4001", done)
	}
}

// The shell beside a daemon only accepts and follows; without one it does the work itself.
func TestShellBesideTheDaemon(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	daemon := start(t, "serve", "--config", config)
	daemon.enter("whoami")
	daemon.said("You are console:ann")

	shell := start(t, "run", "--config", config, "clary.node.status.get", "host=irene4000")
	shell.said("production")
	shell.said("serve@") // the history names the worker
	daemon.kill()

	alone := start(t, "run", "--config", config, "clary.node.status.get", "irene4001")
	alone.said("production")
	alone.said("shell@")

	other := start(t, "serve", "--config", config)
	other.enter("executions 2")
	other.said("shell:")
}
