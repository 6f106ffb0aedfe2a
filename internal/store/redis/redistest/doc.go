// Package redistest starts real Redis servers for tests, on free ports of the loopback and with data in temporary folders,
// and stops them at the end of the test. A missing redis-server fails the test with the line that installs it.
package redistest
