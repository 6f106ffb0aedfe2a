package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to change the database behind Petrel's back
)

// typed runs a command line to its end and returns what it printed.
func typed(t *testing.T, args ...string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self)
	cmd.Args = append([]string{"petrel"}, args...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// listed asks for a list until it holds the text.
func listed(t *testing.T, text string, args ...string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		out, err := typed(t, args...)
		if err == nil && strings.Contains(out, text) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("%v does not list %q: %s, %v", args, text, out, err)
		default:
		}
	}
}

// Two commands that need one node follow each other, in the order in which they were typed; one that needs another node passes by.
func TestCommandsForOneNodeFollowEachOther(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	clary.control(http.MethodPost, "hold", map[string]any{"host": "irene4001", "kind": "set"}, nil)
	bot := start(t, "serve", "--config", config)
	bot.enter("whoami")
	bot.said("You are console:ann.")
	if out, err := typed(t, "run", "--config", config, "-a", "clary.node.status.set", "hosts=irene[4000-4002]", "status=draining", "comment=first"); err != nil {
		t.Fatal(out, err)
	}
	clary.held("irene4001")
	if out, err := typed(t, "run", "--config", config, "-a", "clary.node.status.ensure", "hosts=irene[4001-4005]", "status=drained", "comment=second"); err != nil {
		t.Fatal(out, err)
	}
	listed(t, "clary.node.status.ensure", "execution", "list", "--config", config, "--status", "delayed")
	bot.enter(`clary set irene4009 draining "passes by"`)
	bot.said("irene4009 is draining")
	bot.enter("locks")
	bot.said("clary.node.status.set by shell:")
	bot.enter("unlock irene4000")
	bot.said("Type cancel ")
	clary.control(http.MethodPost, "release", map[string]any{"host": "irene4001"}, nil)
	listed(t, "clary.node.status.ensure", "execution", "list", "--config", config, "--status", "succeeded")
	var of4001 []string
	for _, e := range clary.effects("transition") {
		if e.Host == "irene4001" {
			of4001 = append(of4001, e.Status)
		}
	}
	if got := strings.Join(of4001, " "); got != "draining drained" {
		t.Errorf("irene4001 became %s", got)
	}
}

// A pack of a user sets policies for an action and says in its own words what came of it.
func TestPoliciesAndAnswersOfAPack(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	pack := filepath.Join(filepath.Dir(config), "lab")
	for name, text := range map[string]string{
		"pack.yaml":             "name: lab\ndescription: d\nversion: 1.0.0\nauthor: a\n",
		"policies/one.yaml":     "name: one\nresource_ref: core.pause\npolicy_type: action.concurrency\nparameters: {threshold: 1, action: cancel}\n",
		"policies/again.yaml":   "name: again\nresource_ref: clary.node.status.get\npolicy_type: action.retry\nparameters: {retry_on: failure, max_retry_count: 2}\n",
		"policies/lost.yaml":    "name: lost\nresource_ref: core.nothing\npolicy_type: action.retry\nparameters: {retry_on: failure}\n",
		"aliases/say.yaml":      "name: say\naction_ref: core.echo\nformats: ['say {{ message }}']\nresult: {format: 'They said {{ execution.parameters.message }} to {{ execution.context.user }}.'}\n",
		"aliases/somebody.yaml": "name: somebody\naction_ref: core.echo\nformats: ['somebody']\nimmutable_parameters: {message: 'I am {{ action_context.user }}'}\n",
	} {
		path := filepath.Join(pack, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(f, "packs: [%s]\n", pack)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	bot := start(t, "serve", "--config", config)
	bot.enter("say {{ 7 * 7 }}")
	bot.said("They said {{ 7 * 7 }} to console:ann.")
	bot.enter("somebody")
	bot.said("I am console:ann")
	if out, err := typed(t, "run", "--config", config, "-a", "core.pause", "seconds=60"); err != nil {
		t.Fatal(out, err)
	}
	listed(t, "core.pause", "execution", "list", "--config", config, "--status", "running")
	bot.enter("pause 1")
	bot.said("At most 1 of core.pause may run at once (policy lab.one). Nothing was done.")
	clary.control(http.MethodPost, "faults", map[string]any{"host": "irene4000", "kind": "node", "effect": "status", "status": 503, "count": 5}, nil)
	bot.enter("clary node status get irene4000")
	bot.said("irene4000")
	bot.enter("audit what=did action=clary.node.status.get")
	bot.said("clary.node.status.get  irene4000  failed")
	bot.said("clary.node.status.get  irene4000  succeeded")
}

// A question that was asked in a shell is answered in another one, which the first one tells how.
func TestQuestionBetweenShells(t *testing.T) {
	config := configure(t, "http://127.0.0.1:1")
	asks := start(t, "run", "--config", config, "core.ask", "ttl=5")
	line := asks.logged("It waits for an answer from anybody who may run core.inquiry.respond. See what is asked with: petrel inquiry get ")
	id := line[strings.LastIndex(line, " ")+1:]
	if out, err := typed(t, "inquiry", "respond", "--config", config, id, "no"); err != nil || !strings.Contains(out, "is taken") {
		t.Fatal(out, err)
	}
	asks.said("answered at")
	asks.said("continue=false")
}

// Whoever changes a line of the audit log in the database is found out, with the line.
func TestChangedAuditLogIsFoundOut(t *testing.T) {
	clary := startClary(t)
	config := configure(t, clary.url)
	data := filepath.Join(filepath.Dir(config), "data")
	start(t, "run", "--config", config, "core.echo", "message=one").said("one")
	verify := func() (string, error) { return typed(t, "audit", "verify", "--config", config) }
	if out, err := verify(); err != nil || !strings.Contains(out, "The audit log is whole: lines 1 to 2.") {
		t.Fatalf("%s, %v", out, err)
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "petrel.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := db.ExecContext(t.Context(), `UPDATE record SET data = replace(data, '"who":"shell:', '"who":"evil:') WHERE kind = 'audit' AND id LIKE '%1'`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n != 1 {
		t.Fatalf("%d lines were changed, %v", n, err)
	}
	if out, err := verify(); err == nil || !strings.Contains(out, "The audit log is not what was written. Line 1 was changed") {
		t.Errorf("%s, %v", out, err)
	}
}
