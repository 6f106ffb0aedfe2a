package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// errFrozen marks a refusal because of a freeze.
var errFrozen = errors.New("changes are frozen")

// Freezes returns the keeper of freezes.
func (x *Executor) Freezes() *freeze.Keeper { return x.freezes }

// covering returns the freezes that an action with these targets is under. What changes nothing is under none.
func (x *Executor) covering(ctx context.Context, spec *bot.ActionSpec, targets []string) ([]freeze.Freeze, error) {
	if !spec.Class.Mutates() || spec.Unfrozen {
		return nil, nil
	}
	return x.freezes.Covering(ctx, spec, targets)
}

// thawed demands at accept that no freeze stops the command, or that the glass may be broken.
func (x *Executor) thawed(ctx context.Context, spec *bot.ActionSpec, targets []string, c Command) error {
	if c.DryRun {
		return nil
	}
	list, err := x.covering(ctx, spec, targets)
	switch {
	case err != nil:
		return err
	case len(list) == 0 || c.BreakGlass && x.o.BreakGlass != nil:
		return nil
	}
	next := "Wait until then"
	if x.o.BreakGlass != nil {
		next += ", or put break-glass in front of the line: it then needs an approval by " + x.o.BreakGlass.Who()
	}
	return bot.E(bot.CodeForbidden, "executor.accept.thawed", list[0].Text()+". "+next+". Nothing was done.", errFrozen)
}

// heedFreezes refuses an execution that came under a freeze while it waited: nobody would expect it to run when the freeze ends. What has
// begun goes on after the death of its worker, and what breaks the glass is asked about.
func (x *Executor) heedFreezes(ctx context.Context, j *job) error {
	e := j.record.execution()
	list, err := x.covering(ctx, j.action.Spec, target.Names(e.Targets))
	if err != nil {
		return errors.Join(errLater, err)
	}
	j.freezes = list
	if len(list) == 0 || e.BreakGlass || e.Attempts > e.Retries {
		return nil
	}
	return frozen(list[0])
}

// heedNewFreezes looks again right before the work begins, and tells everybody when it begins in spite of a freeze.
func (x *Executor) heedNewFreezes(ctx context.Context, j *job) error {
	e := j.record.execution()
	list, err := x.covering(ctx, j.action.Spec, target.Names(e.Targets))
	switch {
	case err != nil:
		return errors.Join(errLater, err)
	case len(list) == 0 || !e.BreakGlass && e.Attempts > e.Retries:
		return nil
	}
	for _, f := range list {
		if !e.BreakGlass || !slices.Contains(j.frozenBy(), f.ID) { // nobody approved to go through this one
			return frozen(f)
		}
	}
	return x.breakGlass(ctx, j, list)
}

func frozen(f freeze.Freeze) error {
	return bot.E(bot.CodeForbidden, "executor.stage.frozen", f.Text()+". Nothing was done. Ask again when the freeze is over.", errors.Join(errCanceled, errFrozen))
}

// frozenBy names the freezes that the execution is under.
func (j *job) frozenBy() []string {
	var ids []string
	for _, f := range j.freezes {
		ids = append(ids, f.ID)
	}
	return ids
}

// glass returns the approval that is needed to go through the freezes that the execution is under, and why; nil when it is under none. It
// takes the place of what policies ask for, and so wants no fewer people than they do.
func (x *Executor) glass(j *job, others *policy.Approval) (*policy.Approval, string) {
	if len(j.freezes) == 0 || x.o.BreakGlass == nil || !j.record.execution().BreakGlass {
		return nil, ""
	}
	rule := *x.o.BreakGlass
	if others != nil {
		rule.Required = max(rule.Required, others.Required)
	}
	return &rule, "It breaks the glass: " + freezesText(j.freezes) + "."
}

func freezesText(list []freeze.Freeze) string {
	texts := make([]string, len(list))
	for i, f := range list {
		texts[i] = f.Text()
	}
	return strings.Join(texts, "; ")
}

// breakGlass puts on record, and tells where the freezes were declared, that the work begins in spite of them.
func (x *Executor) breakGlass(ctx context.Context, j *job, list []freeze.Freeze) error {
	e := j.record.execution()
	var by []string
	for _, a := range e.Approvals {
		by = append(by, answerText(a))
	}
	text := fmt.Sprintf("%s breaks the glass: %s %s. %s. %s.", e.Identity.ID, e.Action, e.Targets, freezesText(list), strings.Join(by, ", "))
	b := store.Batch{Guards: []store.Claim{j.claim}}
	if err := x.note(&b, e, audit.Entry{What: audit.Glass, Why: text, By: x.o.Owner, Fence: j.claim.Fence}); err != nil {
		return err
	}
	told := map[bot.Origin]bool{}
	for _, f := range list {
		origin := bot.Origin{Adapter: f.Origin.Adapter, Workspace: f.Origin.Workspace, Channel: f.Origin.Channel}
		if f.Origin.Adapter == ShellAdapter || told[origin] {
			continue
		}
		told[origin] = true
		if err := addPosting(&b, bot.Posting{Key: "glass/" + e.ID + "/" + f.ID, Origin: origin, Reply: bot.Reply{Title: text, Problem: true}}, 0); err != nil {
			return err
		}
	}
	x.Log.WarnContext(ctx, "a freeze is broken", "execution", e.ID, "action", e.Action, "identity", e.Identity.ID, "op", "executor.freeze.break")
	if err := x.Store.Commit(ctx, b); err != nil {
		return errors.Join(errLater, err)
	}
	return nil
}

// wordFor is what the audit log says of how an execution was asked for, where there is anything to say.
func wordFor(e *bot.Execution) string {
	if e.BreakGlass {
		return "in spite of freezes"
	}
	return ""
}
