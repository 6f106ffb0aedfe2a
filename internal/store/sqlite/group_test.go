package sqlite_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

// bubbled runs a test whose steps wait for each other. The path is too long for a wake-up socket, whose read would not count
// as waiting.
func bubbled(t *testing.T, test func(bubble)) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	synctest.Test(t, func(t *testing.T) { test(bubble{t, openStore(t, sqlite.Options{Dir: dir})}) })
}

type bubble struct {
	*testing.T
	*sqlite.Store
}

// hold keeps the writer busy inside a transaction until the returned function is called, which returns that turn.
func (b bubble) hold() func() any {
	b.Helper()
	busy, release := make(chan struct{}), make(chan struct{})
	var held any
	done := make(chan error, 1)
	go func() {
		done <- b.InTurn(b.Context(), func(turn any, _ func(string) error) error {
			held = turn
			close(busy)
			<-release
			return nil
		})
	}()
	<-busy
	return func() any {
		close(release)
		if err := <-done; err != nil {
			b.Error(err)
		}
		return held
	}
}

func TestWaitingBatchesShareOneTransaction(t *testing.T) {
	bubbled(t, func(b bubble) {
		release := b.hold()
		var mu sync.Mutex // guards turns
		turns := make(map[any]int)
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if err := b.InTurn(b.Context(), func(turn any, _ func(string) error) error {
					mu.Lock()
					defer mu.Unlock()
					turns[turn]++
					return nil
				}); err != nil {
					b.Error(err)
				}
			})
		}
		synctest.Wait() // all of them wait now
		held := release()
		group.Wait()
		if len(turns) != 1 || turns[held] != 20 {
			b.Errorf("20 requests were in %d transactions", len(turns))
		}
	})
}

func TestRefusedBatchLeavesTheOthersAlone(t *testing.T) {
	bubbled(t, func(b bubble) {
		release := b.hold()
		codes := make([]bot.Code, 30)
		var group sync.WaitGroup
		for n := range codes {
			group.Go(func() {
				batch := store.Batch{
					Puts:    []store.Put{record("own", int64(n)), record("shared", int64(n/3))},
					Enqueue: []store.Entry{{Queue: "jobs", ID: id(int64(n))}},
				}
				codes[n] = bot.ErrorCode(b.Commit(b.Context(), batch))
			})
		}
		synctest.Wait()
		release()
		group.Wait()
		claims, err := b.Claim(b.Context(), store.ClaimOptions{Queue: "jobs", Lease: time.Minute, Max: 50})
		if err != nil || len(claims) != 10 {
			b.Errorf("%d entries were enqueued, want one for each of 10 shared keys; the error is %v", len(claims), err)
		}
		for n, code := range codes {
			_, err := b.Get(b.Context(), store.Key{Kind: "own", ID: id(int64(n))})
			there := err == nil
			if code != "" && code != bot.CodeConflict || there != (code == "") {
				b.Errorf("batch %d ended with %q, its own record is there: %t", n, code, there)
			}
		}
	})
}

func TestContextThatEndsBeforeTheBatchWasTaken(t *testing.T) {
	bubbled(t, func(b bubble) {
		release := b.hold()
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error)
		go func() { done <- b.Commit(ctx, store.Batch{Puts: []store.Put{record("own", 1)}}) }()
		synctest.Wait()
		cancel()
		if err := <-done; bot.ErrorCode(err) != bot.CodeCanceled {
			b.Errorf("got %v", err)
		}
		release()
		if _, err := b.Get(b.Context(), store.Key{Kind: "own", ID: id(1)}); bot.ErrorCode(err) != bot.CodeNotFound {
			b.Errorf("got %v", err)
		}
	})
}

func TestContextThatEndsAfterTheBatchWasTaken(t *testing.T) {
	s := openStore(t, sqlite.Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.InTurn(ctx, func(_ any, exec func(string) error) error {
		cancel()
		return exec(`INSERT INTO meta VALUES ('taken', 1)`)
	})
	if err != nil {
		t.Errorf("the outcome of a taken request is %v", err)
	}
}

func TestCloseWaitsForTheCommitUnderWay(t *testing.T) {
	bubbled(t, func(b bubble) {
		release := b.hold()
		closed := make(chan error, 1)
		go func() { closed <- b.Close() }()
		synctest.Wait()
		select {
		case err := <-closed:
			b.Fatal("closed while a commit was under way", err)
		default:
		}
		if err := b.Commit(b.Context(), store.Batch{Puts: []store.Put{record("own", 1)}}); bot.ErrorCode(err) != bot.CodeUnavailable {
			b.Errorf("a commit after Close ended with %v", err)
		}
		release()
		if err := <-closed; err != nil {
			b.Error(err)
		}
	})
}
