//go:build fault

package failpoint_test

import (
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
)

// A fault build without a harness behaves as the product does. What it does with one is shown by internal/fault, on real processes.
func TestFaultBuildWithoutHarness(t *testing.T) {
	if err := failpoint.Hit(t.Context(), failpoint.Receive); err != nil {
		t.Error(err)
	}
	if failpoint.Mutant(failpoint.NoFence) {
		t.Error("it has a defect")
	}
	if now := time.Unix(100, 0); failpoint.Shift(now) != now {
		t.Error("its clock is off")
	}
}
