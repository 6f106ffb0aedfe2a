// Package nodeset reads and writes the node set language of ClusterShell, which people who run clusters type every day:
// irene[4000-4010,4020], n[001-010], r[1-2]n[1-4], a[1-9]!a3, @compute.
//
// It exists so that every action that takes hosts speaks one language, says exactly where a typing fault is, and can never be
// made to spend memory on a node set that is larger than allowed. It is pure: text and names in, names and text out.
//
// The source is ClusterShell 1.9 (https://clustershell.readthedocs.io, nodeset and cluset). The same on purpose: operators run
// strictly from left to right, a padded range needs ends of equal length, brackets may not touch. Different on purpose: the
// order in which names were written is kept, white space separates names, and what could reach a command line or a path badly
// (control characters, a leading dash, a slash) is refused.
package nodeset
