// Package random is the only place of the product that draws random numbers.
package random

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// Source draws random numbers. A test hands in one that it knows.
type Source interface {
	// Uint64 returns 64 random bits.
	Uint64() uint64
}

// System returns the operating system's source.
func System() Source { return system{} }

type system struct{}

func (system) Uint64() uint64 {
	var b [8]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return binary.BigEndian.Uint64(b[:])
}

// Jitter returns a duration drawn evenly from [d/2, d).
func Jitter(s Source, d time.Duration) time.Duration {
	if d < 2 {
		return d
	}
	half := uint64(d) / 2
	return time.Duration(half + s.Uint64()%half)
}
