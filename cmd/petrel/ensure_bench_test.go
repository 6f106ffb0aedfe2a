package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

const (
	ensureHosts       = 10_000
	ensureConcurrency = 64
	ensureLatency     = 5 * time.Millisecond
)

// ensurePath is the way out of production in the simulator's graph when nothing is avoided: one intermediate status.
var ensurePath = []string{"failed", "maintenance"}

// BenchmarkEnsure10k leads 10,000 hosts over one intermediate status, from accept to end state, with SQLite and the reply on its way to
// the console. x-bare is its time as a multiple of what net/http alone needs for the same requests right before and after, x-ideal as a
// multiple of calls / concurrency x latency. The simulators are processes of their own.
func BenchmarkEnsure10k(b *testing.B) {
	for b.Loop() {
		bare := ensureOnce(b, func(url string) time.Duration { return bareEnsure(b, url) })
		var memory memoryUse
		whole := ensureOnce(b, func(url string) (took time.Duration) {
			took, memory = wholeEnsure(b, url)
			return took
		})
		again := ensureOnce(b, func(url string) time.Duration { return bareEnsure(b, url) })
		bareTook := (bare.took + again.took) / 2 // a machine that grows busier or calmer counts half
		searches := whole.requests[simclary.KindNext]
		if expanded := int64(3); searches != expanded { // production and, behind it, draining and failed
			b.Fatalf("%d questions for next statuses, want %d: one search for the one status that the hosts are in", searches, expanded)
		}
		ideal := time.Duration(bare.calls()) * ensureLatency / ensureConcurrency
		b.ReportMetric(0, "ns/op") // it would count both ways
		b.ReportMetric(whole.took.Seconds(), "s")
		b.ReportMetric(bareTook.Seconds(), "bare-s")
		b.ReportMetric(float64(whole.took)/float64(bareTook), "x-bare")
		b.ReportMetric(float64(whole.took)/float64(ideal), "x-ideal")
		b.ReportMetric(float64(whole.calls())/ensureHosts, "calls/host")
		b.ReportMetric(float64(searches), "searches")
		memory.report(b)
	}
}

// ensured is what one way of ensuring took, and what the simulator saw of it.
type ensured struct {
	took     time.Duration
	requests map[simclary.Kind]int64
}

// calls is how many requests were made for hosts.
func (e ensured) calls() int64 { return e.requests[simclary.KindNode] + e.requests[simclary.KindSet] }

// ensureOnce runs ensure, which returns how long it took, against a new simulator and checks there that every host made its two steps,
// and no more, in few enough calls.
func ensureOnce(b *testing.B, ensure func(url string) time.Duration) ensured {
	b.Helper()
	clary := startClary(b, "--nodes", fmt.Sprint(ensureHosts), "--latency", ensureLatency.String())
	e := ensured{took: ensure(clary.url)}

	var stats simclary.Stats
	clary.control(http.MethodGet, "stats", nil, &stats)
	e.requests = stats.Requests
	if e.calls() > 4*ensureHosts {
		b.Fatalf("%d calls for %d hosts, want at most 4 each: %v", e.calls(), ensureHosts, e.requests)
	}
	if stats.Peak > ensureConcurrency || stats.PeakPerHost > 1 {
		b.Fatalf("%d requests at once and %d for one host, want at most %d and 1", stats.Peak, stats.PeakPerHost, ensureConcurrency)
	}
	if refused := stats.Ledger[simclary.LineRefused]; refused > 0 {
		b.Fatalf("%d changes were refused", refused)
	}
	steps := map[string][]string{}
	for _, line := range clary.effects(string(simclary.LineTransition)) {
		steps[line.Host] = append(steps[line.Host], line.Status)
	}
	if len(steps) != ensureHosts {
		b.Fatalf("the ledger has %d hosts, want %d", len(steps), ensureHosts)
	}
	for host, made := range steps {
		if strings.Join(made, " ") != strings.Join(ensurePath, " ") {
			b.Fatalf("%s went %v, want %v", host, made, ensurePath)
		}
	}
	return e
}

// wholeEnsure goes the whole way: accept, plan, checkpoints, calls, result and reply.
func wholeEnsure(b *testing.B, url string) (time.Duration, memoryUse) {
	b.Helper()
	c := benchConfig(b)
	c.Clary.URL = url
	a := runApp(b, c)
	m := watchMemory(b)
	began := time.Now()
	e := runEnsure(b, a)
	took := time.Since(began)
	memory := m.stop()

	if e.Status != bot.Succeeded {
		b.Fatalf("%s: %v", e.Status, e.Error)
	}
	result, err := a.Executor.Result(b.Context(), e)
	if err != nil {
		b.Fatal(err)
	}
	var report struct{ Hosts []struct{ OK bool } }
	if err := json.Unmarshal(result.Data.(json.RawMessage), &report); err != nil {
		b.Fatal(err)
	}
	good := 0
	for _, h := range report.Hosts {
		if h.OK {
			good++
		}
	}
	if good != ensureHosts {
		b.Fatalf("the result names %d hosts as done, want %d", good, ensureHosts)
	}
	return took, memory
}

func runEnsure(b *testing.B, a *app.App) bot.Execution {
	b.Helper()
	e, err := a.Executor.Accept(b.Context(), benchCommand("clary.node.status.ensure", map[string]any{
		"hosts": fmt.Sprintf("n[1-%d]", ensureHosts), "status": "maintenance", "comment": "benchmark",
		"concurrency": ensureConcurrency, "avoid": []any{},
	}))
	if err != nil {
		b.Fatal(err)
	}
	if e, err = a.Executor.Wait(b.Context(), e.ID); err != nil {
		b.Fatal(err)
	}
	return e
}

// bareEnsure makes the same four calls for each host with net/http and nothing else.
func bareEnsure(b *testing.B, url string) time.Duration {
	b.Helper()
	began := time.Now()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: ensureConcurrency}}
	defer client.CloseIdleConnections()
	hosts := make(chan string)
	var workers sync.WaitGroup
	for range ensureConcurrency {
		workers.Go(func() {
			for host := range hosts {
				if err := bareHost(b.Context(), client, url+"api/nodes/"+host); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range ensureHosts {
		hosts <- fmt.Sprintf("n%d", i+1)
	}
	close(hosts)
	workers.Wait()
	return time.Since(began)
}

func bareHost(ctx context.Context, client *http.Client, node string) error {
	if err := bareCall(ctx, client, http.MethodGet, node, ""); err != nil {
		return err
	}
	from := "production"
	for _, to := range ensurePath {
		body := fmt.Sprintf(`{"status":%q,"expected":%q,"comment":"benchmark","user":"ann","impacting":false}`, to, from)
		if err := bareCall(ctx, client, http.MethodPut, node+"/status", body); err != nil {
			return err
		}
		from = to
	}
	return bareCall(ctx, client, http.MethodGet, node, "")
}

func bareCall(ctx context.Context, client *http.Client, method, url, body string) error {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, response.Status)
	}
	return nil
}
