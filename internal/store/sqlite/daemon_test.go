package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func alive(t *testing.T, dir string, want bool) {
	t.Helper()
	got, err := sqlite.DaemonAlive(dir)
	if err != nil || got != want {
		t.Errorf("a daemon is alive: %t, want %t; the error is %v", got, want, err)
	}
}

func TestOneDaemonAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	alive(t, dir, false)
	release, err := sqlite.TryDaemon(dir)
	if err != nil {
		t.Fatal(err)
	}
	alive(t, dir, true)
	_, err = sqlite.TryDaemon(dir)
	sentence(t, err, bot.CodeConflict, dir, fmt.Sprintf("process %d", os.Getpid()), "Stop it first")
	if err := release(); err != nil {
		t.Fatal(err)
	}
	alive(t, dir, false)
	release, err = sqlite.TryDaemon(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

// A shell that asks for the daemon at the moment when one starts must not be taken for another daemon.
func TestAskingIsNoDaemon(t *testing.T) {
	dir := t.TempDir()
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := sqlite.DaemonAlive(dir); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 100 {
		release, err := sqlite.TryDaemon(dir)
		if err != nil {
			t.Error(err)
			break
		}
		if err := release(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	group.Wait()
}

func TestDaemonLockThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "daemon.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.TryDaemon(dir)
	sentence(t, err, bot.CodeUnavailable, filepath.Join(dir, "daemon.lock"))
}
