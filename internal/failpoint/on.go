//go:build fault

package failpoint

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"
	"unsafe"

	"github.com/petrelops/petrel/bot"
)

// Socket is the environment variable that names the control socket. Without it nothing is hit and nothing is broken.
const Socket = "PETREL_FAULT"

// agent is the process's one connection to the harness. A failpoint is called from everywhere, so nobody can be handed it.
var agent = sync.OnceValue(func() *link { return connect(os.Getenv(Socket)) })

// Hit reports that the point was reached and does what the harness answers. It returns an error when it is told to fail, or when ctx
// ended while it was held; it does not return when it is told to die.
func Hit(ctx context.Context, p Point) error {
	l := agent()
	if l == nil {
		return nil
	}
	switch answer, err := l.ask(ctx, p); {
	case err != nil:
		return err
	case answer == Fail:
		return bot.E(bot.CodeUnavailable, "failpoint.hit."+string(p), "The fault harness made this fail. Try again.", nil)
	case answer == Kill:
		die()
	}
	return nil
}

// Mutant reports whether this process is to have the defect.
func Mutant(d Defect) bool {
	l := agent()
	return l != nil && slices.Contains(l.defects, d)
}

// secondsAt is where time.Time keeps the seconds of its wall clock beside a monotonic reading (time.Time, field wall).
const secondsAt = 30

// Shift returns now as a machine shows it whose clock was set by the harness: the wall clock differs, the monotonic reading that
// waits and differences go by does not. Time has no method for that, because Add moves both.
func Shift(now time.Time) time.Time {
	l := agent()
	if l == nil {
		return now
	}
	if by := l.offset.Load(); by != 0 {
		wall := (*uint64)(unsafe.Pointer(&now))
		*wall += uint64(by) << secondsAt //nolint:gosec // two's complement goes back as well
	}
	return now
}
