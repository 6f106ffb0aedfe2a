package executor_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Every test stops what it started, so nothing may be left.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
