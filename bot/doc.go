// Package bot holds the words of Petrel: the types that every other package speaks, the execution status table, and the
// contracts of adapters and actions. It uses the standard library only, does no I/O and starts no goroutine.
package bot
