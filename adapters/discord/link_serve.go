package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// serve answers the gateway until the connection is to end.
func (l *link) serve(ctx context.Context) ending {
	deadline := l.g.a.opts.Clock.NewTimer(greetWithin)
	defer deadline.Stop()
	var beat clock.Timer // nil before hello
	defer func() {
		if beat != nil {
			beat.Stop()
		}
	}()
	var ack clock.Timer // nil while no heartbeat waits for its acknowledgement
	stopAck := func() {
		if ack != nil {
			ack.Stop()
			ack = nil
		}
	}
	defer stopAck()
	for {
		due, overdue := wake(beat), wake(ack)
		select {
		case <-ctx.Done():
			return ending{why: "asked to stop"}
		case <-deadline.C():
			return ending{why: "Discord said nothing", pause: l.g.spread()}
		case <-due:
			if l.missing {
				return ending{why: "a heartbeat was not acknowledged", deaf: true}
			}
			l.missing = true
			l.heartbeat()
			stopAck()
			ack = l.g.a.opts.Clock.NewTimer(ackWithin)
			beat = l.g.a.opts.Clock.NewTimer(l.beat)
		case <-overdue:
			return ending{why: "a heartbeat was not acknowledged", deaf: true}
		case err := <-l.broken:
			return l.closed(err)
		case p := <-l.control:
			first := l.beat == 0
			l.alive = l.g.a.opts.Clock.Now()
			if end, over := l.hear(p); over {
				return end
			}
			if first && l.beat > 0 {
				beat = l.g.a.opts.Clock.NewTimer(l.firstBeat())
			}
			if l.greeted {
				deadline.Stop()
				l.g.a.hearing.hears()
			}
			if !l.missing {
				stopAck()
			}
		}
	}
}

// wake returns where a timer tells; one that is not there never does.
func wake(t clock.Timer) <-chan time.Time {
	if t == nil {
		return nil
	}
	return t.C()
}

// firstBeat is at a random time, so that not all bots send theirs together.
func (l *link) firstBeat() time.Duration {
	const parts = 1000
	return l.beat * time.Duration(l.g.a.opts.Random.Uint64()%parts+1) / parts
}

// hear takes what is for the link itself. Any of it may be the first: a library that expects hello there hangs over op 7 and op 11.
func (l *link) hear(p packet) (end ending, over bool) {
	switch p.Op {
	case opHello:
		var d struct {
			Interval int64 `json:"heartbeat_interval"` // milliseconds
		}
		if json.Unmarshal(p.Data, &d) == nil && l.beat == 0 {
			l.beat = max(time.Duration(d.Interval)*time.Millisecond, leastBeat)
			l.introduce()
		}
	case opDispatch:
		l.greeted = true
		l.g.a.log.Info("listening to Discord", "op", "discord.gateway.greet", "how", p.Type)
	case opHeartbeat:
		l.heartbeat()
	case opAck:
		l.missing = false
	case opReconnect:
		end = ending{why: "Discord asked to connect again"}
		if !l.greeted {
			end.pause = l.g.spread()
		}
		return end, true
	case opInvalid:
		var resumable bool
		_ = json.Unmarshal(p.Data, &resumable) // what cannot be read is not resumable
		return ending{why: "the session is not valid", forget: !resumable, pause: l.g.spread()}, true
	}
	return ending{}, false
}

// introduce takes the session up again, or begins one.
func (l *link) introduce() {
	if l.resume.ID != "" {
		l.send(opResume, object{"token": l.g.a.opts.Token, "session_id": l.resume.ID, "seq": l.last})
		return
	}
	wanted := intents
	if l.g.a.opts.Content {
		wanted |= intentsContent
	}
	l.send(opIdentify, object{
		"token": l.g.a.opts.Token, "intents": wanted, "properties": object{"os": runtime.GOOS, "browser": "petrel", "device": "petrel"},
	})
}

func (l *link) heartbeat() { l.send(opHeartbeat, l.g.progress.heard()) }

// send sends a packet. A connection that is broken is found by whoever reads it.
func (l *link) send(op int, data any) {
	_ = l.conn.SetWriteDeadline(clock.System().Now().Add(writeWithin))
	_ = l.conn.WriteJSON(object{"op": op, "d": data})
}

// Close codes of Discord's. What is not named here is resumed from.
const (
	closeNotAuthenticated = 4003
	closeAuth             = 4004
	closeSequence         = 4007
	closeTimedOut         = 4009
	closeShard            = 4010
	closeSharding         = 4011
	closeVersion          = 4012
	closeIntents          = 4013
	closeDisallowed       = 4014
)

// closed says what follows the end of the connection.
func (l *link) closed(err error) ending {
	end := ending{why: err.Error()}
	if !l.greeted {
		end.pause = l.g.spread()
	}
	code, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return end
	}
	end.why = fmt.Sprintf("closed with %d", code.Code)
	switch code.Code {
	case closeNotAuthenticated, closeSequence, closeTimedOut, websocket.CloseNormalClosure, websocket.CloseGoingAway:
		end.forget, end.pause = true, l.g.spread()
		return end
	}
	if text := mend(code.Code); text != "" {
		end.forget, end.fatal = true, bot.E(bot.CodeAuth, "discord.gateway.open", text, err)
	}
	return end
}

// mend says what a person has to do about a close code that no other try would change; empty for every other code.
func mend(code int) string {
	switch code {
	case closeAuth:
		return "Discord does not accept the bot's token. Reset it under Bot at discord.com/developers, put the new one where adapters.discord.token says, and restart."
	case closeShard, closeSharding:
		return "Discord wants this bot to be split into shards, because it is in too many servers. Petrel does not do that: use a bot of its own for it."
	case closeVersion:
		return "Discord does not speak version 10 of its gateway any more. Update Petrel."
	case closeIntents:
		return "Discord does not know the intents that Petrel asks for. Update Petrel."
	case closeDisallowed:
		return "Discord does not grant the message content intent. Switch it on under Bot at discord.com/developers, or set adapters.discord.message_content to false, and restart."
	}
	return ""
}
