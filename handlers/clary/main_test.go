package clary_test

import (
	"testing"

	"go.uber.org/goleak"
)

// No test, and so no action, may leave a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
