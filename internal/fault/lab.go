//go:build fault

package fault

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

// Setup says what a lab is made of.
type Setup struct {
	Binary   string
	Fast     string // the same without the race detector
	Replicas int
	Lease    time.Duration
	Drain    time.Duration // 20 s if zero
	Scale    int           // divides the chat's minutes
	Defects  []failpoint.Defect
	Redis    []string // arguments of redis-server
	Proxy    bool     // between the bot and Redis
	Latency  time.Duration
	Nodes    int
	Seed     uint64
	Races    bool   // people and policies instead of everybody
	Short    bool   // a scenario that can leaves out what ordinary commands meet too
	Asks     bool   // the same with policies of which each asks in its own way, and freezes that may be broken
	Chat     string // slack or discord instead of the harness's own chat
	Timers   int    // a pack with so many timers that come due each second, and a rule that tells of Clary's events
	Limits   bool   // that chat keeps its limits on how much is posted
	Slash    int    // every how many-th command is typed as a slash command; 0 is none
	Half     bool   // the path to that chat can be broken in one direction
}

// lab is one bot of several processes with all that it talks to.
type lab struct {
	Setup
	dir      string
	clock    clock.Clock
	in       *injector
	redis    *redisServer
	proxy    *proxy
	chat     *simulator // of a relayRoom
	room     room
	clary    *simulator
	replicas []*child
	random   *seeded

	// mu guards what follows: load may come from several goroutines.
	mu        sync.Mutex
	commands  []*Command
	number    int
	host      int
	figures   map[string]float64 // what a story measured, by name
	races     []*race
	questions []*question
	window    window
	news      news
}

// simulator is a stand-in in a process of its own.
type simulator struct {
	*child
	url    string
	ledger string
}

// newLab starts everything but the replicas. Whatever was started is ended by close, also after an error.
func newLab(ctx context.Context, s Setup) (l *lab, err error) {
	l = &lab{Setup: s, clock: clock.System(), random: &seeded{s.Seed}, replicas: make([]*child, s.Replicas), figures: map[string]float64{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
			l = nil
		}
	}()
	if l.dir, err = os.MkdirTemp("", "petrel-fault-"); err != nil {
		return l, err
	}
	if l.in, err = newInjector(ctx, l.dir, l.clock); err != nil {
		return l, err
	}
	if l.redis, err = startRedis(ctx, l.in, l.dir, s.Redis...); err != nil {
		return l, err
	}
	if s.Proxy {
		if l.proxy, err = startProxy(ctx, l.redis.addr, l.clock); err != nil {
			return l, err
		}
	}
	if err = l.furnish(ctx); err != nil {
		return l, err
	}
	l.clary, err = l.simulate(ctx, "clary", "--nodes", strconv.Itoa(max(s.Nodes, 5000)), "--latency", s.Latency.String())
	return l, err
}

// furnish makes the chat.
func (l *lab) furnish(ctx context.Context) error {
	var err error
	switch l.Chat {
	case "slack":
		l.room, err = newSlackRoom(ctx, l)
	case "discord":
		l.room, err = newDiscordRoom(ctx, l)
	default:
		l.room = relayRoom{l}
		l.chat, err = l.simulate(ctx, "chat", "--scale", strconv.Itoa(max(l.Scale, 1)))
	}
	return err
}

func (l *lab) simulate(ctx context.Context, kind string, args ...string) (*simulator, error) {
	s := &simulator{ledger: filepath.Join(l.dir, kind+".jsonl")}
	argv := append([]string{l.Binary, "sim", kind, "--listen", "127.0.0.1:0", "--ledger", s.ledger}, args...)
	var err error
	if s.child, err = launch(ctx, kind, filepath.Join(l.dir, kind+".log"), argv, nil); err != nil {
		return nil, err
	}
	s.url, err = s.address()
	s.reap()
	return s, err
}

// start starts replica i, which must be down.
func (l *lab) start(ctx context.Context, i int) error {
	config := filepath.Join(l.dir, fmt.Sprintf("petrel%d.yaml", i))
	addr := l.redis.addr
	if l.proxy != nil {
		addr = l.proxy.addr()
	}
	drain := l.Drain
	if drain == 0 {
		drain = 20 * time.Second
	}
	people := "permissions: [{identity: \"" + l.account() + ":*\", action: \"*\"}, {identity: \"shell:*\", action: \"core.audit\"}]\n"
	guards := ""
	if l.Races {
		var err error
		if people, err = l.writePolicies(racePolicies); err != nil {
			return err
		}
	}
	if l.Asks {
		var err error
		if people, err = l.writePolicies(questionPolicies); err != nil {
			return err
		}
		guards = brokenBy
	}
	if l.Timers > 0 {
		var err error
		if people, err = l.writeTimers(); err != nil {
			return err
		}
	}
	joined, err := l.room.settings(ctx)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`data: %s
key_file: %s
store: {driver: redis, redis: {addresses: [%q]}}
%s%sexecutor: {lease: %s, drain: %s}
guards: {rate: 0%s}
clary: {url: %q}
`, filepath.Join(l.dir, fmt.Sprintf("data%d", i)), filepath.Join(l.dir, "petrel.key"), addr, joined, people, l.Lease, drain, guards, l.clary.url)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	log := filepath.Join(l.dir, fmt.Sprintf("petrel%d.log", i))
	c, err := launch(ctx, fmt.Sprintf("petrel%d", i), log, []string{l.Binary, "serve", "--config", config}, []string{failpoint.Socket + "=" + l.in.path})
	if err != nil {
		return err
	}
	l.replicas[i] = c.reap()
	return nil
}

// account is how the accounts of whoever writes begin.
func (l *lab) account() string { return cmp.Or(l.Chat, "relay") }

// startAll starts every replica and waits until all of their sockets are open.
func (l *lab) startAll(ctx context.Context) error {
	l.in.mu.Lock()
	l.in.defects = l.Defects
	l.in.mu.Unlock()
	for i := range l.replicas {
		if err := l.start(ctx, i); err != nil {
			return err
		}
	}
	return l.connected(ctx)
}

// connected waits until the sockets of every replica are open.
func (l *lab) connected(ctx context.Context) error {
	return l.await(ctx, 60*time.Second, "the replicas are connected", func() bool { return l.room.sockets(ctx) >= l.room.wanted(l.Replicas) })
}

// restart brings back every replica that is gone.
func (l *lab) restart(ctx context.Context) error {
	for i, c := range l.replicas {
		select {
		case <-c.gone:
			if err := l.start(ctx, i); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

// killReplica kills replica i from outside.
func (l *lab) killReplica(i int) error {
	l.in.note(failpoint.Kill, l.replicas[i].pid())
	return l.replicas[i].kill()
}

// signalReplica sends replica i a signal and notes it.
func (l *lab) signalReplica(i int, s syscall.Signal) error {
	l.in.note(s.String(), l.replicas[i].pid())
	return l.replicas[i].signal(s)
}

// holder returns the index of the replica that a rule met.
func (l *lab) holder(r *rule) int {
	for i, c := range l.replicas {
		if c.pid() == r.pids {
			return i
		}
	}
	return -1
}

// close ends all processes and removes the folder.
func (l *lab) close() error {
	var errs []error
	for _, c := range l.replicas {
		if c != nil {
			errs = append(errs, c.signal(syscall.SIGCONT), c.kill())
		}
	}
	if l.room != nil {
		errs = append(errs, l.room.close())
	}
	for _, s := range []*simulator{l.chat, l.clary} {
		if s != nil && s.child != nil {
			errs = append(errs, s.kill())
		}
	}
	if l.proxy != nil {
		l.proxy.close()
	}
	if l.redis != nil {
		errs = append(errs, l.redis.close())
	}
	if l.in != nil {
		l.in.close()
	}
	if keep := os.Getenv("PETREL_FAULT_KEEP"); keep == "" { //nolint:forbidigo // for a person who looks at what a run left
		errs = append(errs, os.RemoveAll(l.dir))
	}
	return errors.Join(errs...)
}
