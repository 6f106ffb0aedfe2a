// Package app wires the parts of Petrel together. It is the only package that knows concrete stores, adapters and handlers, so that
// main and the tests start the same thing.
package app
