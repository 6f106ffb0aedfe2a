// Package fault breaks a running Petrel and looks whether its promises hold: real processes, a real Redis, real sockets, and
// witnesses outside the bot. Each scenario runs to its end; then the ledgers of the chat, of Clary and of the injector are read and the
// invariants are checked over the whole history. A scenario whose fault did not fire has failed. Everything beside this comment is built with
// the tag fault only. docs/guarantees.md tells how to run it and what it does not show.
package fault
