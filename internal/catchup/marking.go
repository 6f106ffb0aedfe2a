package catchup

import (
	"context"
	"log/slog"
	"time"

	"github.com/petrelops/petrel/bot"
)

// markLimit keeps a mark from holding up the acknowledgement that follows it.
const markLimit = 500 * time.Millisecond

// Marking returns a receiver that shows on a message that it was accepted, where the adapter can. A mark that cannot be set is logged and
// no more: the command is on record. The receiver marks before the adapter acknowledges, so what is acknowledged and not marked is rare.
func Marking(r bot.Receiver, a bot.Adapter, log *slog.Logger) bot.Receiver {
	m, ok := a.(bot.Marker)
	if !ok {
		return r
	}
	return marking{Receiver: r, marker: m, log: log}
}

type marking struct {
	bot.Receiver
	marker bot.Marker
	log    *slog.Logger
}

// Receive implements bot.Receiver.
func (r marking) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) {
	answer, err := r.Receiver.Receive(ctx, m)
	if err == nil && answer.Execution != "" {
		mark(ctx, r.marker, r.log, m, bot.MarkAccepted)
	}
	return answer, err
}

func mark(ctx context.Context, marker bot.Marker, log *slog.Logger, m bot.Message, mark bot.Mark) {
	ctx, cancel := context.WithTimeout(ctx, markLimit)
	defer cancel()
	if err := marker.Mark(ctx, m, mark); err != nil {
		log.WarnContext(ctx, "could not mark a message as accepted", "op", "catchup.message.mark", "delivery", m.Delivery, "code", bot.ErrorCode(err), "err", err)
	}
}

// Suggest implements bot.Suggester where the receiver does.
func (r marking) Suggest(ctx context.Context, t bot.Typing) []string {
	if s, ok := r.Receiver.(bot.Suggester); ok {
		return s.Suggest(ctx, t)
	}
	return nil
}

// Home implements bot.Host where the receiver does.
func (r marking) Home(ctx context.Context, o bot.Origin) (bot.Home, error) {
	if h, ok := r.Receiver.(bot.Host); ok {
		return h.Home(ctx, o)
	}
	return bot.Home{}, nil
}
