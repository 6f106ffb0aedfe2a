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

// logged stands in a plan where other actions have the statuses to enter: a comment leaves the status alone.
const logged = "commented"

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
		known:  func(f *fault) bool { return !f.unsure },
		do: func(ctx context.Context, h *hand) {
			if h.fault = h.client.addComment(ctx, h.host, h.entry(h.order.comment)); h.fault == nil {
				h.did = "logged"
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
	if begun.Phase == bot.Done {
		o.did = "an earlier attempt: " + begun.Note
		return true
	}
	o.fault = &fault{
		code: bot.CodeConflict,
		text: "An earlier attempt may have logged this comment, so it was not sent again. Look in the logbook first.",
	}
	return true
}

// Verify tells what the checkpoints of an interrupted attempt say. Clary cannot be asked: its logbook is not readable over the
// interface that we know. An intent is on record before its call, so a host without one was not touched.
func (a nodeComment) Verify(ctx context.Context, job bot.Job, p CommentParams) (bot.Finding, bot.Result, error) {
	o, err := a.order(job.Request(), p)
	if err != nil {
		return bot.Unknown, bot.Result{}, err
	}
	marks, err := job.Checkpoints(ctx)
	if err != nil {
		return bot.Unknown, bot.Result{}, err
	}
	var done, unknown, untouched []string
	for _, host := range o.hosts {
		switch marks[host].Phase {
		case bot.Done:
			done = append(done, host)
		case bot.Intent:
			unknown = append(unknown, host)
		default:
			untouched = append(untouched, host)
		}
	}
	var rows [][]string
	for _, r := range []struct {
		hosts []string
		text  string
	}{
		{done, "answered by Clary"},
		{unknown, "not known: look in the logbook"},
		{untouched, "not sent"},
	} {
		if len(r.hosts) > 0 {
			rows = append(rows, []string{folded(r.hosts), fmt.Sprint(len(r.hosts)), r.text})
		}
	}
	result := bot.Result{
		Summary: fmt.Sprintf("%d answered, %d not known, %d not sent", len(done), len(unknown), len(untouched)),
		Blocks:  []bot.Block{bot.TableBlock([]string{"nodes", "count", "comment"}, rows)},
	}
	switch {
	case len(untouched) == len(o.hosts):
		return bot.NotHappened, result, nil
	case len(done) == len(o.hosts):
		return bot.Happened, result, nil
	}
	return bot.Unknown, result, nil
}
