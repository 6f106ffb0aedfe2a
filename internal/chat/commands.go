package chat

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/when"
)

const timeLayout = "2006-01-02 15:04:05 MST"

// executions lists the newest executions that the parameters leave.
func (d *Desk) executions(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	f := executor.Filter{
		Status: bot.Status(text(params, "status")), Action: text(params, "action"), Identity: me(text(params, "who"), v.identity),
		Target: text(params, "target"), Parent: text(params, "parent"), Trace: text(params, "trace"), Limit: limit(params, 10),
	}
	var err error
	if f.Since, f.Until, err = d.span(params); err != nil {
		return bot.Answer{}, err
	}
	list, err := d.engine.Executions(ctx, f)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		if f == (executor.Filter{Limit: f.Limit}) {
			return said(bot.Reply{Title: "Nothing was executed yet."})
		}
		return said(bot.Reply{Title: "No execution fits. Type executions to see the latest."})
	}
	rows := make([][]string, len(list))
	for i, e := range list {
		rows[i] = []string{e.ID, e.Action, string(e.Status), e.Identity.ID, e.Created.UTC().Format(timeLayout)}
	}
	return said(bot.Reply{Blocks: []bot.Block{bot.TableBlock([]string{"execution", "action", "status", "who", "when"}, rows)}})
}

// span reads the parameters since and until.
func (d *Desk) span(params map[string]any) (since, until time.Time, err error) {
	now := d.clock.Now()
	for name, to := range map[string]*time.Time{"since": &since, "until": &until} {
		if t := text(params, name); t != "" && err == nil {
			*to, err = when.Past(t, now)
		}
	}
	return since, until, err
}

// me returns the identity that a name stands for: "me" is whoever asks.
func me(name string, who bot.Identity) string {
	if name == "me" {
		return who.ID
	}
	return name
}

func text(params map[string]any, name string) string {
	s, _ := params[name].(string)
	return s
}

func limit(params map[string]any, fallback int) int {
	if n, ok := number(params["limit"]); ok {
		return n
	}
	return fallback
}

// number reads an integer parameter, which the cast made an int64 or JSON made a float64.
func number(value any) (int, bool) {
	switch n := value.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}

func said(r bot.Reply) (bot.Answer, error) {
	r.Private = true
	return bot.Answer{Reply: &r}, nil
}

// execution shows one execution.
func (d *Desk) execution(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	result, err := d.engine.Result(ctx, e)
	if err != nil {
		return bot.Answer{}, err
	}
	return said(Show(e, result, v.content))
}

func (d *Desk) named(ctx context.Context, params map[string]any) (bot.Execution, error) {
	return d.engine.Execution(ctx, strings.ToLower(text(params, "id")))
}

// Show returns what people see of an execution: its parameters masked, its history and its result.
func Show(e bot.Execution, result bot.Result, c *Content) bot.Reply {
	fields := []bot.Field{
		{Name: "execution", Value: e.ID},
		{Name: "action", Value: e.Action},
		{Name: "status", Value: string(e.Status)},
		{Name: "who", Value: e.Identity.ID},
	}
	if e.Text != "" {
		fields = append(fields, bot.Field{Name: "typed", Value: e.Text})
	}
	for _, p := range shownParams(e, c) {
		fields = append(fields, bot.Field{Name: p[0], Value: p[1]})
	}
	for _, f := range []bot.Field{{Name: "targets", Value: e.Targets}, {Name: "runs again", Value: e.Parent}, {Name: "trace", Value: e.Trace}} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	if r := e.Resolution; r != nil {
		fields = append(fields, bot.Field{Name: "found out", Value: string(r.Finding) + ", by " + r.By})
	}
	blocks := []bot.Block{{Fields: fields}, history(e)}
	if len(e.Plan) > 0 {
		blocks = append(blocks, bot.TextBlock("Plan:"), bot.Block{Code: strings.Join(e.Plan, "\n")})
	}
	if e.Summary != "" {
		blocks = append(blocks, bot.TextBlock(e.Summary))
	}
	blocks = append(blocks, result.Blocks...)
	if e.Error != nil && e.Error.Text != "" {
		blocks = append(blocks, bot.TextBlock(e.Error.Text))
	}
	return bot.Reply{Blocks: blocks}
}

// shownParams returns names and values in a fixed order. Where the action is gone nothing tells what was secret, so nothing is shown.
func shownParams(e bot.Execution, c *Content) [][2]string {
	action, err := c.Actions.Action(e.Action)
	if err != nil {
		return nil
	}
	return param.Shown(action.Spec, e.Params)
}

func history(e bot.Execution) bot.Block {
	rows := make([][]string, len(e.History))
	for i, m := range e.History {
		rows[i] = []string{m.At.UTC().Format("15:04:05.000"), string(m.Status), m.By, m.Why}
	}
	return bot.TableBlock([]string{e.Created.UTC().Format(time.DateOnly), "status", "by", "why"}, rows)
}

// cancel stops an execution.
func (d *Desk) cancel(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	e, err = d.Cancel(ctx, v.message.Origin, e)
	if err != nil {
		return bot.Answer{}, err
	}
	if e.Status.Ended() {
		return said(bot.Reply{Title: fmt.Sprintf("%s %s is canceled. It had not begun.", e.Action, e.ID)})
	}
	return said(bot.Reply{Title: fmt.Sprintf("%s %s is asked to stop. It stops between two steps and then tells how far it came.", e.Action, e.ID)})
}

// Cancel stops an execution for whoever may run its action, and nobody else. It returns the execution as it stands then.
func (d *Desk) Cancel(ctx context.Context, by bot.Origin, e bot.Execution) (bot.Execution, error) {
	identity, err := d.owns(ctx, by, e)
	if err != nil {
		return e, err
	}
	return d.engine.Cancel(ctx, e.ID, identity)
}

// owns demands that somebody may run the action of an execution, with its parameters.
func (d *Desk) owns(ctx context.Context, by bot.Origin, e bot.Execution) (bot.Identity, error) {
	action, err := d.content().Actions.Action(e.Action)
	if err != nil {
		return bot.Identity{}, err
	}
	v := &visit{message: bot.Message{Origin: by}, identity: d.people.Identify(by)}
	params := e.Params
	if params == nil {
		params = map[string]any{} // with nil the action as such would be asked about
	}
	return v.identity, d.allowed(ctx, v, bot.Call{Action: action.Spec, Params: params})
}

// resolve answers what became of an abandoned execution.
func (d *Desk) resolve(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	if e, err = d.Resolve(ctx, v.message.Origin, e, bot.Finding(text(params, "finding"))); err != nil {
		return bot.Answer{}, err
	}
	return said(bot.Reply{Title: fmt.Sprintf("It is on record that %s %s: %s.", e.Action, e.ID, e.Resolution.Finding)})
}

// Resolve puts on record what somebody who may run the action of an abandoned execution says of it.
func (d *Desk) Resolve(ctx context.Context, by bot.Origin, e bot.Execution, finding bot.Finding) (bot.Execution, error) {
	identity, err := d.owns(ctx, by, e)
	if err != nil {
		return e, err
	}
	return d.engine.Resolve(ctx, e.ID, finding, identity)
}

// rerun runs the action of an execution again with the same parameters, as the person who asks.
func (d *Desk) rerun(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	old, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	e, err := d.engine.Rerun(ctx, old, v.command())
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Execution: e.ID}, nil
}
