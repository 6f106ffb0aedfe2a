package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/target"
)

// way returns the stages of an execution. A dry run is planned and told of, and takes nothing from anybody.
func (x *Executor) way(e *bot.Execution) []stage {
	if e.DryRun {
		return []stage{x.prepare, x.permit, x.makePlan, x.begin, x.tellPlan}
	}
	return x.stages()
}

// classFor is the class of an execution: a dry run only reads, whatever its action does.
func classFor(spec *bot.ActionSpec, c Command) bot.Class {
	if c.DryRun {
		return bot.Read
	}
	return spec.Class
}

// tellPlan ends a dry run. The plan is on record and in the reply by now; what is added is who would be in the way.
func (x *Executor) tellPlan(ctx context.Context, j *job) error {
	spec := j.action.Spec
	var blocks []bot.Block
	switch {
	case !spec.Class.Mutates():
		blocks = append(blocks, bot.TextBlock(spec.Ref()+" changes nothing. It would just be run."))
	case j.plan == nil:
		blocks = append(blocks, bot.TextBlock(spec.Ref()+" cannot tell what it would do."))
	}
	list, err := x.covering(ctx, spec, target.Names(j.record.execution().Targets))
	if err != nil {
		return errors.Join(errLater, err)
	}
	if len(list) > 0 {
		blocks = append(blocks, bot.TextBlock("It would be refused now. "+freezesText(list)+"."))
	}
	first := "Without dry-run it"
	for _, d := range x.demanded(ctx, j) {
		blocks = append(blocks, bot.TextBlock(sentences(fmt.Sprintf("%s %s.", first, waitsFor(d.rule)), d.why)))
		first = "Then it"
	}
	j.returned(bot.Result{Summary: "This was a dry run: nothing was done.", Blocks: blocks})
	return nil
}
