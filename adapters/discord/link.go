package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
)

// The operations of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// Intents: what the bot is told of.
const (
	intents        = 1<<0 | 1<<9 | 1<<12 // guilds, messages in them, direct messages
	intentsContent = 1 << 15
)

const (
	// greetWithin is how long Discord may take for hello, and then for ready or resumed.
	greetWithin = 20 * time.Second
	writeWithin = 5 * time.Second
	maxPacket   = 16 << 20 // bytes; Discord tells of a large guild at once
	// closeResumable ends a connection whose session goes on: 1000 and 1001 would end both.
	closeResumable = 4900
	leastBeat      = time.Second
	// ackWithin is how long a heartbeat may take to be acknowledged. With the 41 s between two of them a path that carries nothing any more
	// is known within a minute.
	ackWithin = 15 * time.Second
)

// packet is what goes over the gateway.
type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

// ending says why a connection ended and what follows.
type ending struct {
	why    string
	pause  time.Duration
	deaf   bool  // nothing came for a while before it
	forget bool  // the session is over
	fatal  error // only a person can mend it
}

// link is one connection to the gateway.
type link struct {
	g       *gateway
	resume  session // its ID is empty for a new session
	last    int64   // the event to resume after
	conn    *websocket.Conn
	control chan packet   // what is for the link itself; READY and RESUMED too
	broken  chan error    // the end of the connection
	beat    time.Duration // between heartbeats; zero before hello
	missing bool          // a heartbeat was not acknowledged
	greeted bool          // ready or resumed
	alive   time.Time     // when the last word for the link came
}

func newLink(g *gateway, s session, last int64) *link {
	return &link{g: g, resume: s, last: last, control: make(chan packet, 16), broken: make(chan error, 1)}
}

// hold connects and stays until the connection ends.
func (l *link) hold(ctx context.Context, address string) ending {
	lost := ending{pause: l.g.spread()}
	target, err := gatewayAddress(address)
	if err != nil {
		return ending{why: err.Error(), pause: patience, forget: true}
	}
	dialing, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTimeout}
	conn, answer, err := dialer.DialContext(dialing, target, nil)
	if err != nil {
		lost.why = "cannot connect: " + err.Error()
		// An address of a session may have gone with its server; the usual one is asked for then.
		lost.forget = l.resume.ID != "" && answer != nil
		return lost
	}
	_ = answer.Body.Close() // a connection that was taken over has none
	l.conn = conn
	conn.SetReadLimit(maxPacket)
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	group.Go(func() error {
		l.read(ctx, running)
		return nil
	})
	end := l.serve(ctx)
	stop()
	// Discord keeps the session for a while: what follows resumes it.
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeResumable, ""), clock.System().Now().Add(writeWithin))
	_ = conn.Close()
	_ = group.Wait() // it returns no error
	return end
}

// gatewayAddress adds the version to an address that Discord named.
func gatewayAddress(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return "", fmt.Errorf("discord named the gateway %.100q", address)
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/"
	u.RawQuery = url.Values{"v": {"10"}, "encoding": {"json"}}.Encode()
	return u.String(), nil
}

// read takes packets until the connection ends. Events go to the bot; while its lanes are full no packet is read, so that Discord feels it.
// running ends with the connection.
func (l *link) read(ctx, running context.Context) {
	for {
		var p packet
		_, text, err := l.conn.ReadMessage()
		if err == nil && json.Unmarshal(text, &p) != nil {
			l.g.a.log.WarnContext(ctx, "could not read a packet of the gateway", "op", "discord.packet.read")
			continue
		}
		if err != nil {
			l.broken <- err // it has room for the one
			return
		}
		if p.Op == opDispatch && !l.event(ctx, p) {
			continue
		}
		select {
		case l.control <- p:
		case <-running.Done():
			return
		}
	}
}

// event hands an event on. It returns true for those that the link wants to know of as well.
func (l *link) event(ctx context.Context, p packet) (greeting bool) {
	g := l.g
	if p.Type == "READY" {
		var d struct {
			Session string `json:"session_id"`
			URL     string `json:"resume_gateway_url"`
		}
		if json.Unmarshal(p.Data, &d) == nil {
			g.ready(ctx, d.Session, d.URL)
		}
	}
	done := g.progress.arrived(p.Seq)
	switch p.Type {
	case kindMessage, kindInteraction:
		g.in.sort(ctx, p.Type, p.Data, done)
		return false
	case "READY", "RESUMED":
		done()
		return true
	}
	done()
	return false
}
