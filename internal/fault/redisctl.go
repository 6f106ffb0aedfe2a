//go:build fault

package fault

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// redisServer is a real redis-server on a free port.
type redisServer struct {
	addr   string
	dir    string
	argv   []string
	child  *child
	client *goredis.Client
	clock  clock.Clock
	in     *injector
}

// startRedis starts a server that writes each change to its disk before it answers; args change that.
func startRedis(ctx context.Context, in *injector, dir string, args ...string) (*redisServer, error) {
	logging.Disable() // go-redis would tell of each connection that is refused while the server starts
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := strings.Cut(addr, ":")
	r := &redisServer{addr: addr, dir: filepath.Join(dir, "redis"), clock: in.clock, in: in}
	r.argv = append([]string{
		"redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", r.dir, "--appendonly", "yes", "--appendfsync", "always",
		"--save", "", "--logfile", r.dir + ".log", "--auto-aof-rewrite-percentage", "0",
	}, args...)
	r.client = goredis.NewClient(&goredis.Options{Addr: addr, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true})
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return nil, err
	}
	return r, r.start(ctx)
}

// start starts a server that is down, with the data that it had.
func (r *redisServer) start(ctx context.Context) error {
	var err error
	r.child, err = launch(ctx, "redis", r.dir+".log", r.argv, nil)
	if err != nil {
		return err
	}
	r.child.reap()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for r.client.Ping(ctx).Err() != nil {
		if err := clock.Wait(ctx, r.clock, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// kill ends it as kill -9 does.
func (r *redisServer) kill() error {
	r.in.note("redis kill -9", r.child.pid())
	return r.child.kill()
}

func (r *redisServer) stop() error {
	r.in.note("redis SIGSTOP", r.child.pid())
	return r.child.signal(syscall.SIGSTOP)
}

func (r *redisServer) cont() error { return r.child.signal(syscall.SIGCONT) }

// do sends a command as an administrator would.
func (r *redisServer) do(ctx context.Context, command ...any) error {
	r.in.note("redis "+strings.Join(words(command), " "), r.child.pid())
	return r.client.Do(ctx, command...).Err()
}

func words(command []any) []string {
	list := make([]string, len(command))
	for i, w := range command {
		switch w := w.(type) {
		case string:
			list[i] = w
		case int:
			list[i] = strconv.Itoa(w)
		}
	}
	return list
}

// inquiryEnds looks in Redis when a question expires, so that a click can be aimed at that moment.
func (r *redisServer) inquiryEnds(ctx context.Context, id string) (time.Time, error) {
	data, err := r.client.HGet(ctx, "{petrel}:inquiry:"+id, "data").Bytes()
	if err != nil {
		return time.Time{}, err
	}
	var q bot.Inquiry
	err = json.Unmarshal(data, &q)
	return q.Expires, err
}

// logFile returns the append-only file that grows.
func (r *redisServer) logFile() (path string, size int64, err error) {
	files, err := filepath.Glob(filepath.Join(r.dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(files) == 0 {
		return "", 0, os.ErrNotExist
	}
	path = files[len(files)-1]
	info, err := os.Stat(path)
	if err != nil {
		return "", 0, err
	}
	return path, info.Size(), nil
}

// close ends the server.
func (r *redisServer) close() error {
	_ = r.cont() // a stopped process takes its end as well, but let it
	err := r.child.kill()
	if closeErr := r.client.Close(); err == nil {
		err = closeErr
	}
	return err
}
