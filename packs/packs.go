// Package packs carries Petrel's built-in content in the pack format that users write too, so that there is one way to
// describe an action. It holds data only; internal/pack reads it.
package packs

import "embed"

// FS holds one folder for each built-in pack.
//
//go:embed core clary
var FS embed.FS
