// Package catchup finds out what a store lost that had accepted it. An adapter sets a mark on each message that became work; the chat keeps
// that mark when the store forgets. When the store's epoch changes, the last ten minutes of each chat are read again: who had a command
// accepted that is on no record is told, and what was never taken is taken now.
package catchup
