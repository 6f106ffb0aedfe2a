package relay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

const (
	// helloLimit is how long a new socket may be silent.
	helloLimit = 10 * time.Second
	// missedBeats is how many signs of life may be missing before a socket counts as dead: 60 s at the chat's usual 20.
	missedBeats = 3
	// firstPause and lastPause bound the wait before a new socket.
	firstPause = 250 * time.Millisecond
	lastPause  = 5 * time.Second
	// maxLine is the longest line of a socket in bytes.
	maxLine = 1 << 20
)

var errSilent = errors.New("the socket shows no sign of life")

// listen keeps one socket open until ctx ends.
func (a *Adapter) listen(ctx context.Context) error {
	pause := firstPause
	for {
		heard, err := a.hear(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of ctx is how this ends
		}
		if heard {
			pause = firstPause
		}
		a.o.Log.WarnContext(ctx, "the socket ended; another one is opened", "op", "relay.socket.listen", "ms", pause.Milliseconds(), "err", err)
		if clock.Wait(ctx, a.o.Clock, random.Jitter(a.o.Random, pause)) != nil {
			return nil //nolint:nilerr // as above
		}
		pause = min(2*pause, lastPause)
	}
}

// hear reads one socket until it ends, is silent for too long, or ctx ends. It reports whether the chat said hello.
func (a *Adapter) hear(ctx context.Context) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	lines := make(chan []byte)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer cancel()
	failed := make(chan error, 1)
	reader.Go(func() { failed <- a.read(ctx, lines) })
	silence := helloLimit
	for {
		timer := a.o.Clock.NewTimer(silence)
		select {
		case line := <-lines:
			timer.Stop()
			e, ok := decodeEvent(line)
			switch {
			case !ok:
				a.o.Log.WarnContext(ctx, "passed over a line of the chat that cannot be read", "op", "relay.socket.decode", "bytes", len(line))
			case e.Type == "hello":
				heard, silence = true, missedBeats*max(time.Duration(e.BeatMS)*time.Millisecond, time.Millisecond)
			case e.Type == "message":
				a.queue(delivery{id: e.Delivery, retry: e.Retry, at: a.o.Clock.Now(), Message: a.heard(e.Message)})
			}
		case err := <-failed:
			timer.Stop()
			return heard, err
		case <-timer.C():
			return heard, errSilent
		}
	}
}

// read opens a socket and hands on its lines until it ends.
func (a *Adapter) read(ctx context.Context, lines chan<- []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.client.base+"/v1/socket", nil)
	if err != nil {
		return err
	}
	answer, err := a.client.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the chat answered %s", answer.Status)
	}
	scanner := bufio.NewScanner(answer.Body)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		select {
		case lines <- append([]byte(nil), scanner.Bytes()...):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := scanner.Err(); err != nil {
		return err
	}
	return io.EOF
}
