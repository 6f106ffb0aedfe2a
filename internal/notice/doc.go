// Package notice decides how a channel is told of what happens: alone, as part of a digest that sums up what is too much, or later, when
// nobody is to be disturbed. It is pure: the time is handed in, and internal/notify does the reading and writing.
package notice
