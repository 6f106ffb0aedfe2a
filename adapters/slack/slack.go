package slack

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// name is the adapter's word in origins and accounts.
const name = "slack"

// What stands where Options are empty.
const (
	defaultURL     = "https://slack.com/api/"
	defaultCommand = "/petrel"
	defaultName    = "petrel"
	// defaultSilence is more than the 30 s after which slack-go gives a socket up by itself, and less than the 60 s that are promised.
	defaultSilence = 40 * time.Second
	callTimeout    = 10 * time.Second
	defaultEdits   = 50
	leastEdits     = 5  // of which two may be made at once: a result, and one more
	maxSockets     = 10 // Slack's limit, for all replicas together
)

// Policy says what happens to a message of somebody who is not a full member of the workspace.
type Policy string

// The policies.
const (
	Refuse Policy = "refuse" // say so, privately
	Ignore Policy = "ignore" // say nothing
	Allow  Policy = "allow"  // treat as anybody else; permissions decide
)

// Options describe the adapter.
type Options struct {
	// Workspaces are joined all in this process.
	Workspaces []Workspace
	// Commands are the slash commands that are the bot's; empty is /petrel.
	Commands []string
	// Name is what people call the bot; a direct message may begin with it. Empty is petrel.
	Name string
	// Sockets is how many connections are held to each workspace; zero is two, so that one is open while Slack replaces the other.
	Sockets int
	// HTTP says that Slack posts what people say (Endpoints) instead of sending it through sockets.
	HTTP bool
	// Public is where Slack reaches the bot's HTTP server; only Examine looks there.
	Public string
	// Guests and Strangers are members with a restricted account, and people of another workspace in a shared channel. Empty refuses.
	Guests, Strangers Policy
	// Emails says to tell the e-mail address of a full member along with what they write. It needs the scope users:read.email.
	Emails bool
	// Edits is how many edits are made in a minute, over all messages of a workspace; zero is the 50 that Slack takes of an app.
	Edits int
	// Silence is how long a socket may carry nothing, not even a ping, before it counts as dead; zero is 40 s.
	Silence time.Duration
	// Clock runs every wait. Nil is the machine's.
	Clock clock.Clock
	// Log takes what people are not told; nil drops it.
	Log *slog.Logger
}

// Workspace is how one workspace is reached.
type Workspace struct {
	BotToken string // xoxb-…
	AppToken string // xapp-…, with the scope connections:write; not used over HTTP
	Secret   string // the signing secret of the app; used over HTTP alone
	URL      string // of the Web API, with a slash at its end; empty is Slack's
}

func (o Options) withDefaults() Options {
	if len(o.Commands) == 0 {
		o.Commands = []string{defaultCommand}
	}
	if o.Name == "" {
		o.Name = defaultName
	}
	if o.Sockets == 0 {
		o.Sockets = 2
	}
	if o.Edits == 0 {
		o.Edits = defaultEdits
	}
	if o.Guests == "" {
		o.Guests = Refuse
	}
	if o.Strangers == "" {
		o.Strangers = Refuse
	}
	if o.Silence == 0 {
		o.Silence = defaultSilence
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// validate returns every fault of o at once. It never repeats a token.
func (o Options) validate() error {
	var faults []error
	if len(o.Workspaces) == 0 {
		faults = append(faults, errors.New("there is no workspace"))
	}
	for i, w := range o.Workspaces {
		if !strings.HasPrefix(w.BotToken, "xoxb-") {
			faults = append(faults, fmt.Errorf("the bot token of workspace %d does not begin with xoxb-", i+1))
		}
		if !o.HTTP && !strings.HasPrefix(w.AppToken, "xapp-") {
			faults = append(faults, fmt.Errorf("the app token of workspace %d does not begin with xapp-", i+1))
		}
		if o.HTTP && w.Secret == "" {
			faults = append(faults, fmt.Errorf("workspace %d has no signing secret, and without it anybody could be Slack", i+1))
		}
		if w.URL != "" && !strings.HasSuffix(w.URL, "/") {
			faults = append(faults, fmt.Errorf("the API address of workspace %d does not end with a slash", i+1))
		}
	}
	for _, c := range o.Commands {
		if !strings.HasPrefix(c, "/") || len(c) < 2 {
			faults = append(faults, fmt.Errorf("the command %q does not begin with a slash", c))
		}
	}
	if o.Sockets < 0 || o.Sockets > maxSockets {
		faults = append(faults, fmt.Errorf("%d sockets are asked for; Slack allows %d", o.Sockets, maxSockets))
	}
	if o.Edits < leastEdits {
		faults = append(faults, fmt.Errorf("%d edits a minute are asked for; results need at least %d", o.Edits, leastEdits))
	}
	for _, p := range []Policy{o.Guests, o.Strangers} {
		if p != Refuse && p != Ignore && p != Allow {
			faults = append(faults, fmt.Errorf("there is no policy %q", p))
		}
	}
	return errors.Join(faults...)
}

// Adapter is the bot.Adapter of Slack.
type Adapter struct {
	opts       Options
	workspaces []*workspace
	idle       *http.Transport
}

var _ bot.Adapter = (*Adapter)(nil)

// New returns an adapter, or an error that names every fault of the options. It calls nobody.
func New(o Options) (*Adapter, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, bot.E(bot.CodeInvalid, "slack.options.check", "The settings of adapters.slack are wrong: "+strings.ReplaceAll(err.Error(), "\n", "; ")+".", err)
	}
	a := &Adapter{opts: o, idle: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, ForceAttemptHTTP2: true}}
	for _, w := range o.Workspaces {
		a.workspaces = append(a.workspaces, newWorkspace(o, w, a.idle))
	}
	return a, nil
}

// Name returns "slack".
func (a *Adapter) Name() string { return name }

// Close ends connections that wait to be used again.
func (a *Adapter) Close() { a.idle.CloseIdleConnections() }
