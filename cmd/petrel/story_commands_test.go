package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/petrelops/petrel/internal/clock"
)

// startClaryFor is the command "clary": it starts a simulated Clary in a process of its own and names its address in $CLARY and its
// ledger in $LEDGER.
func startClaryFor(ts *testscript.TestScript, neg bool, args []string) {
	if !neg && len(args) == 4 && args[0] == "set" {
		setClaryFor(ts, args[1], args[2], args[3])
		return
	}
	if neg || len(args) != 0 {
		ts.Fatalf("usage: clary, clary set HOST STATUS COMMENT")
	}
	ts.Setenv("CLARY", startSimFor(ts, "clary"))
	ts.Setenv("LEDGER", ts.MkAbs("clary-ledger.jsonl"))
}

// startSimFor starts a simulator in a process of its own, with its ledger beside the story, and returns its address.
func startSimFor(ts *testscript.TestScript, name string) string {
	self, err := os.Executable()
	ts.Check(err)
	sim := exec.Command(self) // it ends with its standard input
	sim.Args = []string{"petrel", "sim", name, "--listen", "127.0.0.1:0", "--ledger", ts.MkAbs(name + "-ledger.jsonl"), "--with-parent"}
	sim.Stderr = os.Stderr
	in, err := sim.StdinPipe()
	ts.Check(err)
	out, err := sim.StdoutPipe()
	ts.Check(err)
	ts.Check(sim.Start())
	ts.Defer(func() {
		_ = in.Close() // that ends it
		_ = sim.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	return strings.TrimSpace(strings.TrimPrefix(line, listening))
}

// setClaryFor changes a node behind the bot's back.
func setClaryFor(ts *testscript.TestScript, host, status, comment string) {
	body, err := json.Marshal(map[string]string{"status": status, "comment": comment})
	ts.Check(err)
	r, err := http.NewRequest(http.MethodPut, ts.Getenv("CLARY")+"_sim/nodes/"+host+"/status", bytes.NewReader(body))
	ts.Check(err)
	response, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		ts.Fatalf("the status of %s was not set: %s", host, response.Status)
	}
}

// expand is the command "expand FILE": it puts the values of variables such as $CLARY into the file.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: expand FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// capture is the command "capture NAME REGEXP": it sets the variable to what the first group of the regexp finds in the last standard
// output.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	r, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := r.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("nothing in the output fits %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// later is the command "later FILE DURATION": the bot whose store is in the file, and which must have ended, finds when it starts that so
// much time has gone by. A store's time begins where it ended, or at the mark in its file.
func later(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: later FILE DURATION")
	}
	by, err := time.ParseDuration(args[1])
	ts.Check(err)
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	done, err := db.Exec(`UPDATE meta SET value = ? WHERE name = 'clock'`, clock.System().Now().Add(by).UnixNano())
	ts.Check(err)
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		ts.Fatalf("%s has no clock: %v", args[0], err)
	}
}
