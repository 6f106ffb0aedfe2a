package discord

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/posted"
	"github.com/petrelops/petrel/internal/random"
)

// name is the adapter's word in origins and accounts.
const name = "discord"

// What stands where Options are empty.
const (
	defaultURL     = "https://discord.com/api/v10/"
	defaultCommand = "petrel"
	defaultPrefix  = "!petrel"
	callTimeout    = 10 * time.Second
	// defaultCalls stays below Discord's limit for all but the largest bots, which is 50.
	defaultCalls = 40
)

// Memory is what all processes of the bot share and what outlives them: the session of the gateway, and the tokens of interactions.
type Memory interface {
	// Load returns what was saved under the name with its version, which is zero where there is nothing.
	Load(ctx context.Context, name string) (data []byte, version int64, err error)
	// Save keeps data for at least the time. A version is the one that is replaced; AnyVersion replaces any. CodeConflict: somebody else
	// has saved since.
	Save(ctx context.Context, r Saved) error
}

// Saved is what a Memory keeps.
type Saved struct {
	Name    string
	Data    []byte // a JSON object
	Version int64
	For     time.Duration
}

// AnyVersion is the Version of what is saved without a condition.
const AnyVersion = -1

// Seat is held by one process at a time.
type Seat interface {
	// Hold waits for the seat and then calls work, whose context ends when the seat is lost. It goes on until ctx ends.
	Hold(ctx context.Context, work func(ctx context.Context) error) error
}

// Choice is what a line may go on with.
type Choice struct {
	Word string
	Help string
}

// Options describe the adapter.
type Options struct {
	// Token is the bot's.
	Token string
	// URL is of the REST API, with a slash at its end; empty is Discord's.
	URL string
	// Command is the application command that is the bot's; empty is petrel.
	Command string
	// Prefix begins a message to the bot; empty is !petrel. It is heard only with Content.
	Prefix string
	// Content asks for the message content intent, which the portal has to grant.
	Content bool
	// PublicKey is the application's, in hexadecimal, where interactions come over HTTP (Endpoints). Empty: they come through the gateway.
	PublicKey string
	// Threads gives each execution that a message in a server asks for a thread at that message.
	Threads bool
	// PerSecond is how many calls are made in a second, interactions aside; zero is 40.
	PerSecond int
	// Complete returns what the last word of a line may become for the sender; nil offers nothing.
	Complete func(ctx context.Context, o bot.Origin, line string) []Choice
	// Packs have commands of their own, beside Command.
	Packs []Pack
	// Memory and Seat are shared by all processes. Nil keeps all in this one.
	Memory Memory
	Seat   Seat
	// Clock runs every wait. Nil is the machine's.
	Clock clock.Clock
	// Random spreads heartbeats and reconnects. Nil is the machine's.
	Random random.Source
	// Log takes what people are not told; nil drops it.
	Log *slog.Logger
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		at    *string
		value string
	}{{&o.URL, defaultURL}, {&o.Command, defaultCommand}, {&o.Prefix, defaultPrefix}} {
		if *d.at == "" {
			*d.at = d.value
		}
	}
	if o.PerSecond == 0 {
		o.PerSecond = defaultCalls
	}
	if o.Memory == nil {
		o.Memory = newForgetful()
	}
	if o.Seat == nil {
		o.Seat = alone{}
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Random == nil {
		o.Random = random.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// validate returns every fault of o at once. It never repeats the token.
func (o Options) validate() error {
	var faults []error
	if o.Token == "" || strings.ContainsAny(o.Token, " \t\r\n") {
		faults = append(faults, errors.New("the token is empty or has a blank in it"))
	}
	if !strings.HasSuffix(o.URL, "/") {
		faults = append(faults, errors.New("the API address does not end with a slash"))
	}
	if _, err := publicKey(o.PublicKey); err != nil {
		faults = append(faults, err)
	}
	if !isCommandName(o.Command) {
		faults = append(faults, fmt.Errorf("the command %q is not 1 to %d lower-case letters, digits, - and _", o.Command, maxCommandName))
	}
	seen := map[string]bool{o.Command: true}
	for _, p := range o.Packs {
		if named := slug(p.Name); named == "" || seen[named] {
			faults = append(faults, fmt.Errorf("the pack %s cannot be a command: its name is too long, or is that of another command", p.Name))
		} else {
			seen[named] = true
		}
	}
	if strings.TrimSpace(o.Prefix) != o.Prefix {
		faults = append(faults, fmt.Errorf("the prefix %q begins or ends with a blank", o.Prefix))
	}
	return errors.Join(faults...)
}

// Adapter is the bot.Adapter of Discord.
type Adapter struct {
	opts    Options
	log     *slog.Logger
	rest    *discordgo.Session
	idle    *http.Transport
	gate    *gate
	posted  *posted.Memory[place]
	hooks   *hooks
	key     ed25519.PublicKey // nil where interactions come through the gateway
	hearing hearing
	trees   []Tree // of the packs

	// asking is held by whoever asks Discord who the bot is.
	asking chan struct{}
	known  Self // set once, while asking is held

	// mu guards intake.
	mu     sync.RWMutex
	intake *intake // nil while Run is not at work
}

var (
	_ bot.Adapter   = (*Adapter)(nil)
	_ bot.Marker    = (*Adapter)(nil)
	_ bot.Historian = (*Adapter)(nil)
	_ bot.Linked    = (*Adapter)(nil)
)

// New returns an adapter, or an error that names every fault of the options. It calls nobody.
func New(o Options) (*Adapter, error) {
	const op = "discord.options.check"
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, bot.E(bot.CodeInvalid, op, "The settings of adapters.discord are wrong: "+strings.ReplaceAll(err.Error(), "\n", "; ")+".", err)
	}
	rest, err := discordgo.New("Bot " + o.Token)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	a := &Adapter{
		opts: o, log: o.Log, rest: rest, gate: newGate(o), posted: posted.New[place](), asking: make(chan struct{}, 1),
		idle: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 16, ForceAttemptHTTP2: true},
	}
	rest.LogLevel = discordgo.LogError - 1 // what it would print past the log it returns as well
	rest.Client = &http.Client{Transport: observing{a.idle}, Timeout: callTimeout}
	a.hooks = newHooks(o)
	for _, p := range o.Packs {
		a.trees = append(a.trees, RenderPack(p))
	}
	a.key, err = publicKey(o.PublicKey)
	return a, err
}

// Name returns "discord".
func (a *Adapter) Name() string { return name }

// Close ends connections that wait to be used again.
func (a *Adapter) Close() { a.idle.CloseIdleConnections() }

// Self is the bot as Discord knows it.
type Self struct {
	App  string // of the application
	User string // of its bot
}

// self returns who the bot is, asking Discord the first time.
func (a *Adapter) self(ctx context.Context) (Self, error) {
	select {
	case a.asking <- struct{}{}:
		defer func() { <-a.asking }()
	case <-ctx.Done():
		return Self{}, ctx.Err()
	}
	if a.known.App != "" {
		return a.known, nil
	}
	var app, user struct {
		ID string `json:"id"`
	}
	if err := a.call(ctx, request{name: "application.get", method: http.MethodGet, path: "applications/@me"}, &app); err != nil {
		return Self{}, err
	}
	if err := a.call(ctx, request{name: "user.get", method: http.MethodGet, path: "users/@me"}, &user); err != nil {
		return Self{}, err
	}
	if !isID(app.ID) || !isID(user.ID) {
		return Self{}, bot.E(bot.CodeBadAnswer, "discord.user.get", "Discord did not say who the bot is. Look at api_url.", nil)
	}
	a.known = Self{App: app.ID, User: user.ID}
	return a.known, nil
}
