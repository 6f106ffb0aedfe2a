package clary_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/handlertest"
	"github.com/petrelops/petrel/internal/clock"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

const (
	benchHosts       = 10_000
	benchConcurrency = 64
	benchLatency     = 5 * time.Millisecond
)

func benchRig(b *testing.B) *rig {
	b.Helper()
	nodes := make(map[string]string, benchHosts)
	for i := range benchHosts {
		nodes[fmt.Sprintf("n%d", i)] = "production"
	}
	return newRig(b, site{
		sim:    simclary.Options{Graph: short(), Nodes: nodes, Latency: benchLatency, Clock: clock.System()},
		config: clary.Config{Clock: clock.System()},
	})
}

// BenchmarkEnsure leads 10,000 hosts over one intermediate status against a simulator in the same process. It reports the time
// as a multiple of what a bare client needs for the same calls, measured in the same run, and of calls / concurrency x latency.
func BenchmarkEnsure(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		bare := benchRig(b)
		began := time.Now()
		bareEnsure(b, bare.url)
		bareTook := time.Since(began)

		r := benchRig(b)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		began = time.Now()
		a := r.run(b.Context(), "NodeStatusEnsure", to(fmt.Sprintf("n[0-%d]", benchHosts-1), "maintenance", "concurrency", benchConcurrency),
			handlertest.JobOptions{})
		took := time.Since(began)
		b.StopTimer()
		if a.err != nil {
			b.Fatal(a.err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		requests := r.sim.Stats().Requests
		calls := requests[simclary.KindNode] + requests[simclary.KindSet]
		ideal := time.Duration(calls) * benchLatency / benchConcurrency
		b.ReportMetric(float64(took)/float64(bareTook), "x-bare")
		b.ReportMetric(float64(took)/float64(ideal), "x-ideal")
		b.ReportMetric(float64(calls)/benchHosts, "calls/host")
		b.ReportMetric(float64(requests[simclary.KindNext]), "searches")
		b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/benchHosts, "B-kept/host")
		b.StartTimer()
	}
}

// bareEnsure makes the same four calls per host with net/http and nothing else.
func bareEnsure(b *testing.B, url string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchConcurrency}}
	defer client.CloseIdleConnections()
	each := func(do func(host string) error) {
		hosts := make(chan string)
		var workers sync.WaitGroup
		for range benchConcurrency {
			workers.Go(func() {
				for host := range hosts {
					if err := do(host); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for i := range benchHosts {
			hosts <- fmt.Sprintf("n%d", i)
		}
		close(hosts)
		workers.Wait()
	}
	get := func(host string) error {
		return bareCall(b.Context(), client, http.MethodGet, url+"/api/nodes/"+host, "")
	}
	put := func(host, body string) error {
		return bareCall(b.Context(), client, http.MethodPut, url+"/api/nodes/"+host+"/status", body)
	}
	each(get)
	each(func(host string) error {
		if err := put(host, `{"status":"draining","comment":"x","user":"x","expected":"production"}`); err != nil {
			return err
		}
		if err := put(host, `{"status":"maintenance","comment":"x","user":"x","expected":"draining"}`); err != nil {
			return err
		}
		return get(host)
	})
}

func bareCall(ctx context.Context, client *http.Client, method, url, body string) error {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
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
