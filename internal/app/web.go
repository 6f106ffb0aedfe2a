package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/web"
)

// addWeb builds the HTTP server where the configuration names an address. A shell, which comes and goes, has none.
func (a *App) addWeb(o Options, s store.Store) error {
	c := o.Config.HTTP
	if !o.Chats || c.Listen == "" {
		return nil
	}
	options := web.Options{Listen: c.Listen}
	for _, known := range c.Senders {
		secret, err := known.Secret.Resolve()
		if err != nil {
			return err
		}
		options.Senders = append(options.Senders, web.Sender{Name: known.Name, Kind: web.Kind(known.Kind), Secret: secret, Hooks: known.Hooks, PerMinute: known.PerMinute})
	}
	var err error
	a.Web, err = web.New(web.Parts{Events: a.Events, Ready: func(ctx context.Context) error {
		return errors.Join(reach(ctx, s), Heard(a.chats, clock.System().Now()))
	}, Clock: clock.System(), Log: o.Log, Also: a.endpoints(s)}, options)
	return err
}

// endpoints are what other parts answer at the same address: the metrics, and what the chats take over HTTP.
func (a *App) endpoints(s store.Store) map[string]http.Handler {
	all := map[string]http.Handler{"GET /metrics": a.metricsPage(s)}
	for _, c := range a.chats {
		if e, ok := c.(interface {
			Endpoints() map[string]http.Handler
		}); ok {
			maps.Copy(all, e.Endpoints())
		}
	}
	return all
}

// reach returns why the store cannot be asked, or nil. It looks for a record that is not there.
func reach(ctx context.Context, s store.Store) error {
	_, err := s.Get(ctx, store.Key{Kind: "ready", ID: "ready"})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return nil
	}
	return err
}

// deafFor is how long a chat may be deaf before the process counts as not ready. Sockets that are replaced come back much sooner, and with
// the 20 s after which a silent socket is suspect it stays below the minute that is promised.
const deafFor = 30 * time.Second

// Heard returns which chat is not heard, and since when, or nil while every one is.
func Heard(chats []bot.Adapter, now time.Time) error {
	for _, c := range chats {
		l, ok := c.(bot.Linked)
		if !ok {
			continue
		}
		state := l.Link()
		if state.Deaf.IsZero() || now.Sub(state.Deaf) < deafFor {
			continue
		}
		text := fmt.Sprintf("%s has not been heard since %s UTC. The log of this process says why.",
			strings.TrimSpace(c.Name()+" "+state.Where), state.Deaf.UTC().Format("15:04:05"))
		return bot.E(bot.CodeUnavailable, "app.chat.hear", text, nil)
	}
	return nil
}
