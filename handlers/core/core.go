// Package core is the Go code behind the built-in pack core: small actions that need no system to operate.
package core

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/identity"
)

// Announcer posts a message to a channel, once for each key.
type Announcer interface {
	Announce(ctx context.Context, p bot.Posting) error
}

// Handlers returns the actions by entry point.
func Handlers(c clock.Clock, a Announcer, k Keys, r Rules) map[string]bot.Handler {
	return map[string]bot.Handler{
		"core.Noop":      bot.Bind(noop{}),
		"core.Echo":      bot.Bind(echo{}),
		"core.Pause":     bot.Bind(pause{c}),
		"core.Announce":  bot.Bind(announce{a}),
		"core.KeyGet":    bot.Bind(keyGet{keyAction{k}}),
		"core.KeySet":    bot.Bind(keySet{keyAction{k}}),
		"core.KeyList":   bot.Bind(keyList{keyAction{k}}),
		"core.KeyDelete": bot.Bind(keyDelete{keyAction{k}}),

		"core.RuleList":    bot.Bind(ruleList{r}),
		"core.RuleEnable":  bot.Bind(ruleSwitch{r, true}),
		"core.RuleDisable": bot.Bind(ruleSwitch{r, false}),
		"core.RuleCreate":  bot.Bind(ruleWrite{r, false}),
		"core.RuleUpdate":  bot.Bind(ruleWrite{r, true}),
		"core.RuleDelete":  bot.Bind(ruleDelete{r}),
	}
}

type noop struct{}

type noopParams struct{}

// Do does nothing, which is what a health check and a measurement want.
func (noop) Do(context.Context, bot.Job, noopParams) (bot.Result, error) {
	return bot.Result{Summary: "Nothing was done, as asked."}, nil
}

type echo struct{}

type echoParams struct {
	Message string `json:"message"`
}

// Do returns the message.
func (echo) Do(_ context.Context, _ bot.Job, p echoParams) (bot.Result, error) {
	return bot.Result{Blocks: []bot.Block{bot.TextBlock(p.Message)}, Data: map[string]any{"message": p.Message}}, nil
}

type pause struct{ clock clock.Clock }

type pauseParams struct {
	Seconds float64 `json:"seconds"`
}

// Do waits, telling each second how far it is.
func (a pause) Do(ctx context.Context, job bot.Job, p pauseParams) (bot.Result, error) {
	left := time.Duration(p.Seconds * float64(time.Second))
	total := int(left / time.Second)
	for done := 0; left > 0; done++ {
		job.Progress(bot.Progress{Done: done, Total: total, Text: "seconds waited"})
		step := min(left, time.Second)
		if err := clock.Wait(ctx, a.clock, step); err != nil {
			return bot.Result{}, bot.E(bot.CodeCanceled, "core.pause.do", fmt.Sprintf("Stopped with %s left to wait.", left), err)
		}
		left -= step
	}
	return bot.Result{Summary: fmt.Sprintf("Waited %g seconds.", p.Seconds)}, nil
}

type announce struct{ announcer Announcer }

type announceParams struct {
	Channel string `json:"channel"`
	Message string `json:"message"`
}

// Plan says what would be posted where.
func (announce) Plan(_ context.Context, _ bot.Request, p announceParams) (bot.Plan, error) {
	return bot.Plan{
		Lines:   []string{"post to " + channelName(p.Channel) + ": " + p.Message},
		Changes: []bot.Change{{Targets: []string{p.Channel}, Path: []string{p.Message}}},
	}, nil
}

// Do puts the message on its way. The posting is named after the execution, so a second attempt posts nothing new.
func (a announce) Do(ctx context.Context, job bot.Job, p announceParams) (bot.Result, error) {
	request := job.Request()
	err := a.announcer.Announce(ctx, bot.Posting{
		Key:    request.Execution + ".announcement",
		Origin: identity.Place(request.Origin, p.Channel),
		Reply:  bot.Reply{Blocks: []bot.Block{bot.TextBlock(p.Message)}},
	})
	if err != nil {
		return bot.Result{}, err
	}
	return bot.Result{Summary: "Announced in " + channelName(p.Channel) + "."}, nil
}

func channelName(name string) string { return "#" + strings.TrimPrefix(name, "#") }
