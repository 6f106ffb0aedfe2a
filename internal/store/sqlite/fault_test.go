package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// sentence demands the code, the path and a part of the text for people.
func sentence(t *testing.T, err error, code bot.Code, parts ...string) {
	t.Helper()
	if bot.ErrorCode(err) != code {
		t.Fatalf("got code %q, want %q: %v", bot.ErrorCode(err), code, err)
	}
	for _, p := range parts {
		if !strings.Contains(bot.ErrorText(err), p) {
			t.Errorf("%q does not contain %q", bot.ErrorText(err), p)
		}
	}
}

// outsider opens the file as another program would.
func outsider(t *testing.T, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func query(t *testing.T, conn *sql.Conn, text string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func TestLockedByAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	conn := outsider(t, s.Path())
	query(t, conn, `BEGIN IMMEDIATE`)
	// All who wait are told together: the last one does not wait once for each before it.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	errs := make([]error, 20)
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() {
			errs[n] = s.Commit(ctx, store.Batch{Puts: []store.Put{record("thing", int64(n))}})
		})
	}
	group.Wait()
	for _, err := range errs {
		sentence(t, err, bot.CodeUnavailable, s.Path(), "locked", "close it, then try again")
	}
	_, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
	sentence(t, err, bot.CodeUnavailable, s.Path(), "locked")
	if _, err := s.Get(t.Context(), store.Key{Kind: "thing", ID: "x"}); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Errorf("reading meanwhile: %v", err)
	}
	query(t, conn, `ROLLBACK`)
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
}

func TestDiskFull(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
	pages := func(pragma string) {
		t.Helper()
		if err := s.InTurn(t.Context(), func(_ any, exec func(string) error) error { return exec(pragma) }); err != nil {
			t.Fatal(err)
		}
	}
	pages(`PRAGMA max_page_count = 1`) // as few as there are
	big := record("thing", 2)
	big.Data = make([]byte, 1<<20)
	err := s.Commit(t.Context(), store.Batch{Puts: []store.Put{big}, Enqueue: []store.Entry{{Queue: "jobs", ID: "a"}}})
	sentence(t, err, bot.CodeUnavailable, s.Path(), "no space", "Free some")
	if _, some, err := s.Due(t.Context(), "jobs"); some || err != nil {
		t.Errorf("something of the batch is there: %t, %v", some, err)
	}
	if _, err := s.Get(t.Context(), store.Key{Kind: "thing", ID: id(1)}); err != nil {
		t.Errorf("what was there before: %v", err)
	}
	pages(`PRAGMA max_page_count = 1000000`)
	commit(t, s, store.Batch{Puts: []store.Put{big}})
}

func TestReadOnly(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	// The tests may run as root, whom no mode of a file keeps from writing.
	if err := s.InTurn(t.Context(), func(_ any, exec func(string) error) error { return exec(`PRAGMA query_only = ON`) }); err != nil {
		t.Fatal(err)
	}
	err := s.Commit(t.Context(), store.Batch{Puts: []store.Put{record("thing", 1)}})
	sentence(t, err, bot.CodeUnavailable, s.Path(), "may not write", "Let its user write")
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Options{Dir: file})
	sentence(t, err, bot.CodeUnavailable, file, "may not write")
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, sqlite.FileName), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
	sentence(t, err, bot.CodeUnavailable, dir, "may not write")
	_, err = sqlite.Open(t.Context(), sqlite.Options{})
	sentence(t, err, bot.CodeInvalid, "Name the folder")
}

func TestNotADatabase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, sqlite.FileName)
	if err := os.WriteFile(path, []byte(strings.Repeat("This is no database. ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
	sentence(t, err, bot.CodeUnavailable, path, "damaged", "backup")
}

func TestDamagedPages(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	var b store.Batch
	for n := range int64(500) {
		b.Puts = append(b.Puts, record("thing", n))
	}
	commit(t, s, b)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	// The first pages hold the schema, so that the file can still be opened.
	for i := 12 * 4096; i < len(data); i++ {
		data[i] = 0xa5
	}
	if err := os.WriteFile(s.Path(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, sqlite.Options{Dir: dir})
	for n := range int64(500) {
		if _, err = s.Get(t.Context(), store.Key{Kind: "thing", ID: id(n)}); err != nil {
			break
		}
	}
	sentence(t, err, bot.CodeUnavailable, s.Path(), "damaged")
}

func TestDeletedWhileOpen(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	sentence(t, s.Commit(t.Context(), store.Batch{Puts: []store.Put{record("thing", 1)}}), bot.CodeUnavailable, s.Path(), "deleted or replaced", "restart")
	if err := os.WriteFile(s.Path(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := s.Claim(t.Context(), store.ClaimOptions{Queue: "jobs", Lease: 1, Max: 1})
	sentence(t, err, bot.CodeUnavailable, s.Path(), "deleted or replaced")
}

func TestNewerSchema(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	query(t, outsider(t, s.Path()), `UPDATE meta SET value = 99 WHERE name = 'schema'`)
	_, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
	sentence(t, err, bot.CodeUnsupported, s.Path(), "schema 99", "Start that version")
}

// No test can cut the power; this one holds what makes a commit outlive it.
func TestCommitsAreSynchronous(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal"} {
		if got, err := s.Pragma(t.Context(), pragma); got != want || err != nil {
			t.Errorf("%s is %q, want %q; the error is %v", pragma, got, want, err)
		}
	}
}

func TestModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := openStore(t, sqlite.Options{Dir: dir})
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
	want := map[string]os.FileMode{
		dir: 0o700, filepath.Join(dir, "wake"): 0o700,
		s.Path(): 0o600, s.Path() + "-wal": 0o600, s.Path() + "-shm": 0o600,
	}
	for path, mode := range want {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != mode {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), mode)
		}
	}
	if left, err := filepath.Glob(s.Path() + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestCloseLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	commit(t, s, store.Batch{Puts: []store.Put{record("thing", 1)}})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// A write-ahead log that is still there would tell of a connection that is still open.
	files, err := filepath.Glob(s.Path() + "*")
	if err != nil || len(files) != 1 {
		t.Errorf("left are %v, %v", files, err)
	}
	sockets, err := os.ReadDir(filepath.Join(dir, "wake"))
	if err != nil || len(sockets) != 0 {
		t.Errorf("left are %v, %v", sockets, err)
	}
}

func TestManyOpenOneNewFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd ?#% name")
	var group sync.WaitGroup
	for n := range int64(8) {
		group.Go(func() {
			s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: dir})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Commit(t.Context(), store.Batch{Puts: []store.Put{record("thing", n)}}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	s := openStore(t, sqlite.Options{Dir: dir})
	for n := range int64(8) {
		if _, err := s.Get(t.Context(), store.Key{Kind: "thing", ID: id(n)}); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenAfterTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sqlite.Open(ctx, sqlite.Options{Dir: t.TempDir()})
	sentence(t, err, bot.CodeCanceled)
}
