package chat

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/permission"
)

// question is how may is typed.
var question = regexp.MustCompile(`(?s)^\s*may\s+(\S+)\s+run\s+([^"'\s].*?)\s*$`)

// asTyped returns what an alias captured. What is about another line keeps that line as it was typed: the alias language takes quotes
// and pairs at the end out of it, and they are meant for the other command.
func asTyped(text string, m aliases.Match) map[string]string {
	if m.Alias.Action == "core.dry_run" || m.Alias.Action == "core.break_glass" {
		if found := prefixed.FindStringSubmatch(text); found != nil {
			return map[string]string{"line": found[1]}
		}
	}
	if m.Alias.Action == scheduleAction {
		if typed := scheduleTyped(text); typed != nil {
			return typed
		}
	}
	if m.Alias.Action == respondAction {
		if typed := answerTyped(text); typed != nil {
			return typed
		}
	}
	found := question.FindStringSubmatch(text)
	if m.Alias.Action != "core.may" || found == nil {
		return m.Params
	}
	return map[string]string{"person": found[1], "text": found[2]}
}

// may explains whether somebody may run a text, rule by rule.
func (d *Desk) may(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	origin, err := d.people.Origin(somebody(text(params, "person"), v), v.message.Origin)
	if err != nil {
		return bot.Answer{}, err
	}
	r, err := d.Explain(ctx, bot.Message{Origin: origin, Text: text(params, "text")})
	if err != nil {
		return bot.Answer{}, err
	}
	return said(r)
}

// Explain tells what would be decided about a message, and what each rule says of it. Nothing is run.
func (d *Desk) Explain(ctx context.Context, m bot.Message) (bot.Reply, error) {
	calls, err := d.Calls(ctx, m)
	if err != nil {
		return bot.Reply{}, err
	}
	var r bot.Reply
	for _, c := range calls {
		decision, verdicts := d.rules.Explain(c.Call)
		word := "No. "
		if decision.Allowed {
			word = "Yes. "
		}
		r.Blocks = append(r.Blocks, bot.TextBlock(word+decision.Why))
		if c.Fault != nil {
			r.Blocks = append(r.Blocks, bot.TextBlock("The line cannot be run as it is, so this is about the action as such. "+bot.ErrorText(c.Fault)))
		}
		r.Blocks = append(r.Blocks, bot.Block{Fields: callFields(c.Call)}, verdictTable(verdicts))
	}
	return r, nil
}

// Asked is what a message asks for. Where the parameters are faulty the call has none, and Fault says why.
type Asked struct {
	bot.Call
	Fault error
}

// Calls returns what a message would ask the permission point, one call for each action that it names.
func (d *Desk) Calls(ctx context.Context, m bot.Message) ([]Asked, error) {
	const op = "chat.desk.calls"
	v := &visit{message: m, identity: d.people.Identify(m.Origin), content: d.content()}
	found := v.content.Aliases.Match(m.Text)
	switch {
	case found.Err != nil:
		return nil, found.Err
	case len(found.Ambiguous) > 0:
		names := make([]string, len(found.Ambiguous))
		for i, c := range found.Ambiguous {
			names[i] = c.Alias.Ref()
		}
		return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf("Several commands fit %q equally well: %s. It would not be run.", quote(m.Text), strings.Join(names, ", ")), nil)
	case len(found.Matches) == 0:
		return nil, bot.E(bot.CodeNotFound, op, fmt.Sprintf("No command fits %q. Write it as it would be typed.", quote(m.Text)), nil)
	}
	calls := make([]Asked, len(found.Matches))
	for i, match := range found.Matches {
		action, err := v.content.Actions.Action(match.Alias.Action)
		if err != nil {
			return nil, err
		}
		calls[i] = Asked{Call: bot.Call{Identity: v.identity, Origin: m.Origin, Action: action.Spec}}
		calls[i].Params, calls[i].Fault = d.checked(ctx, v, action.Spec, match)
	}
	return calls, nil
}

// checked returns the parameters as the executor would see them; nil with an error.
func (d *Desk) checked(ctx context.Context, v *visit, spec *bot.ActionSpec, m aliases.Match) (map[string]any, error) {
	params, err := d.parameters(ctx, v, spec, m)
	if err != nil {
		return nil, err
	}
	rendered, err := d.templates.Defaults(ctx, spec, params, v.identity)
	if err != nil {
		return nil, err
	}
	if params, err = param.Check(rendered, params); err != nil {
		return nil, err
	}
	return params, nil
}

// callFields shows who asks for what, from where; secrets are masked.
func callFields(call bot.Call) []bot.Field {
	fields := append([]bot.Field{{Name: "who", Value: call.Identity.ID}, {Name: "account", Value: call.Origin.Account()}}, personFields(call.Identity)...)
	if channel := permission.Channel(call.Origin); channel != "" {
		fields = append(fields, bot.Field{Name: "channel", Value: channel})
	}
	fields = append(fields, bot.Field{Name: "action", Value: call.Action.Ref() + " (class " + string(call.Action.Class) + ")"})
	if len(call.Params) > 0 {
		data, _ := json.Marshal(param.Mask(call.Action, call.Params)) // values that were cast or come from YAML
		fields = append(fields, bot.Field{Name: "parameters", Value: string(data)})
	}
	return fields
}

func verdictTable(verdicts []permission.Verdict) bot.Block {
	rows := make([][]string, len(verdicts))
	for i, v := range verdicts {
		says := "silent"
		if v.Speaks {
			says = v.Rule.Effect()
		}
		rows[i] = []string{v.Rule.String(), says, strings.Join(v.Why, "; ")}
	}
	return bot.TableBlock([]string{"rule", "says", "because"}, rows)
}
