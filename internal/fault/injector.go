//go:build fault

package fault

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// hold is an answer that comes later.
const hold = "hold"

// rule is a fault that waits for its hit.
type rule struct {
	point failpoint.Point
	pid   int    // whose hit; 0 is anybody's
	nth   int    // which of the hits that match, from 1
	do    string // failpoint.Kill, failpoint.Fail, hold, or failpoint.Go to see who comes by

	fired   chan struct{} // closed when it was met
	release chan struct{} // closed when a hold may go on
	pids    int           // who met it
}

// Firing is a line of the injector's ledger: a fault that happened.
type Firing struct {
	Time  time.Time       `json:"time"`
	Point failpoint.Point `json:"point,omitempty"`
	Do    string          `json:"do"`
	PID   int             `json:"pid"`
	Nth   int             `json:"nth,omitempty"`
}

// deadly reports whether it took a process away, for a while or for good.
func (f Firing) deadly() bool {
	return f.Do == failpoint.Kill || f.Do == "stopped (signal)" || f.Do == "terminated"
}

// injector is the harness's end of the control socket.
type injector struct {
	path     string
	listener net.Listener
	clock    clock.Clock
	group    sync.WaitGroup

	// mu guards the rest.
	mu      sync.Mutex
	defects []failpoint.Defect // of the processes to come
	rules   []*rule
	hits    map[failpoint.Point]int
	firings []Firing
	conns   map[int]*process
}

// process is one that has connected.
type process struct {
	conn net.Conn
	// mu keeps lines whole.
	mu     sync.Mutex
	census chan failpoint.Report
}

func (p *process) send(o failpoint.Order) error {
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err = p.conn.Write(append(line, '\n'))
	return err
}

func newInjector(ctx context.Context, dir string, c clock.Clock) (*injector, error) {
	in := &injector{path: filepath.Join(dir, "fault.sock"), clock: c, hits: map[failpoint.Point]int{}, conns: map[int]*process{}}
	var err error
	if in.listener, err = new(net.ListenConfig).Listen(ctx, "unix", in.path); err != nil {
		return nil, err
	}
	in.group.Go(func() {
		for {
			conn, err := in.listener.Accept()
			if err != nil {
				return
			}
			in.group.Go(func() { in.serve(conn) })
		}
	})
	return in, nil
}

// close ends every connection, and with it every process that is still there.
func (in *injector) close() {
	in.listener.Close()
	in.mu.Lock()
	for _, p := range in.conns {
		p.conn.Close()
	}
	for _, r := range in.rules {
		if r.do == hold {
			in.free(r)
		}
	}
	in.mu.Unlock()
	in.group.Wait()
}

func (in *injector) serve(conn net.Conn) {
	defer conn.Close()
	p := &process{conn: conn, census: make(chan failpoint.Report, 1)}
	lines := bufio.NewScanner(conn)
	pid := 0
	for lines.Scan() {
		var r failpoint.Report
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break
		}
		switch {
		case r.PID != 0:
			pid = r.PID
			if p.send(in.welcome(pid, p)) != nil {
				return
			}
		case r.Goroutines != 0:
			p.census <- r
		default:
			in.group.Go(func() { in.hit(pid, p, r) })
		}
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.conns[pid] == p {
		delete(in.conns, pid)
	}
}

func (in *injector) welcome(pid int, p *process) failpoint.Order {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.conns[pid] = p
	return failpoint.Order{Defects: append([]failpoint.Defect{}, in.defects...)}
}

// hit answers a hit, at once unless a rule holds it.
func (in *injector) hit(pid int, p *process, r failpoint.Report) {
	do := failpoint.Go
	if met := in.match(pid, r.Point); met != nil {
		if do = met.do; do == hold {
			<-met.release
			do = failpoint.Go
		}
	}
	_ = p.send(failpoint.Order{ID: r.ID, Do: do}) // a process that is gone needs no answer
}

// match counts the hit and returns the rule that it meets.
func (in *injector) match(pid int, point failpoint.Point) *rule {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.hits[point]++
	for i, r := range in.rules {
		if r.point != point || r.pid != 0 && r.pid != pid {
			continue
		}
		if r.nth--; r.nth > 0 {
			continue
		}
		in.rules = append(in.rules[:i:i], in.rules[i+1:]...)
		in.firings = append(in.firings, Firing{Time: in.clock.Now(), Point: point, Do: r.do, PID: pid, Nth: in.hits[point]})
		r.pids = pid
		close(r.fired)
		return r
	}
	return nil
}

// arm adds a rule.
func (in *injector) arm(point failpoint.Point, do string, nth int) *rule {
	r := &rule{point: point, do: do, nth: nth, fired: make(chan struct{}), release: make(chan struct{})}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.rules = append(in.rules, r)
	return r
}

// free lets a held process go on. The caller holds mu, or nobody else frees the rule.
func (in *injector) free(r *rule) {
	select {
	case <-r.release:
	default:
		close(r.release)
	}
}

// note writes a fault that was made from outside into the ledger.
func (in *injector) note(do string, pid int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.firings = append(in.firings, Firing{Time: in.clock.Now(), Do: do, PID: pid})
}

// ledger returns what has happened, and how often each point was hit.
func (in *injector) ledger() ([]Firing, map[failpoint.Point]int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]Firing(nil), in.firings...), maps.Clone(in.hits)
}

// setClock sets the clock of a process.
func (in *injector) setClock(pid int, offset time.Duration) error {
	p := in.process(pid)
	if p == nil {
		return fmt.Errorf("process %d is not connected", pid)
	}
	in.note("clock "+offset.String(), pid)
	seconds := int64(offset / time.Second)
	return p.send(failpoint.Order{Offset: &seconds})
}

func (in *injector) process(pid int) *process {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.conns[pid]
}

// count asks a process how many goroutines and files it has.
func (in *injector) count(ctx context.Context, pid int) (failpoint.Report, error) {
	p := in.process(pid)
	if p == nil {
		return failpoint.Report{}, fmt.Errorf("process %d is not connected", pid)
	}
	if err := p.send(failpoint.Order{Census: true}); err != nil {
		return failpoint.Report{}, err
	}
	select {
	case r := <-p.census:
		return r, nil
	case <-ctx.Done():
		return failpoint.Report{}, errors.Join(ctx.Err(), errors.New("no census came"))
	}
}
