// Package event turns events into executions. An event that was accepted is a durable record (a trigger instance) with an entry in a queue;
// whoever claims the entry holds the rules of its trigger against it and has the executor accept what they ask for. DESIGN.md says why
// nothing is lost and nothing fires twice. Timers are events that the engine emits itself.
package event
