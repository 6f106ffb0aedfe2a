package clary

import (
	"context"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
)

// EnsureParams are the parameters of clary.node.status.ensure.
type EnsureParams struct {
	Hosts       string `json:"hosts"`
	Status      string `json:"status"`
	Comment     string `json:"comment"`
	Impacting   bool   `json:"impacting"`
	Expected    string `json:"expected"` // empty takes the hosts wherever they are
	User        string `json:"user"`
	Concurrency int    `json:"concurrency"`
	Avoid       List   `json:"avoid"` // nil takes the configured list
	MaxSteps    int    `json:"max_steps"`
	Wait        int    `json:"wait"` // seconds
	DryRun      bool   `json:"dry_run"`
}

// nodeStatusEnsure leads nodes to a status, through other statuses where Clary does not allow the direct way.
type nodeStatusEnsure struct{ client *Client }

// aim is an ensure after its parameters were checked.
type aim struct {
	order
	search search // without from
	wait   time.Duration
}

func (a nodeStatusEnsure) aim(r bot.Request, p EnsureParams) (aim, error) {
	o, err := a.client.order(r, wish{
		hosts: p.Hosts, status: p.Status, comment: p.Comment, user: p.User, expected: p.Expected,
		impacting: p.Impacting, dryRun: p.DryRun, concurrency: p.Concurrency,
	})
	if err != nil {
		return aim{}, err
	}
	if o.status, err = requireStatus("status", p.Status); err != nil {
		return aim{}, err
	}
	avoid := []string(p.Avoid)
	if p.Avoid == nil {
		avoid = a.client.config.Avoid
	}
	avoid = slices.DeleteFunc(slices.Clone(avoid), func(s string) bool { return s == o.status })
	steps := maxSteps
	if p.MaxSteps > 0 {
		steps = min(p.MaxSteps, maxSteps)
	}
	return aim{
		order: o, search: search{to: o.status, avoid: avoid, maxSteps: steps},
		wait: time.Duration(max(0, p.Wait)) * time.Second,
	}, nil
}

// Plan finds the path of every host. Hosts in the same status share one search.
func (a nodeStatusEnsure) Plan(ctx context.Context, r bot.Request, p EnsureParams) (bot.Plan, error) {
	goal, err := a.aim(r, p)
	if err != nil {
		return bot.Plan{}, err
	}
	s, err := a.look(goal.search)(ctx, goal.order, goal.hosts)
	if err != nil {
		return bot.Plan{}, err
	}
	moving := false
	plan, err := s.plan(func(g group) string {
		if len(g.path) == 0 {
			return "already " + g.from
		}
		moving = true
		return arrow(g.from, g.path)
	})
	if moving && len(goal.search.avoid) > 0 {
		plan.Lines = append(plan.Lines, "avoiding "+listed(goal.search.avoid))
	}
	return plan, err
}

// look surveys hosts and finds the path of each group.
func (a nodeStatusEnsure) look(to search) lookAt {
	return func(ctx context.Context, o order, hosts []string) (survey, error) {
		s, err := a.client.survey(ctx, o, hosts)
		if err != nil {
			return survey{}, err
		}
		for i := range s.groups {
			g, from := &s.groups[i], to
			if g.fault != nil {
				continue
			}
			from.from = g.from
			var reached []string
			g.path, reached, g.fault = a.client.graph.route(ctx, from)
			if g.fault == nil && g.path == nil && g.from != to.to {
				g.fault = a.client.noWay(ctx, from, reached)
			}
		}
		return s, nil
	}
}

// noWay explains why there is no path. A wanted status that Clary does not know is the likelier mistake and is told first.
func (c *Client) noWay(ctx context.Context, s search, reached []string) *fault {
	if _, f := c.graph.next(ctx, s.to); unknownStatus(f) {
		return f
	}
	return noWay(s, reached)
}

// Do leads every host along its path of the plan.
func (a nodeStatusEnsure) Do(ctx context.Context, job bot.Job, p EnsureParams) (bot.Result, error) {
	goal, err := a.aim(job.Request(), p)
	if err != nil {
		return bot.Result{}, err
	}
	t := task{
		op:      "clary.status.ensure",
		look:    a.look(goal.search),
		resume:  resumed(goal.status),
		would:   wouldGo,
		already: "was already " + goal.status,
		known:   func(*fault) bool { return false },
		do: func(ctx context.Context, h *hand) {
			w := &walk{hand: h, search: goal.search, path: h.change.Path, wait: goal.wait}
			if h.fault = w.arrive(ctx); h.fault == nil {
				h.did = "ok"
			}
		},
	}
	return a.client.change(ctx, job, goal.order, t)
}

// Completes implements bot.Completer.
func (nodeStatusEnsure) Completes() []string { return []string{"status"} }

// Complete offers statuses.
func (a nodeStatusEnsure) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	return a.client.completeStatus(ctx, prefix, limit)
}
