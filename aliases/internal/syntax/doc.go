// Package syntax reads the format language of aliases: a regular expression in Python's dialect with {{…}} parameters in it. It
// gives the tree of the expression that StackStorm would make of the format, and refuses what an automaton cannot match.
package syntax
