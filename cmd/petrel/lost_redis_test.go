package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
)

const (
	// refusedIn is how soon a person must hear that a command was not taken.
	refusedIn = 2500 * time.Millisecond
	// backIn is how soon work goes on when the store is back.
	backIn = 10 * time.Second
)

// within demands that do ends in time.
func within(t *testing.T, limit time.Duration, do func()) {
	t.Helper()
	began := clock.System().Now()
	do()
	if took := clock.System().Now().Sub(began); took > limit {
		t.Errorf("it took %s, more than %s", took, limit)
	}
}

// refusedAtStart demands that petrel serve ends with status 1 and one line that holds all of the texts.
func refusedAtStart(t *testing.T, config string, texts ...string) {
	t.Helper()
	out, err := typed(t, "serve", "--config", config)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 1 {
		t.Errorf("petrel serve ended with %v, want exit status 1", err)
	}
	for _, text := range append(texts, "petrel: ") {
		if !strings.Contains(out, text) || strings.Count(out, "\n") != 1 {
			t.Errorf("it said %q, want one line with %q", out, text)
		}
	}
}

// served is one petrel serve beside a simulated Clary, whose store gets into trouble.
type served struct {
	*child
	t      *testing.T
	clary  *clarySim
	config string
}

func serveOn(t *testing.T, clary *clarySim, config string) served {
	t.Helper()
	bot := start(t, "serve", "--config", config)
	bot.logged(`"ready"`)
	return served{child: bot, t: t, clary: clary, config: config}
}

// onRedis is one on a Redis of its own.
type onRedis struct {
	served
	server *redistest.Server
}

func serveOnRedis(t *testing.T) onRedis {
	t.Helper()
	clary, server := startClary(t), redistest.Start(t)
	return onRedis{served: serveOn(t, clary, replica(t, t.TempDir(), clary.url, server.Addr)), server: server}
}

// begun has a command accepted beside the console, and waits until Clary holds its request for the host.
func (s served) begun(host, kind string, args ...string) {
	s.t.Helper()
	s.clary.control(http.MethodPost, "hold", map[string]any{"host": host, "kind": kind, "after": true}, nil)
	if out, err := typed(s.t, append([]string{"run", "--config", s.config, "-a"}, args...)...); err != nil {
		s.t.Fatal(out, err)
	}
	s.clary.held(host)
}

// refuses demands that a command that would change something is refused in time, with the texts in one line, and that the log tells it too.
func (s served) refuses(texts ...string) {
	s.t.Helper()
	within(s.t, refusedIn, func() {
		s.enter(`clary node status set irene4009 draining "refused"`)
		line := s.said(texts[0])
		for _, text := range texts[1:] {
			if !strings.Contains(line, text) {
				s.t.Errorf("%q does not hold %q", line, text)
			}
		}
	})
	s.logged("could not take a message")
}

// works demands that a command is carried out in time.
func (s served) works(host string) {
	s.t.Helper()
	within(s.t, backIn, func() {
		s.enter(`clary node status set ` + host + ` draining "after"`)
		s.said(host + " is draining")
	})
}

// changed demands how often each host was changed.
func (s served) changed(kind string, want map[string]int) {
	s.t.Helper()
	got := map[string]int{}
	for _, e := range s.clary.effects(kind) {
		got[e.Host]++
	}
	for host, n := range want {
		if got[host] != n {
			s.t.Errorf("%s got %d effects, want %d", host, got[host], n)
		}
	}
}

func TestRedisAwayAtStart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	config := replica(t, t.TempDir(), "http://127.0.0.1:1", server.Addr)
	server.Kill(t)
	within(t, backIn, func() {
		refusedAtStart(t, config, "cannot reach Redis at "+server.Addr, "Check that it runs and that this machine may connect to it, then try again.")
	})
}

// Redis dies while an execution is half done. What is typed meanwhile is refused; when Redis is back the execution goes on by itself, without a
// second effect, and new commands are taken.
func TestRedisLostWhileRunning(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.begun("irene4001", "set", "clary.node.status.set", "hosts=irene[4000-4003]", "status=draining", "comment=half", "concurrency=1")
	o.server.Kill(t)
	o.refuses("cannot reach Redis at "+o.server.Addr, "Check that it runs", "then try again")
	o.clary.control(http.MethodPost, "release", map[string]any{"host": "irene4001"}, nil)
	o.server.Restart(t)
	o.works("irene4005")
	listed(t, "clary.node.status.set", "execution", "list", "--config", o.config, "--status", "succeeded")
	o.changed("transition", map[string]int{"irene4000": 1, "irene4001": 1, "irene4002": 1, "irene4003": 1, "irene4005": 1, "irene4009": 0})
	o.stop()
}

// Redis takes connections and answers nothing: the hardest way to be away, since every call has to run into its limit.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.works("irene4004")
	o.server.Do(t, "CLIENT", "PAUSE", "4000", "ALL")
	o.refuses("does not answer in time", "Check that it runs and is not overloaded, then try again")
	o.works("irene4005")
	o.stop()
}

func TestRedisReadOnly(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.server.Do(t, "REPLICAOF", "127.0.0.1", "1")
	o.refuses("takes no writes, because it is a replica", "Try again when the failover is over, or point Petrel at the primary.")
	refusedAtStart(t, o.config, "takes no writes, because it is a replica")
	o.server.Do(t, "REPLICAOF", "NO", "ONE")
	o.works("irene4005")
	o.changed("transition", map[string]int{"irene4005": 1, "irene4009": 0})
	o.stop()
}

func TestRedisFull(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.begun("irene4000", "set", "clary.node.status.set", "hosts=irene4000", "status=draining", "comment=full")
	o.server.Do(t, "CONFIG", "SET", "maxmemory", "1")
	o.refuses("has no memory left", "Raise its maxmemory or free some memory, then try again.")
	o.clary.control(http.MethodPost, "release", map[string]any{"host": "irene4000"}, nil)
	o.server.Do(t, "CONFIG", "SET", "maxmemory", "0")
	o.works("irene4005")
	listed(t, "clary.node.status.set", "execution", "list", "--config", o.config, "--status", "succeeded")
	o.changed("transition", map[string]int{"irene4000": 1, "irene4005": 1, "irene4009": 0})
	o.stop()
}

// Redis is emptied under a running execution: it stops at its next write, nothing hangs, and new commands work. Only the host whose intent was
// on record before may still be changed.
func TestRedisEmptied(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.begun("irene4001", "set", "clary.node.status.set", "hosts=irene[4000-4005]", "status=draining", "comment=emptied", "concurrency=1")
	o.server.Do(t, "FLUSHALL")
	o.clary.control(http.MethodPost, "release", map[string]any{"host": "irene4001"}, nil)
	o.logged("left the execution to its new owner")
	o.works("irene4008")
	o.changed("transition", map[string]int{"irene4000": 1, "irene4001": 1, "irene4003": 0, "irene4004": 0, "irene4005": 0, "irene4008": 1})
	o.stop()
}

// Redis comes back with data of a moment ago: it knows of a comment that was begun, and not that it was made. It is not made again, and a
// person is asked. New commands work, and what the old data did not have is gone.
func TestRedisWithOlderData(t *testing.T) {
	t.Parallel()
	o := serveOnRedis(t)
	o.begun("irene4000", "comment", "clary.node.comment", "hosts=irene4000", "comment=once")
	dir := folder(t, o.server)
	older := t.TempDir()
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	o.clary.control(http.MethodPost, "release", map[string]any{"host": "irene4000"}, nil)
	listed(t, "clary.node.comment", "execution", "list", "--config", o.config, "--status", "succeeded")
	o.works("irene4004")
	o.server.Kill(t)
	if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(older))); err != nil {
		t.Fatal(err)
	}
	o.server.Restart(t)
	o.works("irene4005")
	listed(t, "clary.node.comment", "execution", "list", "--config", o.config, "--status", "abandoned")
	o.changed("comment", map[string]int{"irene4000": 1})
	o.changed("transition", map[string]int{"irene4004": 1, "irene4005": 1})
	o.stop()
}

// folder returns where a Redis keeps its data.
func folder(t *testing.T, s *redistest.Server) string {
	t.Helper()
	answer, _ := s.Do(t, "CONFIG", "GET", "dir").(map[any]any)
	dir, _ := answer["dir"].(string)
	if dir == "" {
		t.Fatalf("Redis does not tell its folder: %v", answer)
	}
	return dir
}
