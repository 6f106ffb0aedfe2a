// Package schedule keeps lines that people want run later: once at a time, or again and again. A schedule belongs to whoever asked for it and
// to the place where it was asked: when it comes due its line is run as if that person typed it there. The package knows when; what a line
// means and what its owner may do is the desk's.
package schedule
