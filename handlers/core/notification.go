package core

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/when"
)

// Notifier takes what a channel is to be told. The same id is told once.
type Notifier interface {
	Notify(ctx context.Context, n notice.Note) error
}

// Notification returns the action that tells a channel of an event, by entry point.
func Notification(n Notifier, r Rules) map[string]bot.Handler {
	return map[string]bot.Handler{"core.Notify": bot.Bind(notify{n, r})}
}

type notify struct {
	notifier Notifier
	rules    Rules
}

type notifyParams struct {
	Channel  string       `json:"channel"`
	Message  string       `json:"message"`
	About    string       `json:"about"`
	Severity string       `json:"severity"`
	Buttons  []any        `json:"buttons"`
	Group    *groupParams `json:"group"`
	Quiet    string       `json:"quiet"`
}

// groupParams is a group as a rule writes it.
type groupParams struct {
	By     any    `json:"by"`
	Window string `json:"window"`
	Above  int    `json:"above"`
	Per    string `json:"per"`
}

// Plan says what would be told where.
func (a notify) Plan(_ context.Context, _ bot.Request, p notifyParams) (bot.Plan, error) {
	if _, err := p.note(); err != nil {
		return bot.Plan{}, err
	}
	return bot.Plan{
		Lines:   []string{"tell " + channelName(p.Channel) + ": " + p.Message},
		Changes: []bot.Change{{Targets: []string{p.Channel}, Path: []string{p.Message}}},
	}, nil
}

// Do hands the note over. It is named after the execution, so a second attempt tells nothing new.
func (a notify) Do(ctx context.Context, job bot.Job, p notifyParams) (bot.Result, error) {
	n, err := p.note()
	if err != nil {
		return bot.Result{}, err
	}
	request := job.Request()
	n.ID, n.Origin = request.Execution, identity.Place(request.Origin, p.Channel)
	n.Rule, n.Event = request.Cause.Rule, request.Cause.Event
	if n.Rule == "" { // a person tells it
		n.Rule = request.Origin.Account()
	} else if r, err := a.rules.Rule(ctx, n.Rule); err == nil { // else it was taken away meanwhile
		n.Trigger = r.Trigger
	}
	if err := a.notifier.Notify(ctx, n); err != nil {
		return bot.Result{}, err
	}
	return bot.Result{Summary: "Handed over to be told in " + channelName(p.Channel) + "."}, nil
}

// note reads the parameters.
func (p notifyParams) note() (notice.Note, error) {
	n := notice.Note{Text: p.Message, About: strings.TrimSpace(p.About), Severity: p.Severity, Quiet: p.Quiet}
	var err error
	if n.Buttons, err = notice.ParseButtons(p.Buttons); err != nil {
		return n, err
	}
	if _, err := notice.ParseQuiet(p.Quiet); err != nil {
		return n, err
	}
	if p.Group == nil {
		return n, nil
	}
	if p.Group.By != nil {
		n.Kind = fmt.Sprint(p.Group.By)
	}
	n.Group, err = p.Group.group()
	return n, err
}

func (g groupParams) group() (notice.Group, error) {
	wrong := func(text string) (notice.Group, error) {
		return notice.Group{}, bot.E(bot.CodeInvalid, "core.notify.group", "The group of the notification is wrong: "+text, nil)
	}
	var window time.Duration
	if g.Window != "" {
		var err error
		if window, err = when.Duration(g.Window); err != nil || window > notice.MaxWindow {
			return wrong(fmt.Sprintf("the window is a length of time up to %s, such as 30s.", notice.MaxWindow))
		}
	}
	if g.Above < 0 || g.Above > notice.MaxAbove {
		return wrong(fmt.Sprintf("above is a number from 1 to %d.", notice.MaxAbove))
	}
	if g.Per != "" && g.Per != "rule" && g.Per != "channel" {
		return wrong("per is rule or channel.")
	}
	return notice.Group{Window: window, Above: g.Above, Channel: g.Per == "channel"}, nil
}
