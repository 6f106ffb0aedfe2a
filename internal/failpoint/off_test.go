//go:build !fault

package failpoint_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/failpoint"
)

// The product as it is delivered has no way to be broken, whatever its environment says.
func TestNormalBuildDoesNothing(t *testing.T) {
	t.Setenv("PETREL_FAULT", "/nowhere")
	for _, p := range failpoint.Points() {
		if err := failpoint.Hit(t.Context(), p); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	for _, d := range failpoint.Defects() {
		if failpoint.Mutant(d) {
			t.Errorf("a normal build has the defect %s", d)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _ = failpoint.Hit(t.Context(), failpoint.Receive) }); n != 0 {
		t.Errorf("a hit allocates %g times", n)
	}
}
