package redistest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/petrelops/petrel/internal/clock"
)

// patience is when a test gives up on a server.
const patience = 20 * time.Second

// Server is one redis-server. It writes each change to its disk before it answers.
type Server struct {
	// Addr is host:port.
	Addr string

	args   []string
	cmd    *exec.Cmd
	output bytes.Buffer
	client *goredis.Client
}

// Start starts a server. args are put behind its own options, as in "--maxmemory-policy", "allkeys-lru".
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	port := freePort(tb)
	return launch(tb, port, append([]string{
		"--port", port, "--bind", "127.0.0.1", "--dir", tb.TempDir(),
		"--appendonly", "yes", "--appendfsync", "always", "--save", "",
	}, args...))
}

func launch(tb testing.TB, port string, args []string) *Server {
	tb.Helper()
	find(tb)
	logging.Disable() // go-redis would tell of each connection that is refused while the server starts
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", port), args: args}
	s.client = goredis.NewClient(&goredis.Options{Addr: s.Addr, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true})
	tb.Cleanup(func() {
		s.Kill(tb)
		if err := s.client.Close(); err != nil {
			tb.Error(err)
		}
	})
	s.Restart(tb)
	return s
}

// Kill ends the server as kill -9 does.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Kill(); err != nil {
		tb.Error(err)
	}
	_ = s.cmd.Wait() // it tells of the kill
	s.cmd = nil
}

// Restart starts a killed server with the data that it had.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.output.Reset()
	s.cmd = exec.CommandContext(context.WithoutCancel(tb.Context()), "redis-server", s.args...) // ended by Kill
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	if !eventually(tb, func(ctx context.Context) bool { return s.client.Ping(ctx).Err() == nil }) {
		s.Kill(tb)
		tb.Fatalf("redis-server does not answer:\n%s", s.output.String())
	}
}

// Do sends a command as an administrator would, and fails the test if it is refused.
func (s *Server) Do(tb testing.TB, command ...any) any {
	tb.Helper()
	answer, err := s.client.Do(tb.Context(), command...).Result()
	if err != nil {
		tb.Fatalf("%v: %v", command, err)
	}
	return answer
}

// Text is Do for an answer that is one text.
func (s *Server) Text(tb testing.TB, command ...any) string {
	tb.Helper()
	answer, _ := s.Do(tb, command...).(string)
	return answer
}

// Time returns the server's time.
func (s *Server) Time(tb testing.TB) time.Time {
	tb.Helper()
	now, err := s.client.Time(tb.Context()).Result()
	if err != nil {
		tb.Fatal(err)
	}
	return now
}

// Info returns a value of the server's INFO.
func (s *Server) Info(tb testing.TB, name string) string {
	tb.Helper()
	for line := range strings.Lines(s.Text(tb, "INFO")) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	tb.Fatalf("INFO does not tell %s", name)
	return ""
}

// eventually asks until the answer is yes, and reports whether it ever was.
func eventually(tb testing.TB, ask func(context.Context) bool) bool {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
	defer cancel()
	for !ask(ctx) {
		if err := clock.Wait(ctx, clock.System(), 10*time.Millisecond); err != nil {
			return false
		}
	}
	return true
}

// freePort returns a port that nobody uses now, and whose neighbour 10,000 higher, the bus of a Cluster, exists.
func freePort(tb testing.TB) string {
	tb.Helper()
	for {
		listener, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		defer listener.Close() // kept until the end, so that no port is tried twice
		if port := listener.Addr().(*net.TCPAddr).Port; port <= 55535 {
			return strconv.Itoa(port)
		}
	}
}

// find sees to it that redis-server is there.
func find(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err == nil {
		return
	}
	out, err := exec.CommandContext(tb.Context(), filepath.Join(root(tb), "scripts", "need"), "redis-server").CombinedOutput()
	if err != nil {
		tb.Fatal(strings.TrimSpace(string(out)))
	}
}

// root returns the folder of the module.
func root(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			tb.Fatal("this is not run inside the module")
		}
		dir = filepath.Dir(dir)
	}
}
