// Package executor takes a checked wish to run an action from accept to end state: accept, claim, gates, do, record, reply. It is
// the only code that changes an execution, and every front end comes here. DESIGN.md tells what is promised and why.
package executor
