// Package failpoint lets the fault harness (internal/fault) stop, fail or kill a real process at named points, and break it on
// purpose. In a normal build every call is an empty function that the compiler takes out. Under the build tag fault the process
// connects, at its first call, to the control socket named in PETREL_FAULT, reports each hit there and does what it is told.
package failpoint
