// Package clary is the client of the Clary life-cycle manager and the handlers of the five actions of the clary pack. It
// exists so that a change of status reaches every node at most once, whatever is lost on the way: what Clary did not answer
// is found out by reading, never by trying again blindly.
//
// What is tried again, and when:
//
//	GET            up to three times more, after a network fault, 5xx or 429
//	PUT of status  after 429, which is a refusal; after any other doubt the status is read first, and every PUT carries the
//	               status that it expects, so that Clary itself refuses to overwrite somebody else's change
//	POST comment   never: a second line in the logbook cannot be taken back
//
// No public Clary exists. Paths and field names are those of our notes and can be changed in Config.
package clary
