package clary

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// change carries out a set or an ensure and reports it.
func (c *Client) change(ctx context.Context, job bot.Job, o order, t task) (bot.Result, error) {
	if o.dryRun {
		return c.dryRun(ctx, job, o, t)
	}
	outcomes, err := c.carryOut(ctx, job, o, t)
	if outcomes == nil {
		return bot.Result{}, err
	}
	failures := failed(outcomes)
	result := result(outcomes)
	result.Summary = summary(o, outcomes, failures)
	if t.op == "clary.status.set" {
		result.Blocks = append(result.Blocks, ensureInstead(o, outcomes)...)
	}
	if err == nil {
		err = verdict(ctx, t.op, outcomes, failures)
	}
	return result, err
}

// dryRun reports what would be done. It writes nothing.
func (c *Client) dryRun(ctx context.Context, job bot.Job, o order, t task) (bot.Result, error) {
	planned, outcomes, err := c.work(ctx, o, job.Plan(), t.look)
	if err != nil {
		return bot.Result{}, err
	}
	failures, changing := len(outcomes), 0
	for _, host := range o.hosts {
		ch, ok := planned[host]
		if !ok {
			continue
		}
		r := outcome{host: host, was: ch.From, now: ch.From, steps: ch.Path, did: t.already}
		if len(ch.Path) > 0 {
			changing++
			r.did = t.would(ch)
		}
		outcomes = append(outcomes, r)
	}
	byFirstHost(o.hosts, outcomes)
	result := result(outcomes)
	result.Data = report{DryRun: true, Hosts: result.Data.(report).Hosts}
	result.Summary = fmt.Sprintf("Dry run, nothing was changed: %d of %s would change.", changing, plural(len(o.hosts)))
	if failures > 0 {
		err = verdict(ctx, t.op, outcomes, failed(outcomes))
	}
	return result, err
}

func wouldGo(ch bot.Change) string { return "would go " + arrow(ch.From, ch.Path) }

func failed(outcomes []outcome) []outcome {
	var failures []outcome
	for _, o := range outcomes {
		if o.fault != nil {
			failures = append(failures, o)
		}
	}
	return failures
}

// result holds what is the same for every action on many hosts: the table and the data.
func result(outcomes []outcome) bot.Result {
	r := report{Hosts: make([]hostReport, len(outcomes))}
	for i, o := range outcomes {
		r.Hosts[i] = o.report()
	}
	return bot.Result{Blocks: []bot.Block{table(outcomes)}, Data: r}
}

func summary(o order, outcomes, failures []outcome) string {
	var good []string
	for _, r := range outcomes {
		if r.fault == nil {
			good = append(good, r.host)
		}
	}
	var parts []string
	switch {
	case len(good) == 1:
		parts = append(parts, fmt.Sprintf("%s is %s", good[0], o.status))
	case len(good) > 0:
		parts = append(parts, fmt.Sprintf("%d hosts are %s (%s)", len(good), o.status, folded(good)))
	}
	if len(failures) > 0 {
		bad := make([]string, len(failures))
		for i, r := range failures {
			bad[i] = r.host
		}
		parts = append(parts, fmt.Sprintf("%d failed (%s)", len(bad), folded(bad)))
	}
	return strings.Join(parts, "; ")
}

// verdict is the error of an action on many hosts, nil when every host succeeded.
func verdict(ctx context.Context, op string, outcomes, failures []outcome) error {
	if len(failures) == 0 {
		return nil
	}
	err := failure(op, failures, len(outcomes))
	if ctx.Err() == nil {
		return err
	}
	text := fmt.Sprintf("Stopped after %d of %s. ", len(outcomes)-len(failures), plural(len(outcomes)))
	reasons := piles(failures)
	for _, p := range reasons[:min(maxPiles, len(reasons))] {
		text += fmt.Sprintf("%s: %s ", folded(p.hosts), p.fault.text)
	}
	return bot.E(stopped(ctx, "").code, op, strings.TrimSpace(text), errors.Join(context.Cause(ctx), err))
}
