package discord_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/sim/discord"
)

// TestResume: a session that was cut off gets what it missed; one whose client closed it in good order does not.
func TestResume(t *testing.T) {
	for name, tt := range map[string]struct {
		code int // with which the client closes
		want bool
	}{"cut": {4000, true}, "closed": {websocket.CloseNormalClosure, false}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, discord.Options{})
			conn := r.dial()
			r.send(conn, identify)
			var ready struct {
				Session string `json:"session_id"`
			}
			if err := json.Unmarshal(r.read(conn).Data, &ready); err != nil {
				t.Fatal(err)
			}
			last := r.read(conn) // the guild
			if err := conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(tt.code, "")); err != nil {
				t.Fatal(err)
			}
			if err := r.sim.Until(r.ctx, func() bool { return r.sim.Listening() == 0 }); err != nil {
				t.Fatal(err)
			}
			if _, err := r.sim.Say(discord.Said{User: discord.Ann, Channel: discord.Ops, Text: "@petrel missed"}); err != nil {
				t.Fatal(err)
			}
			again := r.dial()
			r.send(again, fmt.Sprintf(`{"op":6,"d":{"token":"sim-bot-token","session_id":%q,"seq":%d}}`, ready.Session, last.Seq))
			p := r.read(again)
			if got := p.Type == "MESSAGE_CREATE" && strings.Contains(string(p.Data), "missed"); got != tt.want {
				t.Errorf("the missed message came is %t, want %t: %+v", got, tt.want, p)
			}
			if tt.want && r.read(again).Type != "RESUMED" {
				t.Error("the end of the resume was not told")
			}
			if !tt.want && p.Op != 9 {
				t.Errorf("%+v, want op 9", p)
			}
		})
	}
}

// TestCloseCodes: what a client does wrong ends the connection with the code that says so.
func TestCloseCodes(t *testing.T) {
	for name, tt := range map[string]struct {
		sends []string
		o     discord.Options
		want  int
	}{
		"unknown op":         {[]string{`{"op":5}`}, discord.Options{}, 4001},
		"no JSON":            {[]string{`{`}, discord.Options{}, 4002},
		"too long":           {[]string{`{"op":1,"d":"` + strings.Repeat("x", 4096) + `"}`}, discord.Options{}, 4002},
		"too early":          {[]string{`{"op":3,"d":{}}`}, discord.Options{}, 4003},
		"wrong token":        {[]string{`{"op":2,"d":{"token":"x","intents":1,"properties":{}}}`}, discord.Options{}, 4004},
		"twice":              {[]string{identify, identify}, discord.Options{}, 4005},
		"too many":           {slicesRepeat(`{"op":1,"d":1}`, 121), discord.Options{}, 4008},
		"no such intent":     {[]string{`{"op":2,"d":{"token":"sim-bot-token","intents":-1,"properties":{}}}`}, discord.Options{}, 4013},
		"intent not granted": {[]string{`{"op":2,"d":{"token":"sim-bot-token","intents":32768,"properties":{}}}`}, discord.Options{NoContent: true}, 4014},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, tt.o)
			conn := r.dial()
			for _, text := range tt.sends {
				if conn.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
					break // it was closed already
				}
			}
			for {
				_, _, err := conn.ReadMessage()
				if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
					if closed.Code != tt.want {
						t.Errorf("closed with %d, want %d", closed.Code, tt.want)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func slicesRepeat(text string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = text
	}
	return list
}

// TestIdentifyBudget: two IDENTIFYs within five seconds are one too many, and one beyond the day's budget costs the token.
func TestIdentifyBudget(t *testing.T) {
	r := newRig(t, discord.Options{Identifies: 2})
	first := r.dial()
	r.send(first, identify)
	r.read(first)
	second := r.dial()
	r.send(second, identify)
	if p := r.read(second); p.Op != 9 {
		t.Errorf("%+v, want op 9", p)
	}
	r.clock.Advance(5 * time.Second)
	third := r.dial()
	r.send(third, identify)
	_, _, err := third.ReadMessage()
	if !websocket.IsCloseError(err, 4004) {
		t.Errorf("%v, want close 4004", err)
	}
	if status, _ := r.call("GET", "users/@me", nil); status != 401 {
		t.Errorf("the token still works: %d", status)
	}
}

// TestContentIntent: without it the text comes only where the bot is meant.
func TestContentIntent(t *testing.T) {
	r := newRig(t, discord.Options{})
	conn := r.dial()
	r.send(conn, identify)
	r.read(conn)
	r.read(conn)
	for _, tt := range []struct{ channel, text, want string }{
		{discord.Ops, "between us", `"content":""`},
		{discord.Ops, "@petrel help", `"content":"\u003c@` + discord.App + `\u003e help"`},
		{discord.DirectAnn, "help", `"content":"help"`},
	} {
		if _, err := r.sim.Say(discord.Said{User: discord.Ann, Channel: tt.channel, Text: tt.text}); err != nil {
			t.Fatal(err)
		}
		if p := r.read(conn); !strings.Contains(string(p.Data), tt.want) {
			t.Errorf("%q came as %s", tt.text, p.Data)
		}
	}
}

// TestSilence: a client that sends no heartbeats is cut off.
func TestSilence(t *testing.T) {
	r := newRig(t, discord.Options{Heartbeat: time.Second})
	conn := r.dial()
	for n, changed := r.clock.Waiters(); n == 0; n, changed = r.clock.Waiters() {
		<-changed
	}
	r.clock.Advance(2 * time.Second)
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, 4009) {
		t.Errorf("%v, want close 4009", err)
	}
}
