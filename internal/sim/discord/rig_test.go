package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/sim/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines collects the ledger.
type lines struct {
	// mu guards text.
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) has(part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), part)
}

// rig is a simulator behind a web server, with discordgo as a client that it was not written for.
type rig struct {
	*testing.T
	sim    *discord.Server
	web    *httptest.Server
	clock  *clock.Fake
	ledger *lines
	ctx    context.Context //nolint:containedctx // the patience of the test
}

func newRig(t *testing.T, o discord.Options) *rig {
	t.Helper()
	r := &rig{T: t, clock: clock.NewFake(time.Unix(1_800_000_000, 0)), ledger: &lines{}}
	o.Clock, o.Ledger = r.clock, r.ledger
	r.sim = discord.New(t.Context(), o)
	r.web = httptest.NewServer(r.sim)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	r.ctx = ctx
	t.Cleanup(func() {
		cancel()
		r.sim.Close()
		r.web.Close()
		if err := r.sim.LedgerError(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// call makes a call and returns the status with the answer.
func (r *rig) call(method, path string, body any) (int, map[string]any) {
	r.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.ctx, method, r.web.URL+"/api/v10/"+path, bytes.NewReader(data))
	if err != nil {
		r.Fatal(err)
	}
	request.Header.Set("Authorization", "Bot "+discord.DefaultToken)
	request.Header.Set("Content-Type", "application/json")
	response, err := r.web.Client().Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	_ = json.NewDecoder(response.Body).Decode(&answer) // nil is the answer then
	return response.StatusCode, answer
}

// rewrite sends what is meant for Discord to the simulator.
type rewrite struct{ to *url.URL }

func (t rewrite) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = t.to.Scheme, t.to.Host, ""
	r.URL.Path = strings.Replace(r.URL.Path, "/api/v9/", "/api/v10/", 1)
	if r.URL.Path == "/api/v10/gateway" {
		r.URL.Path = "/api/v10/gateway/bot"
	}
	return http.DefaultTransport.RoundTrip(r)
}

// client returns a session of discordgo.
func (r *rig) client() *discordgo.Session {
	r.Helper()
	s, err := discordgo.New("Bot " + discord.DefaultToken)
	if err != nil {
		r.Fatal(err)
	}
	to, err := url.Parse(r.web.URL)
	if err != nil {
		r.Fatal(err)
	}
	s.Client = &http.Client{Transport: rewrite{to}, Timeout: 5 * time.Second}
	r.Cleanup(http.DefaultClient.CloseIdleConnections)
	return s
}

// dial opens a bare connection to the gateway and reads hello.
func (r *rig) dial() *websocket.Conn {
	r.Helper()
	conn, response, err := websocket.DefaultDialer.DialContext(r.ctx, "ws"+strings.TrimPrefix(r.web.URL, "http")+"/gateway/?v=10&encoding=json", nil)
	if err != nil {
		r.Fatal(err)
	}
	response.Body.Close()
	r.Cleanup(func() { conn.Close() })
	if p := r.read(conn); p.Op != 10 {
		r.Fatalf("the first packet is %+v", p)
	}
	return conn
}

type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

func (r *rig) read(conn *websocket.Conn) packet {
	r.Helper()
	var p packet
	if until, ok := r.ctx.Deadline(); ok {
		_ = conn.SetReadDeadline(until) // what does not come is an error at the read
	}
	if err := conn.ReadJSON(&p); err != nil {
		r.Fatal(err)
	}
	return p
}

func (r *rig) send(conn *websocket.Conn, text string) {
	r.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		r.Fatal(err)
	}
}

const identify = `{"op":2,"d":{"token":"sim-bot-token","intents":4609,"properties":{"os":"linux"}}}`
