package clary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
)

// List is a parameter that takes a JSON array or one text with commas, because people type avoid=failed,spare.
type List []string

// UnmarshalJSON reads either form. Empty entries are dropped, so that avoid= avoids nothing.
func (l *List) UnmarshalJSON(data []byte) error {
	var entries []string
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`"`)) {
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		entries = strings.Split(text, ",")
	} else if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	if entries == nil {
		return nil // null is the same as not given
	}
	*l = List{}
	for _, e := range entries {
		if e = strings.TrimSpace(e); e != "" {
			*l = append(*l, e)
		}
	}
	return nil
}

// order is what a person asked for, checked and with every default filled in.
type order struct {
	id          string // the execution
	hosts       []string
	status      string // empty for a comment
	comment     string
	user        string
	impacting   bool
	concurrency int
	dryRun      bool
	// expected is the status that whoever asked believed the hosts to be in; empty when nothing was believed.
	expected string
	// again says that an earlier attempt may have moved hosts already.
	again bool
}

// wish is an order as the parameters say it.
type wish struct {
	hosts, status, comment, user, expected string
	impacting, dryRun                      bool
	concurrency                            int
}

func (c *Client) order(r bot.Request, w wish) (order, error) {
	o := order{
		id: r.Execution, status: strings.TrimSpace(w.status), comment: strings.TrimSpace(w.comment),
		user:      cmp.Or(strings.TrimSpace(w.user), r.Identity.Name, r.Identity.ID, c.config.User),
		impacting: w.impacting, dryRun: w.dryRun,
		concurrency: c.config.Concurrency, expected: strings.TrimSpace(w.expected), again: r.Attempt > 1,
	}
	if w.concurrency != 0 {
		o.concurrency = min(max(w.concurrency, 1), maxConcurrency)
	}
	var err error
	if o.hosts, err = c.hosts(w.hosts); err != nil {
		return order{}, err
	}
	if o.comment == "" {
		return order{}, invalid("comment", `Say in comment why, for example "hw swap": Clary keeps it in the logbook.`)
	}
	return o, nil
}

// hosts expands a node set that must name at least one host.
func (c *Client) hosts(text string) ([]string, error) {
	hosts, err := nodeset.Parse(text, nodeset.Options{Groups: c.config.Groups, Max: c.config.MaxHosts})
	if err != nil {
		return nil, err
	}
	if len(hosts) == 0 {
		return nil, invalid("hosts", fmt.Sprintf("The node set %.80q leaves no host. Write for example irene[4000-4010].", text))
	}
	return hosts, nil
}

// host returns the one host that text names.
func (c *Client) host(text string) (string, error) {
	hosts, err := c.hosts(text)
	if err != nil {
		return "", err
	}
	if len(hosts) > 1 {
		return "", invalid("host", fmt.Sprintf("%.80q names %d hosts. Give one, for example %s.", text, len(hosts), hosts[0]))
	}
	return hosts[0], nil
}

// requireStatus returns the status that text names.
func requireStatus(param, text string) (string, error) {
	status := strings.TrimSpace(text)
	if !plausible(status) || status == "." || status == ".." {
		return "", invalid(param, "Give the name of a status in "+param+", for example maintenance.")
	}
	return status, nil
}

func invalid(param, text string) error {
	return bot.E(bot.CodeInvalid, "clary."+param+".check", text, nil)
}
