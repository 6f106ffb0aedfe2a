// Package telemetry counts and measures what Petrel does, for Prometheus. It is told by hooks and stands around the store and the adapters, so
// nothing else knows of it. A label has only values that packs and the configuration bound: never a person, a host or a channel.
package telemetry
