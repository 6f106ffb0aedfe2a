// Package inquiry reads answers to questions. The question says by a JSON Schema what its answer must be, as StackStorm's core.ask has it; from
// that come the buttons and the form that ask for it, the reading of what is typed, and the complaint about what does not fit. It is pure.
package inquiry
