//go:build fault

package failpoint

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// What the harness may answer to a hit. To hold a process it answers later.
const (
	Go   = "go"
	Fail = "fail"
	Kill = "kill"
)

// Report is what a process sends, a JSON object a line: first its process id, then each hit.
type Report struct {
	PID   int    `json:"pid,omitempty"`
	ID    uint64 `json:"id,omitempty"`
	Point Point  `json:"point,omitempty"`
	// Goroutines and Files are a census: what runs and what is open.
	Goroutines int `json:"goroutines,omitempty"`
	Files      int `json:"files,omitempty"`
}

// Order is what the harness sends: first the defects, then an answer for each hit, and offsets of the clock at any time.
type Order struct {
	ID      uint64   `json:"id,omitempty"`
	Do      string   `json:"do,omitempty"`
	Defects []Defect `json:"defects,omitempty"`
	Offset  *int64   `json:"offset,omitempty"` // seconds
	Census  bool     `json:"census,omitempty"` // asks for one
}

// link is the connection to the harness.
type link struct {
	conn    net.Conn
	defects []Defect
	offset  atomic.Int64

	// mu guards what follows, and keeps lines whole.
	mu      sync.Mutex
	id      uint64
	waiting map[uint64]chan string
}

// connect returns nil when there is no harness. A process that cannot reach its harness, or loses it, dies: it would be left behind.
func connect(path string) *link {
	if path == "" {
		return nil
	}
	conn, err := net.Dial("unix", path) //nolint:noctx // the first call of a failpoint may come from anywhere
	if err != nil {
		die()
	}
	l := &link{conn: conn, waiting: map[uint64]chan string{}}
	lines := bufio.NewScanner(conn)
	if l.send(Report{PID: os.Getpid()}) != nil || !lines.Scan() {
		die()
	}
	l.obey(lines.Bytes())
	go func() { // it ends with the process
		for lines.Scan() {
			l.obey(lines.Bytes())
		}
		die()
	}()
	return l
}

func (l *link) obey(line []byte) {
	var o Order
	if json.Unmarshal(line, &o) != nil {
		die()
	}
	if o.Offset != nil {
		l.offset.Store(*o.Offset)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if o.Census {
		open, _ := os.ReadDir("/proc/self/fd") // none where there is no such folder
		_ = l.send(Report{Goroutines: runtime.NumGoroutine(), Files: len(open)})
	}
	if o.ID == 0 {
		if o.Defects != nil {
			l.defects = o.Defects
		}
		return
	}
	if answer := l.waiting[o.ID]; answer != nil {
		answer <- o.Do
		delete(l.waiting, o.ID)
	}
}

func (l *link) send(r Report) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = l.conn.Write(append(line, '\n'))
	return err
}

// ask reports a hit and waits for the answer.
func (l *link) ask(ctx context.Context, p Point) (string, error) {
	answer := make(chan string, 1)
	l.mu.Lock()
	l.id++
	l.waiting[l.id] = answer
	err := l.send(Report{ID: l.id, Point: p})
	l.mu.Unlock()
	if err != nil {
		die()
	}
	select {
	case do := <-answer:
		return do, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// die ends the process as kill -9 does: no deferred function runs, nothing is flushed.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // it does not come back
	select {}
}
