// Package handlertest checks what a handler claims. Run drives any handler through the promises that the executor builds on:
// Plan writes nothing, an idempotent Do done twice equals once, nothing is touched without its intent on record, a cancel
// stops between two targets, errors name the target and the cause. NewJob is the job that it hands to the handler, for use in
// a handler's own tests as well.
package handlertest
