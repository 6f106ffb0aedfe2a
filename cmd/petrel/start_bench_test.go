package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	startAliases = 500
	startActions = 50
)

// BenchmarkServeStart starts the binary as make build makes it and waits for the line in which petrel serve says that it is ready, with a user's pack
// of 500 aliases and the database of an earlier run. median-ms is the time from the start of the process to that line.
func BenchmarkServeStart(b *testing.B) {
	binary := buildPetrel(b)
	config := configureAliases(b)
	out, err := exec.CommandContext(b.Context(), binary, "alias", "list", "--config", config).Output()
	if n := strings.Count(string(out), "\nbench."); err != nil || n != startAliases {
		b.Fatalf("%d aliases of the pack are listed, want %d: %v", n, startAliases, err)
	}
	first := serveUntilReady(b, binary, config)
	var took []time.Duration
	for b.Loop() {
		took = append(took, serveUntilReady(b, binary, config))
	}
	b.ReportMetric(0, "ns/op") // the median tells more
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "median-ms")
	b.ReportMetric(milliseconds(took[len(took)-1]), "slowest-ms")
	b.ReportMetric(milliseconds(first), "first-ms")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// buildPetrel builds the binary as make build does.
func buildPetrel(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "petrel")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// serveUntilReady starts the daemon, ends it once it is ready, and returns how long that took. A warning on the way is a fault: something
// of the pack was set aside.
func serveUntilReady(b *testing.B, binary, config string) time.Duration {
	b.Helper()
	serve := exec.CommandContext(b.Context(), binary, "serve", "--config", config)
	log, err := serve.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(log).ReadString('\n')
	took := time.Since(began)
	b.StopTimer()
	defer b.StartTimer()
	if err != nil || !strings.Contains(line, `"msg":"ready"`) {
		b.Fatalf("the first line of the log is %q, want ready: %v", line, err)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		b.Fatal(err)
	}
	return took
}

// configureAliases writes a pack of 500 aliases over 50 actions, and a configuration that reads it.
func configureAliases(b *testing.B) (path string) {
	b.Helper()
	dir := b.TempDir()
	pack := filepath.Join(dir, "bench")
	write(b, filepath.Join(pack, "pack.yaml"), "name: bench\nref: bench\ndescription: Many aliases\nversion: 1.0.0\nauthor: Nobody\n")
	for n := range startActions {
		write(b, filepath.Join(pack, "actions", fmt.Sprintf("service_%d.yaml", n)), fmt.Sprintf(`name: service_%d
description: Look after service %d
runner_type: local-shell-cmd
parameters:
  message: {type: string, description: What to do, required: true, position: 0}
`, n, n))
	}
	for n := range startAliases {
		write(b, filepath.Join(pack, "aliases", fmt.Sprintf("service_%d.yaml", n)), fmt.Sprintf(`name: service_%d
action_ref: bench.service_%d
description: Look after part %d of a service
formats:
  - display: service%d restart <message>
    representation:
      - service%d restart {{ message }}( please)?
`, n, n%startActions, n, n, n))
	}
	return writeConfig(b, dir, pack)
}

func writeConfig(b *testing.B, dir, pack string) (path string) {
	b.Helper()
	path = filepath.Join(dir, "petrel.yaml")
	write(b, path, fmt.Sprintf(`data: %s
packs: [%s]
permissions:
  - {identity: "shell:*", action: "*"}
clary: {url: "http://127.0.0.1:9/"}
`, filepath.Join(dir, "data"), pack))
	return path
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}
