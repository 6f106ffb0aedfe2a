package policy

import "time"

// The names of approvals that no pack's policy asks for. A policy's own ref has a dot in it.
const (
	Confirm    = "confirm"     // of an action that is marked so
	BreakGlass = "break-glass" // of what is to run in spite of a freeze
)

// confirmTTL is how long a plan waits for whoever asked for it: longer, and it is asked again anyway because the world has moved on.
const confirmTTL = 15 * time.Minute

// Confirmation is the approval that only whoever asks can give.
func Confirmation() *Approval {
	return &Approval{Policy: Confirm, Asker: true, Self: true, Required: 1, TTL: confirmTTL}
}
