package clary

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// node is what Clary knows of one host.
type node struct {
	Node      string `json:"node"`
	Status    string `json:"status"`
	Since     string `json:"since"`
	Reason    string `json:"reason"`
	User      string `json:"user"`
	Impacting bool   `json:"impacting"`
}

// node reads one host. id is the execution that asks.
func (c *Client) node(ctx context.Context, id, host string) (node, *fault) {
	names := c.config.Fields
	o, f := c.read(ctx, request{method: http.MethodGet, path: at(c.config.Paths.Node, "{host}", host), id: id})
	if f != nil {
		return node{}, f
	}
	status := o.optional(names.Status)
	if !plausible(status) {
		return node{}, noStatus(names.Status)
	}
	if answered := o.optional(names.Hostname); answered != "" && !sameHost(answered, host) {
		return node{}, unreadable("is about another node", nil)
	}
	n := node{
		Node: host, Status: status,
		Since: o.optional(names.Since), Reason: o.optional(names.Reason), User: o.optional(names.User),
	}
	if json.Unmarshal(o[names.Impacting], &n.Impacting) != nil {
		n.Impacting = false // an older Clary may not say; the field is for information only
	}
	return n, nil
}

// sameHost allows for letter case and for an answer with the domain written out.
func sameHost(answered, asked string) bool {
	answered, asked = strings.ToLower(answered), strings.ToLower(asked)
	return answered == asked || strings.HasPrefix(answered, asked+".")
}

// maxStatus is the longest name of a status, in bytes. Longer ones would make every sentence unreadable.
const maxStatus = 100

// plausible reports whether a text can be the name of a status.
func plausible(status string) bool {
	return strings.TrimSpace(status) != "" && len(status) <= maxStatus
}

func noStatus(field string) *fault {
	return unreadable("has no status in the field "+strconv.Quote(field), nil)
}

// next reads what may follow a status.
func (c *Client) next(ctx context.Context, status string) ([]string, *fault) {
	o, f := c.read(ctx, request{method: http.MethodGet, path: at(c.config.Paths.Next, "{status}", status)})
	if f != nil {
		return nil, f
	}
	var next []string
	err := json.Unmarshal(o[c.config.Fields.Next], &next)
	if err != nil || next == nil || slices.ContainsFunc(next, func(s string) bool { return !plausible(s) }) {
		return nil, unreadable("has no list of statuses in the field "+strconv.Quote(c.config.Fields.Next), err)
	}
	return next, nil
}

// entry is what a write leaves in the logbook.
type entry struct {
	id        string // the execution
	comment   string
	user      string
	impacting bool
}

func (c *Client) body(e entry) map[string]any {
	names := c.config.Fields
	return map[string]any{names.Comment: e.comment, names.User: e.user, names.Impacting: e.impacting}
}

// setStatus asks once for a change of status, against the status that is expected. Only a 429 is followed by another try.
func (c *Client) setStatus(ctx context.Context, host string, ch transition, e entry) *fault {
	names := c.config.Fields
	body := c.body(e)
	body[names.Status], body[names.Expected] = ch.to, ch.from
	q := request{method: http.MethodPut, path: at(c.config.Paths.Status, "{host}", host), id: e.id, body: body}
	return c.retry(ctx, refused, func() *fault {
		a, f := c.send(ctx, q)
		if f != nil {
			return f
		}
		o, f := decode(a)
		if f != nil {
			return f
		}
		if o.optional(names.Status) != ch.to {
			return unreadable("does not confirm the status "+ch.to, nil)
		}
		return nil
	})
}

// transition is a change of status from what is expected to what is wanted.
type transition struct{ from, to string }

// addComment writes one logbook line. It makes exactly one call.
func (c *Client) addComment(ctx context.Context, host string, e entry) *fault {
	q := request{method: http.MethodPost, path: at(c.config.Paths.Comment, "{host}", host), id: e.id, body: c.body(e)}
	a, f := c.send(ctx, q)
	if f == nil {
		_, f = decode(a)
	}
	if f != nil && f.unsure {
		unsure := *f
		unsure.text = "It is not known whether the comment was logged, and it was not sent again. Look in the logbook first. " + f.text
		return &unsure
	}
	return f
}

// unknownStatus reports whether Clary said that it does not know a status.
func unknownStatus(f *fault) bool { return f != nil && f.code == bot.CodeInvalid }
