package clary

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
)

// SetParams are the parameters of clary.node.status.set.
type SetParams struct {
	Hosts       string `json:"hosts"`
	Status      string `json:"status"`
	Comment     string `json:"comment"`
	Impacting   bool   `json:"impacting"`
	Expected    string `json:"expected"` // empty takes the hosts wherever they are
	User        string `json:"user"`
	Concurrency int    `json:"concurrency"`
	DryRun      bool   `json:"dry_run"`
}

// nodeStatusSet asks Clary for one transition per node. Whether it is allowed is Clary's to say.
type nodeStatusSet struct{ client *Client }

func (a nodeStatusSet) order(r bot.Request, p SetParams) (order, error) {
	o, err := a.client.order(r, wish{
		hosts: p.Hosts, status: p.Status, comment: p.Comment, user: p.User, expected: p.Expected,
		impacting: p.Impacting, dryRun: p.DryRun, concurrency: p.Concurrency,
	})
	if err != nil {
		return order{}, err
	}
	o.status, err = requireStatus("status", p.Status)
	return o, err
}

// Plan reads the status of every host.
func (a nodeStatusSet) Plan(ctx context.Context, r bot.Request, p SetParams) (bot.Plan, error) {
	o, err := a.order(r, p)
	if err != nil {
		return bot.Plan{}, err
	}
	s, err := a.look(ctx, o, o.hosts)
	if err != nil {
		return bot.Plan{}, err
	}
	return s.plan(func(g group) string { return arrow(g.from, g.path) })
}

// look surveys hosts. The wanted status is asked for even where it is there already: Clary decides.
func (a nodeStatusSet) look(ctx context.Context, o order, hosts []string) (survey, error) {
	s, err := a.client.survey(ctx, o, hosts)
	for i := range s.groups {
		s.groups[i].path = []string{o.status}
	}
	return s, err
}

// Do makes one change per host, against the status of the plan.
func (a nodeStatusSet) Do(ctx context.Context, job bot.Job, p SetParams) (bot.Result, error) {
	o, err := a.order(job.Request(), p)
	if err != nil {
		return bot.Result{}, err
	}
	t := task{
		op:     "clary.status.set",
		look:   a.look,
		resume: resumed(o.status),
		would:  wouldGo,
		known:  func(*fault) bool { return false },
		do:     a.set,
	}
	return a.client.change(ctx, job, o, t)
}

func (a nodeStatusSet) set(ctx context.Context, h *hand) {
	to := h.order.status
	f := h.put(ctx, to, h.order.comment)
	switch {
	case f == nil:
		h.did = "ok"
	case f.moved && h.now == to:
		h.did = "was set by somebody else meanwhile"
	case f.code == bot.CodeForbidden:
		h.fault = a.forbidden(ctx, h, f)
	default:
		h.fault = f
	}
}

// forbidden explains a refused transition. Clary is asked what is allowed when it did not say so by itself.
func (a nodeStatusSet) forbidden(ctx context.Context, h *hand, f *fault) *fault {
	allowed := f.allowed
	if allowed == nil {
		var g *fault
		if allowed, g = a.client.graph.refresh(ctx, h.now); g != nil {
			return forbiddenBlindly(h.now, h.order.status)
		}
	}
	return forbidden(h.now, h.order.status, allowed)
}

// Completes implements bot.Completer.
func (nodeStatusSet) Completes() []string { return []string{"status"} }

// Complete offers statuses.
func (a nodeStatusSet) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	return a.client.completeStatus(ctx, prefix, limit)
}

// ensureInstead offers to lead the refused hosts through other statuses.
func ensureInstead(o order, outcomes []outcome) []bot.Block {
	var refused []string
	for _, r := range outcomes {
		if r.fault != nil && r.fault.code == bot.CodeForbidden && r.now != o.status {
			refused = append(refused, r.host)
		}
	}
	if len(refused) == 0 {
		return nil
	}
	command := fmt.Sprintf("clary node status ensure %s %s %s", nodeset.Fold(refused), o.status, quote(o.comment))
	if o.impacting {
		command += " impacting=true"
	}
	return []bot.Block{{Buttons: []bot.Button{{Label: "Ensure instead", Command: command}}}}
}

// quote writes a text as one word of a command line. A text with both kinds of quotes loses the double ones.
func quote(text string) string {
	if !strings.Contains(text, `"`) {
		return `"` + text + `"`
	}
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.ReplaceAll(text, `"`, "'") + `"`
}
