package clary

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/nodeset"
	"github.com/petrelops/petrel/internal/random"
)

// maxConcurrency is the most hosts that one action works on at once.
const maxConcurrency = 64

// Config says where Clary is and how to talk to it. Only URL is needed.
type Config struct {
	// URL is the base address, such as https://clary.example/. It may carry user:password for basic authentication.
	URL string
	// Token is sent as "Authorization: Bearer". Empty sends none.
	Token string
	// User is who the logbook names when no person is known. Empty is ST2, as in the original pack.
	User string
	// Timeout bounds one call. Zero is 10 s.
	Timeout time.Duration
	// Concurrency is how many hosts an action works on at once when the command does not say. Zero is 4, at most 64.
	Concurrency int
	// MaxParallel is how many calls this process makes at once, over all actions. Zero is 64.
	MaxParallel int
	// Paths are the addresses of the calls below URL.
	Paths Paths
	// Fields are the names of the JSON fields.
	Fields Fields
	// Events says how the event log is read.
	Events Events
	// Avoid lists statuses that ensure does not lead through when the command does not say. Nil is failed and
	// decommissioned; an empty list avoids nothing.
	Avoid []string
	// Groups gives the node set of each @group.
	Groups map[string]string
	// MaxHosts is the most hosts of one command. Zero is nodeset.DefaultMax.
	MaxHosts int
	// HTTP makes the calls. Nil is a client with a connection pool of its own.
	HTTP *http.Client
	// Clock runs every wait. Nil is the clock of the machine.
	Clock clock.Clock
	// Random spreads the waits before a second try. Nil is the operating system's source.
	Random random.Source
}

// Paths are the addresses of the calls, with {host} and {status} where the escaped name goes. An empty one is its default.
type Paths struct {
	Node    string // api/nodes/{host}
	Status  string // api/nodes/{host}/status
	Comment string // api/nodes/{host}/comments
	Next    string // api/statuses/{status}/next
	Events  string // api/events; one event is below it
}

// Fields are the names of the JSON fields, in requests and answers alike. An empty one is its default: the name in lower case.
type Fields struct {
	Hostname, Status, Since, Reason, User, Impacting string // a node; status, user and impacting in requests as well
	Comment, Expected                                string // requests
	Next                                             string // what may follow a status
	Error, Message, Allowed                          string // a refusal
}

func (c Config) withDefaults() Config {
	for into, value := range map[*string]string{
		&c.User:         "ST2",
		&c.Paths.Node:   "api/nodes/{host}",
		&c.Paths.Status: "api/nodes/{host}/status", &c.Paths.Comment: "api/nodes/{host}/comments",
		&c.Paths.Next:      "api/statuses/{status}/next",
		&c.Paths.Events:    "api/events",
		&c.Fields.Hostname: "hostname", &c.Fields.Status: "status", &c.Fields.Since: "since",
		&c.Fields.Reason: "reason", &c.Fields.User: "user", &c.Fields.Impacting: "impacting",
		&c.Fields.Comment: "comment", &c.Fields.Expected: "expected", &c.Fields.Next: "next",
		&c.Fields.Error: "error", &c.Fields.Message: "message", &c.Fields.Allowed: "allowed",
	} {
		if *into == "" {
			*into = value
		}
	}
	for into, value := range map[*int]int{&c.Concurrency: 4, &c.MaxParallel: maxConcurrency, &c.MaxHosts: nodeset.DefaultMax} {
		if *into == 0 {
			*into = value
		}
	}
	c.Events = c.Events.withDefaults()
	c.Paths.Events = strings.Trim(c.Paths.Events, "/")
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Avoid == nil {
		c.Avoid = []string{"failed", "decommissioned"}
	}
	if c.Clock == nil {
		c.Clock = clock.System()
	}
	if c.Random == nil {
		c.Random = random.System()
	}
	return c
}

// validate lists every fault at once. It is called with the defaults filled in.
func (c Config) validate() error {
	var faults []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	base, err := url.Parse(c.URL)
	switch {
	case c.URL == "":
		add(true, "url is missing, for example https://clary.example/")
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		add(true, "url is not an address such as https://clary.example/")
	default:
		add(base.RawQuery != "" || base.Fragment != "", "url has a part after ? or #, which does not belong in a base address")
		add(base.User != nil && c.Token != "", "token and a user in url exclude each other")
	}
	add(c.Timeout < 0, "timeout is negative")
	add(c.MaxParallel < 0, "max_parallel is negative")
	add(c.MaxHosts < 0, "max_hosts is negative")
	add(c.Concurrency < 1 || c.Concurrency > maxConcurrency, "concurrency is not from 1 to %d", maxConcurrency)
	add(slices.Contains(c.Avoid, ""), "avoid names an empty status")
	faults = append(faults, c.Paths.validate()...)
	faults = append(faults, c.Events.validate()...)
	faults = append(faults, c.validateGroups()...)
	sent := []string{c.Fields.Status, c.Fields.Comment, c.Fields.User, c.Fields.Impacting, c.Fields.Expected}
	slices.Sort(sent)
	add(len(slices.Compact(sent)) < 5, "fields gives one name to two fields of a request")
	return errors.Join(faults...)
}

func (p Paths) validate() []error {
	var faults []error
	for _, path := range []struct{ name, text, holder string }{
		{"node", p.Node, "{host}"},
		{"status", p.Status, "{host}"},
		{"comment", p.Comment, "{host}"},
		{"next", p.Next, "{status}"},
	} {
		if rest := strings.ReplaceAll(path.text, path.holder, ""); rest == path.text || strings.ContainsAny(rest, "{}?#") {
			faults = append(faults, fmt.Errorf("paths.%s must contain %s and no other placeholder, ? or #", path.name, path.holder))
		}
	}
	if strings.ContainsAny(p.Events, "{}?#") {
		faults = append(faults, errors.New("paths.events must contain no placeholder, ? or #"))
	}
	return faults
}

func (c Config) validateGroups() []error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Groups)) {
		if _, err := nodeset.Parse("@"+name, nodeset.Options{Groups: c.Groups, Max: max(c.MaxHosts, 0)}); err != nil {
			faults = append(faults, fmt.Errorf("group %s: %s", name, bot.ErrorText(err)))
		}
	}
	return faults
}
