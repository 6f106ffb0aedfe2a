//go:build !fault

package app

import "github.com/petrelops/petrel/internal/store"

// mutated returns the store as it is. A fault build may break it on purpose (mutant_fault.go).
func mutated(s store.Store) store.Store { return s }
