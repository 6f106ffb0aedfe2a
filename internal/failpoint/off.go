//go:build !fault

package failpoint

import "context"

// Hit does nothing in this build.
func Hit(context.Context, Point) error { return nil }

// Mutant is false in this build.
func Mutant(Defect) bool { return false }
