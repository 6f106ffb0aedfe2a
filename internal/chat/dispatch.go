package chat

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// dispatch does what one match asks for. nth tells the matches of one message apart, so that each is deduplicated by itself.
func (d *Desk) dispatch(ctx context.Context, v *visit, m aliases.Match, nth int) (bot.Answer, error) {
	action, err := v.content.Actions.Action(m.Alias.Action)
	if err != nil {
		return bot.Answer{}, err
	}
	spec := action.Spec
	// Permission comes before anything is said about parameters.
	if err := d.allowed(ctx, v, bot.Call{Action: spec}); err != nil {
		return bot.Answer{}, err
	}
	m.Params = v.complete(spec, v.given(m))
	params, err := d.parameters(ctx, v, spec, m)
	if err != nil {
		return bot.Answer{}, v.content.withUsage(err, m, spec)
	}
	if spec.Runner == Runner && v.mode != asWritten {
		return bot.Answer{}, meansNothing(v.mode, spec)
	}
	if spec.Runner == Runner {
		return d.ask(ctx, v, spec, params)
	}
	c := v.command()
	c.Action, c.Params = spec.Ref(), params
	if !c.DryRun { // what the alias says of a result is not so of a dry run
		c.Alias, c.Silence = m.Alias.Ref(), bot.Silence{Ack: !m.Alias.Ack.Enabled, Result: !m.Alias.Result.Enabled}
	}
	if nth > 0 {
		c.Dedupe = fmt.Sprintf("%s#%d", c.Dedupe, nth)
	}
	e, err := d.engine.Accept(ctx, c)
	if err != nil {
		return bot.Answer{}, v.content.withUsage(err, m, spec)
	}
	if c.Silence.Whole() { // nobody need wait for an answer
		return bot.Answer{}, nil
	}
	return bot.Answer{Execution: e.ID}, nil
}

// allowed asks the permission point for whoever wrote the message. A refusal goes to the audit log.
func (d *Desk) allowed(ctx context.Context, v *visit, call bot.Call) error {
	call.Identity, call.Origin = v.identity, v.message.Origin
	decision := d.gate.Allow(call)
	if decision.Allowed {
		return nil
	}
	c := v.command()
	c.Action = call.Action.Ref()
	return errors.Join(bot.E(bot.CodeDenied, "chat.desk.allowed", decision.Why, nil), d.engine.Deny(ctx, c, decision.Why))
}

// parameters casts what was typed, and adds what the alias fixes.
func (d *Desk) parameters(ctx context.Context, v *visit, spec *bot.ActionSpec, m aliases.Match) (map[string]any, error) {
	fixed, err := d.templates.Fixed(ctx, m.Alias.Immutable, spec, v.identity)
	if err != nil {
		return nil, err
	}
	given := maps.Clone(m.Params)
	for name, value := range fixed {
		if text, isText := value.(string); isText { // cast like what was typed
			given[name] = text
			delete(fixed, name)
		}
	}
	params, err := param.Cast(spec, given)
	if err != nil {
		return nil, err
	}
	maps.Copy(params, fixed)
	return params, nil
}

// Ask runs the action of the desk that the message names, for a front end such as the command line that has values and no line to find them
// in. Who may, what the values must be and what goes to the audit log are as for a line. A refusal is an error.
func (d *Desk) Ask(ctx context.Context, m bot.Message, params map[string]any) (bot.Answer, error) {
	v := &visit{message: m, identity: d.people.Identify(m.Origin), content: d.content()}
	action, err := v.content.Actions.Action(m.Text)
	if err != nil {
		return bot.Answer{}, err
	}
	if action.Spec.Runner != Runner {
		return bot.Answer{}, bot.E(bot.CodeUnsupported, "chat.desk.direct", m.Text+" is not answered by the bot itself. Run it: petrel run "+m.Text, nil)
	}
	if err := d.allowed(ctx, v, bot.Call{Action: action.Spec}); err != nil {
		return bot.Answer{}, err
	}
	return d.ask(ctx, v, action.Spec, params)
}

// ask answers a question about the bot itself.
func (d *Desk) ask(ctx context.Context, v *visit, spec *bot.ActionSpec, params map[string]any) (bot.Answer, error) {
	params, err := param.Check(spec, params)
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.allowed(ctx, v, bot.Call{Action: spec, Params: params}); err != nil {
		return bot.Answer{}, err
	}
	run, ok := d.commands[spec.EntryPoint]
	if !ok {
		return bot.Answer{}, bot.E(bot.CodeInternal, "chat.desk.ask", "", fmt.Errorf("%s names no command: %s", spec.Source, spec.EntryPoint))
	}
	return run(ctx, v, params)
}
