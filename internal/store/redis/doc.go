// Package redis keeps Petrel's state in Redis: the driver for more than one machine. Each call is one Lua script, so each is
// atomic. DESIGN.md lists the keys, tells why a lease is safe, and what a failover can break.
package redis
