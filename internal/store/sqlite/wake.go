package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/petrelops/petrel/internal/store"
)

const (
	// datagramMax keeps a datagram well under what Linux takes by default (208 KiB).
	datagramMax = 32 << 10
	// socketPathMax is the longest path of a unix socket that Linux and the BSDs both take.
	socketPathMax = 103
)

// wake carries notices between the processes that have the file open. Each has a datagram socket in one folder; who commits
// sends to all the others and waits for nobody. A notice that does not arrive is made up for by the waiter's own look.
type wake struct {
	dir    string
	name   string
	conn   *net.UnixConn // nil where no socket could be made
	topics *store.Fanout
	log    *slog.Logger

	finished sync.WaitGroup
}

// newWake opens this process's socket and serves it until close. Where that fails the store works without, and says so once.
func newWake(ctx context.Context, o Options, topics *store.Fanout) *wake {
	w := &wake{
		dir:    filepath.Join(o.Dir, "wake"),
		name:   fmt.Sprintf("%d-%016x", os.Getpid(), o.Random.Uint64()),
		topics: topics,
		log:    o.Log,
	}
	conn, err := w.listen(ctx)
	if err != nil {
		w.log.Warn("other processes are not woken at once, they look once a second", "cause", err)
		return w
	}
	w.conn = conn
	w.finished.Go(w.serve)
	return w
}

func (w *wake) listen(ctx context.Context) (*net.UnixConn, error) {
	path := filepath.Join(w.dir, w.name)
	if len(path) > socketPathMax {
		return nil, fmt.Errorf("the path of the data folder is too long for a unix socket: %d characters", len(w.dir))
	}
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	conn, err := (&net.ListenConfig{}).ListenPacket(ctx, "unixgram", path)
	if err != nil {
		return nil, err
	}
	return conn.(*net.UnixConn), nil
}

// serve hands what other processes send to the subscribers here, until the socket is closed.
func (w *wake) serve() {
	buf := make([]byte, datagramMax)
	for {
		n, _, err := w.conn.ReadFromUnix(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			w.log.Warn("the wake-up socket could not be read", "cause", err)
			return
		}
		for _, notice := range decodeNotices(buf[:n]) {
			w.topics.Send(notice)
		}
	}
}

// send passes notices to all other processes.
func (w *wake) send(notices []store.Notice) {
	if w.conn == nil || len(notices) == 0 {
		return
	}
	peers, err := os.ReadDir(w.dir)
	if err != nil || len(peers) < 2 {
		return // alone, or the folder is gone: the others look by themselves
	}
	datagrams := encodeNotices(notices)
	for _, p := range peers {
		if p.Name() != w.name {
			w.sendTo(filepath.Join(w.dir, p.Name()), datagrams)
		}
	}
}

// sendTo never waits: the standard library's write would, for a reader that is stopped and whose buffer is full.
func (w *wake) sendTo(path string, datagrams [][]byte) {
	raw, err := w.conn.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		for _, d := range datagrams {
			err := syscall.Sendto(int(fd), d, syscall.MSG_DONTWAIT, &syscall.SockaddrUnix{Name: path})
			if errors.Is(err, syscall.ECONNREFUSED) {
				_ = os.Remove(path) // its process is dead
			}
			if err != nil {
				return
			}
		}
	})
}

func (w *wake) close() error {
	if w.conn == nil {
		return nil
	}
	err := errors.Join(w.conn.Close(), os.Remove(filepath.Join(w.dir, w.name)))
	w.finished.Wait()
	if errors.Is(err, os.ErrNotExist) {
		return nil // the folder was taken away; there is nothing left to remove
	}
	return err
}

// encodeNotices writes each different notice once, into as few datagrams as hold them.
func encodeNotices(notices []store.Notice) [][]byte {
	var all [][]byte
	var current []byte
	seen := make(map[store.Notice]bool, len(notices))
	for _, n := range notices {
		one := pack(n.Topic, n.Payload)
		if seen[n] || len(one) > datagramMax {
			continue
		}
		seen[n] = true
		if len(current)+len(one) > datagramMax {
			all = append(all, current)
			current = nil
		}
		current = append(current, one...)
	}
	if len(current) > 0 {
		all = append(all, current)
	}
	return all
}

// decodeNotices reads a datagram. What is not one of ours holds no notices.
func decodeNotices(datagram []byte) []store.Notice {
	parts, ok := unpack(datagram)
	if !ok || len(parts)%2 != 0 {
		return nil
	}
	var notices []store.Notice
	for i := 0; i < len(parts); i += 2 {
		notices = append(notices, store.Notice{Topic: parts[i], Payload: parts[i+1]})
	}
	return notices
}
