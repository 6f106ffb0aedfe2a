package relay

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
)

// TakeLate hands the adapter a message of ann's that has waited in its lane.
func (a *Adapter) TakeLate(ctx context.Context, r bot.Receiver, id, message string, retry int) {
	a.take(ctx, r, a.waited(id, message, retry))
	a.client.http.CloseIdleConnections()
}

// TurnAway turns such a message away.
func (a *Adapter) TurnAway(ctx context.Context, id, message string) {
	a.turnAway(ctx, a.waited(id, message, 0))
	a.client.http.CloseIdleConnections()
}

func (a *Adapter) waited(id, message string, retry int) delivery {
	m := bot.Message{Origin: bot.Origin{Adapter: name, Channel: "ops", Thread: message, User: "ann"}, Delivery: message}
	return delivery{id: id, retry: retry, at: a.o.Clock.Now().Add(-laneLimit - time.Second), Message: m}
}

// DecodeText lets the tests decode without a chat.
func DecodeText(text string) string { return decodeText(text, "petrel") }

// Rendered returns what a reply reads like.
func Rendered(r bot.Reply) string { return written(r).Text }

// DecodeEvent reports whether a line of a socket is an event.
func DecodeEvent(line []byte) bool { _, ok := decodeEvent(line); return ok }
