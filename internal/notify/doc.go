// Package notify tells channels what happens. A note is durable, with an entry in a queue, before anything is decided about it; whoever
// claims it has internal/notice decide whether it is told alone, in a digest or later, and writes that together with the message on its way
// to the platform. DESIGN.md says why nothing is lost and no channel is flooded.
package notify
