package sqlite_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// victim makes this test binary the process that is killed, with the data folder given.
var victim = flag.String("victim", "", "commit into this folder until killed")

// TestVictim is the other process of TestKilledProcess: a daemon that claims an entry, then prints the id of each record that
// it has committed.
func TestVictim(t *testing.T) {
	if *victim == "" {
		t.Skip("only TestKilledProcess runs it")
	}
	if _, err := sqlite.TryDaemon(*victim); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, sqlite.Options{Dir: *victim})
	commit(t, s, store.Batch{Enqueue: []store.Entry{{Queue: "jobs", ID: "a"}}})
	if _, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Owner: "victim", Lease: time.Hour, Max: 1}); err != nil {
		t.Fatal(err)
	}
	for n := int64(0); ; n++ {
		commit(t, s, store.Batch{Puts: []store.Put{record("thing", n)}})
		fmt.Fprintln(os.Stdout, id(n))
	}
}

func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	release, err := sqlite.TryDaemon(dir) // makes the folder's lock before the victim does
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, sqlite.Options{Dir: dir})
	woken := subscribe(t, s, store.QueueTopic("jobs"))
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$", "-victim="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	receive(t, woken, "") // across processes
	var told []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if told = append(told, lines.Text()); len(told) == 200 {
			alive(t, dir, true)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the victim ended by itself")
	}
	if len(told) < 200 {
		t.Fatalf("the victim told of %d commits only: %q", len(told), told)
	}
	for _, id := range told {
		if _, err := s.Get(t.Context(), store.Key{Kind: "thing", ID: id}); err != nil {
			t.Errorf("%s was committed, and now: %v", id, err)
		}
	}
	if claims, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Lease: time.Hour, Max: 1}); err != nil || len(claims) > 0 {
		t.Errorf("the victim's lease lasts, yet %v was claimed; the error is %v", claims, err)
	}
	alive(t, dir, false)
	commit(t, s, news("one"))
	commit(t, s, news("two"))
	sockets, err := filepath.Glob(filepath.Join(dir, "wake", "*"))
	if err != nil || len(sockets) != 1 {
		t.Errorf("the sockets are %v, %v", sockets, err)
	}
}
