//go:build fault

package clock

import (
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
)

// shifted returns the time as a machine shows it whose clock the fault harness set.
func shifted(now time.Time) time.Time { return failpoint.Shift(now) }
