// Package relay joins a chat through a plain HTTP protocol (internal/sim/chat has it in writing): for the fault harness, and for chats that
// Petrel has no adapter of its own for. A small program beside such a chat serves the protocol.
//
// A message is acknowledged only once its command is durable, or its answer is shown. A command that could not be stored is not
// acknowledged, so the chat brings it again, and the person is told so. Only what is turned away because there is too much to do is acknowledged first. A posting is looked for by its key before it is made, so
// one whose answer was lost is not made twice.
package relay
