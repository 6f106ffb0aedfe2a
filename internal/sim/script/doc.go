// Package script is what simulators of chat platforms have in common: rules for faults to come, a ledger of everything that happened,
// and the JSON calls by which tests and demonstrations steer them. It knows no platform.
package script
