// Package sqlite keeps Petrel's state in one SQLite file: the driver for one machine, with nothing else to install.
// DESIGN.md tells how it commits, why a lease is safe and how other processes are woken.
package sqlite
