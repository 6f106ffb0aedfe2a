// Package aliases turns what a person types into an action with parameters. It reads the alias formats of StackStorm packs and
// gives the answers of StackStorm's server, in time linear in the text, however many aliases there are: all formats of a bot are
// compiled into one automaton, and no text makes it go back.
//
// The package is pure: it knows no store, no clock and no chat. docs/aliases.md describes the language for pack authors, and
// DESIGN.md beside this file says how the automaton works and why it is linear.
package aliases
