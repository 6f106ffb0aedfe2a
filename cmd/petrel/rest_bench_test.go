package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
	"github.com/petrelops/petrel/internal/store/redis/redistest"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

const (
	// resting is how long a petrel serve is watched: long enough for what looks only once in half a minute.
	resting = 31 * time.Second
	longAgo = 100_000
)

// BenchmarkRest watches a petrel serve, built as make build builds it, that has nothing to do: its memory, and on Redis the commands that it
// sends (sent/s) and all that Redis counts, with those that scripts call inside it (counted/s). It does so with an empty store and with
// 100,000 finished executions, which it was asked for once.
func BenchmarkRest(b *testing.B) {
	binary := buildPetrel(b)
	for _, driver := range []string{"sqlite", "redis"} {
		for _, history := range []int{0, longAgo} {
			b.Run(fmt.Sprintf("%s/executions=%d", driver, history), func(b *testing.B) {
				config, s, server := restingStore(b, driver)
				fillHistory(b, s, history)
				if err := s.Close(); err != nil {
					b.Fatal(err)
				}
				pid := serveResting(b, binary, config, history)
				before := commandsOf(b, server)
				if err := clock.Wait(b.Context(), clock.System(), resting); err != nil {
					b.Fatal(err)
				}
				after := commandsOf(b, server)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(residentNow(b, pid), "MB-resident")
				if server != nil {
					b.ReportMetric(float64(after.sent-before.sent)/resting.Seconds(), "sent/s")
					b.ReportMetric(float64(after.counted-before.counted)/resting.Seconds(), "counted/s")
					b.ReportMetric(megabytes(b, server.Info(b, "used_memory")), "MB-in-redis")
				}
			})
		}
	}
}

// restingStore returns a new configuration, with its store open and its Redis, if it has one.
func restingStore(b *testing.B, driver string) (config string, s store.Store, server *redistest.Server) {
	b.Helper()
	dir := b.TempDir()
	data, where := filepath.Join(dir, "data"), ""
	var err error
	if driver == "redis" {
		server = redistest.Start(b)
		where = fmt.Sprintf("store: {driver: redis, redis: {addresses: [%q]}}\n", server.Addr)
		s, err = redis.Open(b.Context(), redis.Options{Addrs: []string{server.Addr}})
	} else {
		s, err = sqlite.Open(b.Context(), sqlite.Options{Dir: data})
	}
	if err != nil {
		b.Fatal(err)
	}
	text := "data: " + data + "\n" + where + "adapters: {console: {enabled: true, person: ann}}\npermissions: [{identity: \"console:ann\", action: \"*\"}]\n"
	config = filepath.Join(dir, "petrel.yaml")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return config, s, server
}

// fillHistory writes what n executions leave behind, in batches.
func fillHistory(b *testing.B, s store.Store, n int) {
	b.Helper()
	const batch = 100
	began := time.Now().Add(-time.Hour)
	for first := 0; first < n; first += batch {
		var all store.Batch
		for i := range batch {
			leave(b, &all, began.Add(time.Duration(first+i)*time.Millisecond))
		}
		if err := s.Commit(b.Context(), all); err != nil {
			b.Fatal(err)
		}
	}
}

// leave adds what one execution leaves: itself, its reply, what the platform has of it, its dedupe key and two lines in the audit log.
func leave(b *testing.B, all *store.Batch, at time.Time) {
	b.Helper()
	e := bot.Execution{
		ID: bot.NewID(at, 0), Action: "core.noop", Class: bot.Read, Text: "noop", Status: bot.Succeeded, Summary: "Done.",
		Identity: bot.Identity{ID: "console:ann"}, Origin: benchPerson, Created: at, Started: at, Ended: at,
	}
	for _, s := range []bot.Status{bot.Requested, bot.Scheduled, bot.Running, bot.Succeeded} {
		e.History = append(e.History, bot.Move{Status: s, At: at, By: "bench"})
	}
	type delivery struct {
		Ref   string    `json:"ref"`
		Shown int       `json:"shown"`
		At    time.Time `json:"at"`
	}
	type accepted struct {
		Execution string `json:"execution"`
	}
	all.Puts = append(all.Puts,
		left(b, "execution", e.ID, e, store.Index{Name: "all"}, store.Index{Name: "status", Value: "succeeded"},
			store.Index{Name: "action", Value: e.Action}, store.Index{Name: "who", Value: e.Identity.ID}),
		left(b, "reply", e.ID, bot.Posting{Key: e.ID, Origin: e.Origin, Reply: bot.Reply{Execution: e.ID, Action: e.Action, Status: e.Status, Title: "core.noop in 3ms"}}),
		left(b, "delivery", e.ID, delivery{e.ID, 3, at}),
		left(b, "dedupe", "console//"+e.ID, accepted{e.ID}),
	)
	for _, what := range []audit.What{audit.Asked, audit.Did} {
		line := audit.Entry{What: what, Execution: e.ID, Action: e.Action, Class: e.Class, Who: e.Identity.ID, Account: e.Identity.ID, Status: e.Status}
		if err := audit.Append(all, line, nil, kept); err != nil {
			b.Fatal(err)
		}
	}
}

// kept is how long the records of the past live on.
const kept = 30 * 24 * time.Hour

func left[T any](b *testing.B, kind, id string, value T, index ...store.Index) store.Put {
	b.Helper()
	data, err := store.Document[T]{V: 1, Value: value}.Encode()
	if err != nil {
		b.Fatal(err)
	}
	return store.Put{Key: store.Key{Kind: kind, ID: id}, Data: data, If: store.Absent, TTL: kept, Index: index}
}

// serveResting starts the daemon, asks it for the newest of its executions, and returns its process id.
func serveResting(b *testing.B, binary, config string, history int) int {
	b.Helper()
	serve := exec.CommandContext(b.Context(), binary, "serve", "--config", config)
	in, inErr := serve.StdinPipe()
	out, outErr := serve.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		b.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = serve.Process.Kill() // it may have ended
		_ = serve.Wait()         // killed
	})
	if _, err := fmt.Fprintln(in, "executions"); err != nil {
		b.Fatal(err)
	}
	want := "core.noop"
	if history == 0 {
		want = "Nothing was executed yet"
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.Contains(lines.Text(), want) {
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			return serve.Process.Pid
		}
	}
	b.Fatalf("petrel serve did not answer with %q", want)
	return 0
}

// commands is how many commands a Redis was sent and how many it counted.
type commands struct{ sent, counted int }

var commandLine = regexp.MustCompile(`(?m)^cmdstat_([^:]+):calls=(\d+)`)

// commandsOf counts them. What the driver sends by itself is named here; all else is called by its scripts.
func commandsOf(b *testing.B, server *redistest.Server) (c commands) {
	b.Helper()
	if server == nil {
		return c
	}
	for _, m := range commandLine.FindAllStringSubmatch(server.Text(b, "INFO", "commandstats"), -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			b.Fatal(err)
		}
		switch m[1] {
		case "info": // ours
			continue
		case "evalsha", "eval", "ping", "hello", "subscribe":
			c.sent += n
		}
		c.counted += n
	}
	return c
}

var residentNowLine = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

// residentNow returns the resident memory of a process in megabytes, 0 where there is no /proc.
func residentNow(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	found := residentNowLine.FindSubmatch(status)
	if err != nil || found == nil {
		return 0
	}
	return megabytes(b, string(found[1])+"e3") * 1.024
}

func megabytes(b *testing.B, text string) float64 {
	b.Helper()
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n / (1 << 20)
}
