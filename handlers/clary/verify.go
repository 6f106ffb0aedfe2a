package clary

import (
	"context"
	"fmt"
	"strconv"

	"github.com/petrelops/petrel/bot"
)

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
	const unknown, refused, untouched = "not known: look in the logbook", "refused by Clary", "not sent"
	hosts := map[string][]string{}
	for _, host := range o.hosts {
		mark, said := marks[host], untouched
		switch {
		case mark.Phase == bot.Done && mark.Note == logged:
			said = logged
		case mark.Phase == bot.Done:
			said = refused
		case mark.Phase == bot.Intent:
			said = unknown
		}
		hosts[said] = append(hosts[said], host)
	}
	var rows [][]string
	for _, said := range []string{logged, unknown, refused, untouched} {
		if len(hosts[said]) > 0 {
			rows = append(rows, []string{folded(hosts[said]), strconv.Itoa(len(hosts[said])), said})
		}
	}
	result := bot.Result{
		Summary: fmt.Sprintf("Of %s, %d logged and %d not known", plural(len(o.hosts)), len(hosts[logged]), len(hosts[unknown])),
		Blocks:  []bot.Block{bot.TableBlock([]string{"nodes", "count", "comment"}, rows)},
	}
	switch {
	case len(hosts[logged]) == len(o.hosts):
		return bot.Happened, result, nil
	case len(hosts[logged])+len(hosts[unknown]) == 0:
		return bot.NotHappened, result, nil
	}
	return bot.Unknown, result, nil
}
