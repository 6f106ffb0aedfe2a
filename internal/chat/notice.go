package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/when"
)

// Notices are what channels were told of events, and what is not told for a time.
type Notices interface {
	Note(ctx context.Context, id string) (notice.Note, error)
	Digest(ctx context.Context, id, from string, limit int) (d notice.Digest, notes []notice.Note, next string, err error)
	Acknowledge(ctx context.Context, id string, by bot.Identity, from bot.Origin) error
	Muter
}

// Muter shows and changes what is muted.
type Muter interface {
	Mutes(ctx context.Context) ([]notice.Mute, error)
	Mute(ctx context.Context, w notify.Wish) (notice.Mute, error)
	Unmute(ctx context.Context, w notify.Wish) (notice.Mute, error)
	// Scopes returns the refs that can be muted: of rules and of triggers.
	Scopes(ctx context.Context) ([]string, error)
}

const pressEntry = "chat.Press"

// pressed returns the button that a line presses, and false for other lines.
func (d *Desk) pressed(ctx context.Context, line string) (notice.Button, bool) {
	found := d.content().Aliases.Match(line)
	if found.Err != nil || len(found.Matches) == 0 || found.Matches[0].Alias.Action != "core.press" {
		return notice.Button{}, false
	}
	given := found.Matches[0].Params
	n, err := d.notices.Note(ctx, given["id"])
	number, numberErr := strconv.Atoi(given["button"])
	if err != nil || numberErr != nil || number < 1 || number > len(n.Buttons) {
		return notice.Button{}, false
	}
	return n.Buttons[number-1], true
}

// press answers a button of a notification as if whoever pressed it had typed what it stands for. A form that asks for what is lacking comes
// back here.
func (d *Desk) press(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	const op = "chat.notice.press"
	n, err := d.notices.Note(ctx, text(params, "id"))
	if err != nil {
		return bot.Answer{}, err
	}
	number, _ := number(params["button"])
	if number < 1 || number > len(n.Buttons) {
		return bot.Answer{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("This message has %d buttons.", len(n.Buttons)), nil)
	}
	inner, b := *v, n.Buttons[number-1]
	switch {
	case b.Line != "":
		inner.message.Text = b.Line
		return d.answer(ctx, &inner)
	case b.Action != "":
		return d.runButton(ctx, &inner, b)
	}
	return bot.Answer{}, bot.E(bot.CodeInvalid, op, "This button is not pressed by its number.", nil)
}

// runButton runs the action of a button with its parameters and what was filled in, for whoever pressed it.
func (d *Desk) runButton(ctx context.Context, v *visit, b notice.Button) (bot.Answer, error) {
	action, err := v.content.Actions.Action(b.Action)
	if err != nil {
		return bot.Answer{}, err
	}
	spec := action.Spec
	if err := d.allowed(ctx, v, bot.Call{Action: spec}); err != nil {
		return bot.Answer{}, err
	}
	if spec.Runner == Runner {
		return bot.Answer{}, bot.E(bot.CodeUnsupported, "chat.notice.run", fmt.Sprintf(
			"%s is answered by the bot itself, so a button names it by a line. Ask whoever wrote the rule.", spec.Ref()), nil)
	}
	params := maps.Clone(b.Params)
	if params == nil {
		params = map[string]any{}
	}
	filled := map[string]string{}
	for name, value := range v.complete(spec, nil) {
		if _, fixed := params[name]; !fixed { // what the rule says is not to be changed by a form
			filled[name] = value
		}
	}
	cast, err := param.Cast(spec, filled)
	if err != nil {
		return bot.Answer{}, v.content.withUsage(err, match(b), spec)
	}
	maps.Copy(params, cast)
	c := v.command()
	c.Action, c.Params = spec.Ref(), params
	e, err := d.engine.Accept(ctx, c)
	if err != nil {
		return bot.Answer{}, v.content.withUsage(err, match(b), spec)
	}
	return bot.Answer{Execution: e.ID}, nil
}

// match is what a form needs to know of a button: what it gives already.
func match(b notice.Button) aliases.Match {
	m := aliases.Match{Alias: &aliases.Alias{Name: b.Label, Action: b.Action, Formats: []aliases.Format{{Display: b.Label + ", with a form"}}}, Params: map[string]string{}}
	for name, value := range b.Params {
		m.Params[name] = param.Typed(value)
	}
	return m
}

// acknowledge puts down who looks after what a channel was told. Its message says so.
func (d *Desk) acknowledge(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	if err := d.notices.Acknowledge(ctx, text(params, "id"), v.identity, v.message.Origin); err != nil {
		return bot.Answer{}, err
	}
	return said(bot.Reply{Title: "You acknowledged it. The message says so."})
}

// notesShown is how many notes of a digest are listed at once.
const notesShown = 50

// digest lists what a digest sums up.
func (d *Desk) digest(ctx context.Context, _ *visit, params map[string]any) (bot.Answer, error) {
	found, notes, next, err := d.notices.Digest(ctx, text(params, "id"), text(params, "after"), notesShown)
	if err != nil {
		return bot.Answer{}, err
	}
	rows := make([][]string, len(notes))
	for i, n := range notes {
		rows[i] = []string{n.Event, moment(n.At), n.Rule, n.About, n.Text}
	}
	r := bot.Reply{Title: fmt.Sprintf("%d of the %d events of the digest %s", len(notes), found.Count, found.ID), Blocks: []bot.Block{
		bot.TableBlock([]string{"event", "told", "rule", "about", "what"}, rows),
	}}
	if next != "" {
		r.Blocks = append(r.Blocks, bot.Block{Buttons: []bot.Button{{Label: "More", Command: fmt.Sprintf("digest %s after %s", found.ID, next)}}})
	}
	return said(r)
}

// mute has channels hear nothing from a rule. Everybody in the channel sees the answer: it concerns them.
func (d *Desk) mute(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	length, err := when.Duration(text(params, "for"))
	if err != nil {
		return bot.Answer{}, err
	}
	scopes, err := d.notices.Scopes(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	what := text(params, "what")
	if !slices.Contains(scopes, what) {
		return bot.Answer{}, bot.E(bot.CodeNotFound, "chat.notice.mute", "There is no rule or trigger "+what+spell.Hint(what, scopes), nil)
	}
	m, err := d.notices.Mute(ctx, notify.Wish{Scope: what, For: length, By: v.identity, Origin: v.message.Origin})
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: &bot.Reply{Title: fmt.Sprintf("%s. What comes until then is summed up afterwards. Type unmute %s to end it sooner.", m.Text(), m.Scope)}}, nil
}

// unmute ends a mute before its time.
func (d *Desk) unmute(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	m, err := d.notices.Unmute(ctx, notify.Wish{Scope: text(params, "what"), By: v.identity, Origin: v.message.Origin})
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: &bot.Reply{Title: fmt.Sprintf("%s is not muted any more. What came meanwhile is summed up now.", m.Scope)}}, nil
}

// mutes lists what is muted.
func (d *Desk) mutes(ctx context.Context, _ *visit, _ map[string]any) (bot.Answer, error) {
	list, err := d.notices.Mutes(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		return said(bot.Reply{Title: "Nothing is muted."})
	}
	rows := make([][]string, len(list))
	for i, m := range list {
		rows[i] = []string{m.Scope, m.By, moment(m.Since), moment(m.Until)}
	}
	return said(bot.Reply{Blocks: []bot.Block{bot.TableBlock([]string{"what", "who", "since", "until"}, rows)}})
}
