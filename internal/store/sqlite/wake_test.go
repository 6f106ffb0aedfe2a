package sqlite_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func news(payload string) store.Batch {
	return store.Batch{Notify: []store.Notice{{Topic: "news", Payload: payload}}}
}

func subscribe(t *testing.T, s store.Store, topic string) <-chan string {
	t.Helper()
	c, err := s.Subscribe(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// receive waits for a notice.
func receive(t *testing.T, from <-chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Errorf("got the notice %q, want %q", got, want)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no notice came")
	}
}

// socket makes a socket in the wake-up folder that nobody reads.
func socket(t *testing.T, dir, name string) (*net.UnixConn, string) {
	t.Helper()
	path := filepath.Join(dir, "wake", name)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, path
}

func TestSocketOfADeadProcessIsRemoved(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	conn, path := socket(t, dir, "1-dead")
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	commit(t, s, news("one"))
	commit(t, s, news("two")) // taken after the first has been announced
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestStoppedReaderStopsNobody(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	socket(t, dir, "1-stopped")
	alive := openStore(t, sqlite.Options{Dir: dir})
	notices := subscribe(t, alive, "end")
	long := strings.Repeat("x", store.MaxPayload)
	for n := range 2000 {
		b := news(fmt.Sprint(n))
		b.Notify[0].Payload += long[:1000]
		commit(t, s, b)
	}
	for served := false; !served; { // the one who reads may have been behind as well
		commit(t, s, store.Batch{Notify: []store.Notice{{Topic: "end", Payload: "still served"}}})
		select {
		case <-notices:
			served = true
		default:
		}
	}
}

func TestDatagramOfAStranger(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	notices := subscribe(t, s, "news")
	sockets, err := os.ReadDir(filepath.Join(dir, "wake"))
	if err != nil || len(sockets) != 1 {
		t.Fatal(sockets, err)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: filepath.Join(dir, "wake", sockets[0].Name()), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, datagram := range [][]byte{{}, {0xff}, []byte("garbage"), sqlite.Pack("news"), append(sqlite.Pack("news", "cut off"), 9, 'x'), sqlite.Pack("news", "right")} {
		if _, err := conn.Write(datagram); err != nil {
			t.Fatal(err)
		}
	}
	receive(t, notices, "right")
}

func TestManyNoticesAtOnceReachTheOtherProcess(t *testing.T) {
	dir := t.TempDir()
	s, other := openStore(t, sqlite.Options{Dir: dir}), openStore(t, sqlite.Options{Dir: dir})
	var b store.Batch
	for n := range 60 { // more than one datagram, no more than a reader's backlog
		b.Notify = append(b.Notify, store.Notice{Topic: "news", Payload: fmt.Sprintf("%04d%s", n, strings.Repeat("x", 1000))})
	}
	notices := subscribe(t, other, "news")
	commit(t, s, b)
	for _, n := range b.Notify {
		receive(t, notices, n.Payload)
	}
}

func TestPathTooLongForASocket(t *testing.T) {
	var log bytes.Buffer
	o := sqlite.Options{Dir: filepath.Join(t.TempDir(), strings.Repeat("long", 30)), Log: slog.New(slog.NewTextHandler(&log, nil))}
	s := openStore(t, o)
	if n := strings.Count(log.String(), "once a second"); n != 1 {
		t.Errorf("logged %d times: %s", n, log.String())
	}
	notices := subscribe(t, s, "news")
	commit(t, s, news("here"))
	receive(t, notices, "here")
}

func TestFolderOfSocketsTakenAway(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Options{Dir: dir})
	if err := os.RemoveAll(filepath.Join(dir, "wake")); err != nil {
		t.Fatal(err)
	}
	notices := subscribe(t, s, "news")
	commit(t, s, news("here"))
	receive(t, notices, "here")
}

func FuzzUnpack(f *testing.F) {
	f.Add(sqlite.Pack("queue/executions", ""))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, data []byte) {
		parts, ok := sqlite.Unpack(data)
		if !ok {
			return
		}
		again, ok := sqlite.Unpack(sqlite.Pack(parts...))
		if !ok || cmp.Diff(parts, again) != "" {
			t.Fatalf("%q became %q", parts, again)
		}
	})
}
