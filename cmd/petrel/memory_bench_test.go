package main

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/clock"
)

// memoryUse is the memory of this process over a stretch of work, in bytes.
type memoryUse struct {
	before, after uint64 // live objects, after a collection
	livePeak      uint64 // live objects, at the end of any collection on the way
	residentPeak  uint64 // what the kernel counts
}

func (m memoryUse) report(b *testing.B) {
	b.Helper()
	const mega = 1 << 20
	b.ReportMetric(float64(m.before)/mega, "MB-live-before")
	b.ReportMetric(float64(m.livePeak)/mega, "MB-live-peak")
	b.ReportMetric(float64(m.after)/mega, "MB-live-after")
	b.ReportMetric(float64(m.residentPeak)/mega, "MB-resident-peak")
}

// memoryWatch samples the live heap until it is stopped.
type memoryWatch struct {
	use    memoryUse
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func watchMemory(b *testing.B) *memoryWatch {
	b.Helper()
	debug.FreeOSMemory()
	resetResident(b)
	ctx, cancel := context.WithCancel(b.Context())
	w := &memoryWatch{use: memoryUse{before: live()}, cancel: cancel}
	w.done.Go(func() {
		for clock.Wait(ctx, clock.System(), 10*time.Millisecond) == nil {
			w.use.livePeak = max(w.use.livePeak, live())
		}
	})
	return w
}

func (w *memoryWatch) stop() memoryUse {
	w.cancel()
	w.done.Wait()
	runtime.GC()
	w.use.after = live()
	w.use.residentPeak = resident()
	return w.use
}

// live returns the size of the objects that the last collection found in use.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// resetResident lets the kernel's peak start from now (proc_pid_clear_refs(5)).
func resetResident(b *testing.B) {
	b.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak of the resident memory is that of the whole run: %v", err)
	}
}

var residentLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// resident returns the peak of the resident memory, 0 where there is no /proc.
func resident() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	found := residentLine.FindSubmatch(status)
	if err != nil || found == nil {
		return 0
	}
	kilo, err := strconv.ParseUint(string(found[1]), 10, 64)
	if err != nil {
		return 0
	}
	return kilo << 10
}
