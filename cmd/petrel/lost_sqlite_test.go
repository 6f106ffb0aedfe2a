package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite" // to lock the database as another program would
)

// dataOf returns the data folder of a configuration that configure wrote.
func dataOf(config string) string { return filepath.Join(filepath.Dir(config), "data") }

// onSmallDisk makes the data folder a small file system of its own. Only root may do that.
func onSmallDisk(t *testing.T, config string) (remount func(flags uintptr)) {
	t.Helper()
	dir := dataOf(config)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	const size = "size=2m,mode=0700"
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, size); err != nil {
		t.Skipf("a file system of its own is needed, and mount says: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, size); err != nil {
			t.Fatal(err)
		}
	}
}

// Another program keeps the database locked: what is typed meanwhile is refused in time, and work goes on when it lets go.
func TestDatabaseLockedByAnotherProgram(t *testing.T) {
	t.Parallel()
	clary := startClary(t)
	s := serveOn(t, clary, configure(t, clary.url))
	path := filepath.Join(dataOf(s.config), "petrel.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// The bot may be writing just now.
	if _, err := conn.ExecContext(t.Context(), `PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	s.refuses("Another program keeps the database "+path+" locked", "Find it with fuser "+path+" and close it, then try again.")
	if _, err := conn.ExecContext(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	s.works("irene4005")
	s.changed("transition", map[string]int{"irene4005": 1, "irene4009": 0})
	s.stop()
}

// A second daemon is refused while the first one serves.
func TestDatabaseOfAnotherDaemon(t *testing.T) {
	t.Parallel()
	clary := startClary(t)
	s := serveOn(t, clary, configure(t, clary.url))
	refusedAtStart(t, s.config, "already serves the data folder "+dataOf(s.config), "Stop it first, or name another folder.")
	s.works("irene4005")
	s.stop()
}

func TestDataFolderReadOnly(t *testing.T) {
	t.Parallel()
	clary := startClary(t)
	config := configure(t, clary.url)
	remount := onSmallDisk(t, config)
	remount(syscall.MS_RDONLY)
	refusedAtStart(t, config, "Petrel may not write", "Let its user write the file and its folder, then try again.")
	remount(0)
	s := serveOn(t, clary, config)
	s.works("irene4005")
	s.stop()
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	clary := startClary(t)
	config := configure(t, clary.url)
	onSmallDisk(t, config)
	s := serveOn(t, clary, config)
	s.begun("irene4000", "set", "clary.node.status.set", "hosts=irene4000", "status=draining", "comment=full")
	full := filepath.Join(dataOf(config), "full")
	fill(t, full)
	s.refuses("There is no space left for the database", "Free some on its disk, then try again.")
	s.clary.control("POST", "release", map[string]any{"host": "irene4000"}, nil)
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	s.works("irene4005")
	listed(t, "clary.node.status.set", "execution", "list", "--config", config, "--status", "succeeded")
	s.changed("transition", map[string]int{"irene4000": 1, "irene4005": 1, "irene4009": 0})
	s.stop()

	fill(t, full)
	if err := os.Remove(filepath.Join(dataOf(config), "petrel.db")); err != nil {
		t.Fatal(err)
	}
	fill(t, full+"er") // what the database gave free
	refusedAtStart(t, config, "There is no space left for the database", "Free some on its disk, then try again.")
}

// fill writes a file until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
}

func TestDatabaseDamaged(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, path string){
		"not a database": func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(strings.Repeat("This is no database. ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"pages overwritten": func(t *testing.T, path string) {
			t.Helper()
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte(strings.Repeat("\xff", 1<<16)), 200); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			config := configure(t, "http://127.0.0.1:1")
			echoes(t, config)
			path := filepath.Join(dataOf(config), "petrel.db")
			damage(t, path)
			refusedAtStart(t, config, "The database "+path+" is damaged", "Stop Petrel and put a backup in its place, or move the file away to begin anew.")
			if err := os.Rename(path, path+".damaged"); err != nil {
				t.Fatal(err)
			}
			echoes(t, config)
		})
	}
}

// echoes runs a command in the shell to its end.
func echoes(t *testing.T, config string) {
	t.Helper()
	if out, err := typed(t, "run", "--config", config, "core.echo", "message=hello"); err != nil || !strings.Contains(out, "hello") {
		t.Fatal(out, err)
	}
}
