package policy

import "time"

// The names of approvals that are not a policy's own. A policy's ref has a dot in it.
const (
	Confirm    = "confirm"     // by whoever asks, because the action is marked so or a policy wants it
	BreakGlass = "break-glass" // of what is to run in spite of a freeze
)

// ConfirmTTL is how long a plan waits for whoever asked for it, where nothing else is said: longer, and it is asked again anyway because the
// world has moved on.
const ConfirmTTL = 15 * time.Minute

// Confirmation says that whoever asks must say that the plan is what he wants. The zero value is what an action's own mark means.
type Confirmation struct {
	Policy string        // the policy's ref; empty: the action's own mark
	When   string        // a condition, as that of an approval; empty: always
	TTL    time.Duration // how long is waited; 0 is ConfirmTTL
}

// Approval is the approval that only whoever asks can give.
func (c Confirmation) Approval() *Approval {
	a := &Approval{Policy: Confirm, Asker: true, Self: true, Required: 1, TTL: c.TTL}
	if a.TTL == 0 {
		a.TTL = ConfirmTTL
	}
	return a
}
