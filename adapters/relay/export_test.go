package relay

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
)

// TakeLate hands the adapter a message of ann's that has waited in its lane for too long.
func (a *Adapter) TakeLate(ctx context.Context, r bot.Receiver, id, message string, retry int) {
	at := a.o.Clock.Now().Add(-laneLimit - time.Second)
	m := bot.Message{Origin: bot.Origin{Adapter: name, Channel: "ops", Thread: message, User: "ann"}, Delivery: message}
	a.take(ctx, r, delivery{id: id, retry: retry, at: at, Message: m})
	a.client.http.CloseIdleConnections()
}

// DecodeText lets the tests decode without a chat.
func DecodeText(text string) string { return decodeText(text, "petrel") }

// Rendered returns what a reply reads like.
func Rendered(r bot.Reply) string { return written(r).Text }

// DecodeEvent reports whether a line of a socket is an event.
func DecodeEvent(line []byte) bool { _, ok := decodeEvent(line); return ok }
