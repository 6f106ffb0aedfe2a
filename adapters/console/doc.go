// Package console joins a terminal, a pipe or a script file to the bot. The demo and the test stories run through it, so it is
// built to be read by people and by diff: in a terminal it edits lines and shows living replies; without one it takes one line
// at a time to its end and prints final replies only.
package console
