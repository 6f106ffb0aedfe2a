package expr_test

import (
	"testing"

	"go.uber.org/goleak"
)

// A render that was stopped must leave no goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
