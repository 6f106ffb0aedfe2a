package relay

import "github.com/petrelops/petrel/bot"

// DecodeText lets the tests decode without a chat.
func DecodeText(text string) string { return decodeText(text, "petrel") }

// Rendered returns what a reply reads like.
func Rendered(r bot.Reply) string { return written(r).Text }

// DecodeEvent reports whether a line of a socket is an event.
func DecodeEvent(line []byte) bool { _, ok := decodeEvent(line); return ok }
