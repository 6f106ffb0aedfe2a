package clary

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

// Client talks to one Clary. It is safe for concurrent use.
type Client struct {
	config Config
	base   string // ends with a slash
	place  string // the address for people, without a password
	http   *http.Client
	clock  clock.Clock
	random random.Source
	// parallel has room for one entry per call in flight: the process-wide limit.
	parallel chan struct{}
	graph    *graph
}

// New returns a client, or one error of code invalid that lists everything wrong with the configuration. It makes no call.
func New(config Config) (*Client, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		text := "The configuration of clary is wrong: " + strings.ReplaceAll(err.Error(), "\n", "; ") + "."
		return nil, bot.E(bot.CodeInvalid, "clary.client.new", text, err)
	}
	base, err := url.Parse(config.URL)
	if err != nil {
		return nil, bot.E(bot.CodeInvalid, "clary.client.new", "The configuration of clary is wrong: url cannot be read.", err)
	}
	c := &Client{
		config:   config,
		base:     strings.TrimSuffix(base.String(), "/") + "/",
		place:    base.Scheme + "://" + base.Host,
		http:     httpClient(config.HTTP, config.MaxParallel),
		clock:    config.Clock,
		random:   config.Random,
		parallel: make(chan struct{}, config.MaxParallel),
	}
	c.graph = newGraph(c.clock, c.next)
	return c, nil
}

// httpClient returns given, or a client that keeps a connection for each of the calls at once, so that none is opened anew.
// Redirects are never followed: they would repeat a write, or carry the token elsewhere.
func httpClient(given *http.Client, calls int) *http.Client {
	var h http.Client
	if given != nil {
		h = *given
	} else {
		h.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			MaxIdleConns:        calls,
			MaxIdleConnsPerHost: calls,
			IdleConnTimeout:     90 * time.Second,
			TLSHandshakeTimeout: 10 * time.Second,
		}
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &h
}

// Close drops the idle connections. Calls in flight are not touched.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Handlers returns the handlers of the clary pack by entry point.
func (c *Client) Handlers() map[string]bot.Handler {
	return map[string]bot.Handler{
		"clary.NodeComment":      bot.Bind(nodeComment{c}),
		"clary.NodeStatusEnsure": bot.Bind(nodeStatusEnsure{c}),
		"clary.NodeStatusGet":    bot.Bind(nodeStatusGet{c}),
		"clary.NodeStatusSet":    bot.Bind(nodeStatusSet{c}),
		"clary.StatusNext":       bot.Bind(statusNext{c}),
	}
}
