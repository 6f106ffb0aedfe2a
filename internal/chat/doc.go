// Package chat turns a message into an answer: it finds the alias, casts the parameters, and either hands the command to the
// executor or, for questions about the bot itself (help, executions, cancel…), answers at once. Adapters know nothing else of
// Petrel than its Desk.
package chat
