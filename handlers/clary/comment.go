package clary

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// CommentParams are the parameters of clary.node.comment.
type CommentParams struct {
	Hosts       string `json:"hosts"`
	Comment     string `json:"comment"`
	Impacting   bool   `json:"impacting"`
	User        string `json:"user"`
	Concurrency int    `json:"concurrency"`
	DryRun      bool   `json:"dry_run"`
}

// logged is what is noted of a comment that Clary confirmed. In a plan it stands where other actions have the statuses to
// enter, because a comment leaves the status alone.
const logged = "logged"

// nodeComment adds a line to the logbook of nodes. A line cannot be taken back, so nothing here is sent twice.
type nodeComment struct{ client *Client }

func (a nodeComment) order(r bot.Request, p CommentParams) (order, error) {
	return a.client.order(r, wish{
		hosts: p.Hosts, comment: p.Comment, user: p.User,
		impacting: p.Impacting, dryRun: p.DryRun, concurrency: p.Concurrency,
	})
}

// Plan reads every host, so that a mistyped name is known before anything is written.
func (a nodeComment) Plan(ctx context.Context, r bot.Request, p CommentParams) (bot.Plan, error) {
	o, err := a.order(r, p)
	if err != nil {
		return bot.Plan{}, err
	}
	s, err := a.look(ctx, o, o.hosts)
	if err != nil {
		return bot.Plan{}, err
	}
	return s.plan(func(group) string { return "add a comment to the logbook" })
}

// look surveys hosts. Their statuses do not matter, so they are one group.
func (a nodeComment) look(ctx context.Context, o order, hosts []string) (survey, error) {
	s, err := a.client.survey(ctx, o, hosts)
	if err != nil || len(s.groups) == 0 {
		return s, err
	}
	all := group{path: []string{logged}}
	bad := map[string]bool{}
	for _, f := range s.failed {
		bad[f.host] = true
	}
	for _, host := range hosts {
		if !bad[host] {
			all.hosts = append(all.hosts, host)
		}
	}
	s.groups = []group{all}
	return s, nil
}

// Do sends one comment per host.
func (a nodeComment) Do(ctx context.Context, job bot.Job, p CommentParams) (bot.Result, error) {
	o, err := a.order(job.Request(), p)
	if err != nil {
		return bot.Result{}, err
	}
	t := task{
		op:     "clary.node.comment",
		look:   a.look,
		resume: begunBefore,
		would:  func(bot.Change) string { return "would be logged" },
		once:   true,
		known:  func(f *fault) bool { return !f.unsure },
		do: func(ctx context.Context, h *hand) {
			if h.fault = h.client.addComment(ctx, h.host, h.entry(h.order.comment)); h.fault == nil {
				h.did = logged
			}
		},
	}
	if o.dryRun {
		return a.client.dryRun(ctx, job, o, t)
	}
	outcomes, err := a.client.carryOut(ctx, job, o, t)
	if outcomes == nil {
		return bot.Result{}, err
	}
	failures := failed(outcomes)
	result := result(outcomes)
	result.Summary = fmt.Sprintf("Comment logged for %d of %s", len(outcomes)-len(failures), plural(len(outcomes)))
	if err == nil {
		err = verdict(ctx, t.op, outcomes, failures)
	}
	return result, err
}

// begunBefore keeps a comment from being sent a second time.
func begunBefore(begun bot.Checkpoint, _ bot.Change, o *outcome) bool {
	switch {
	case begun.Phase == bot.Done && begun.Note == logged:
		o.did = "logged by an earlier attempt"
	case begun.Phase == bot.Done:
		o.fault = &fault{code: bot.CodeConflict, text: "An earlier attempt was refused and this one did not send it again: " + begun.Note}
	default:
		o.fault = &fault{
			code: bot.CodeConflict,
			text: "An earlier attempt may have logged this comment, so it was not sent again. Look in the logbook first.",
		}
	}
	return true
}
