package clary

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// GetParams are the parameters of clary.node.status.get.
type GetParams struct {
	Host string `json:"host"`
}

// nodeStatusGet tells what Clary knows of one node.
type nodeStatusGet struct{ client *Client }

// Do reads the node.
func (a nodeStatusGet) Do(ctx context.Context, job bot.Job, p GetParams) (bot.Result, error) {
	host, err := a.client.host(p.Host)
	if err != nil {
		return bot.Result{}, err
	}
	n, f := a.client.node(ctx, job.Request().Execution, host)
	if f != nil {
		return bot.Result{}, f.about("clary.status.get", host)
	}
	fields := []bot.Field{{Name: "node", Value: n.Node}, {Name: "status", Value: n.Status}}
	for _, f := range []bot.Field{{Name: "since", Value: n.Since}, {Name: "reason", Value: n.Reason}, {Name: "user", Value: n.User}} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	fields = append(fields, bot.Field{Name: "impacting", Value: strconv.FormatBool(n.Impacting)})
	return bot.Result{Summary: n.Node + " is " + n.Status, Blocks: []bot.Block{{Fields: fields}}, Data: n}, nil
}

// NextParams are the parameters of clary.status.next.
type NextParams struct {
	State string `json:"state"`
}

// statusNext tells which statuses may follow one.
type statusNext struct{ client *Client }

// nextReport is the result for programs.
type nextReport struct {
	Status string   `json:"status"`
	Next   []string `json:"next"`
}

// Do asks Clary, whatever is remembered.
func (a statusNext) Do(ctx context.Context, _ bot.Job, p NextParams) (bot.Result, error) {
	state, err := requireStatus("state", p.State)
	if err != nil {
		return bot.Result{}, err
	}
	next, f := a.client.graph.refresh(ctx, state)
	if f != nil {
		return bot.Result{}, f.about("clary.status.next", "status "+state)
	}
	result := bot.Result{
		Summary: fmt.Sprintf("%s can be followed by: %s", state, strings.Join(next, ", ")),
		Data:    nextReport{Status: state, Next: next},
	}
	if len(next) == 0 {
		result.Summary = fmt.Sprintf("Nothing can follow %s.", state)
	}
	return result, nil
}

// Completes implements bot.Completer.
func (statusNext) Completes() []string { return []string{"state"} }

// Complete offers statuses.
func (a statusNext) Complete(ctx context.Context, _, prefix string, limit int) ([]string, error) {
	return a.client.completeStatus(ctx, prefix, limit)
}

// completeStatus offers the statuses that can be discovered from those heard of and from those of the configuration: Clary has
// no list of them.
func (c *Client) completeStatus(ctx context.Context, prefix string, limit int) ([]string, error) {
	if f := c.graph.discover(ctx, c.config.Avoid); f != nil {
		return nil, f.about("clary.status.complete", "statuses")
	}
	found := slices.DeleteFunc(c.graph.statuses(), func(s string) bool { return !strings.HasPrefix(s, prefix) })
	return found[:min(max(limit, 0), len(found))], nil
}
