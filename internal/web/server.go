package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/rule"
)

const (
	readWithin   = 10 * time.Second // a request, with its body
	answerWithin = 20 * time.Second // it
	askWithin    = 10 * time.Second // the store, for one request
	idleFor      = time.Minute
	maxHeader    = 16 << 10
	// maxOpen bounds the connections, and with maxBody what strangers can make the process hold. Further ones wait.
	maxOpen = 256
)

// Events is what becomes of webhooks (event.Engine).
type Events interface {
	// Rules returns all rules as they are switched now.
	Rules(ctx context.Context) ([]*rule.Rule, error)
	// Emit makes an event durable.
	Emit(ctx context.Context, e event.Event) (event.Instance, error)
}

// Options are the server's settings.
type Options struct {
	Listen  string   // host:port
	Senders []Sender // who may post to webhooks; without any nobody may
}

// Parts are what the server works with.
type Parts struct {
	Events Events
	// Ready returns why the process cannot work now, or nil.
	Ready func(ctx context.Context) error
	Clock clock.Clock
	Log   *slog.Logger
	// Also are what other parts of the process answer at the same address, by pattern.
	Also map[string]http.Handler
}

// Server answers over HTTP.
type Server struct {
	Parts
	o      Options
	limits []*rate.Limiter // one for each of the senders
}

// New returns a server. It calls nobody. CodeInvalid names every sender that cannot be used.
func New(p Parts, o Options) (*Server, error) {
	if err := checkSenders(o.Senders); err != nil {
		return nil, err
	}
	s := &Server{Parts: p, o: o}
	for _, known := range o.Senders {
		s.limits = append(s.limits, limit(known.PerMinute))
	}
	return s, nil
}

// Run answers at the configured address until ctx ends. What was taken by then is still answered.
func (s *Server) Run(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.o.Listen)
	if err != nil {
		return bot.E(bot.CodeUnavailable, "web.server.listen", "Nobody can listen at "+s.o.Listen+". Name a free address where the configuration says listen.", err)
	}
	return s.Serve(ctx, listener)
}

// Serve is Run with a listener, which it closes.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), ReadTimeout: readWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:    slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug), // of connections that strangers break
	}
	s.Log.InfoContext(ctx, "listened for webhooks", "op", "web.server.serve", "address", listener.Addr().String())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group errgroup.Group
	group.Go(func() error {
		defer stop() // without a listener there is nothing to shut down later
		if err := server.Serve(netutil.LimitListener(listener, maxOpen)); !errors.Is(err, http.ErrServerClosed) {
			return bot.E(bot.CodeUnavailable, "web.server.serve", "", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
		defer cancel()
		return errors.Join(server.Shutdown(ending), server.Close())
	})
	return group.Wait()
}

// Handler answers every request that the server knows.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/webhooks/{name...}", s.webhook)
	mux.HandleFunc("GET /healthz", healthy)
	for pattern, handler := range s.Also {
		mux.Handle(pattern, handler)
	}
	mux.HandleFunc("GET /readyz", s.ready)
	return mux
}
