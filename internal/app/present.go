package app

import (
	"context"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/render"
)

// present shows an execution as the alias says that it was asked with. An alias that is gone has no say any more.
func (a *App) present(ctx context.Context, e bot.Execution, result bot.Result, r bot.Reply) bot.Reply {
	content := a.Content()
	alias := content.Named[e.Alias]
	if alias == nil || plain(alias.Ack) && plain(alias.Result) {
		return r
	}
	as := render.Answering{Alias: alias, Execution: e, Result: result}
	if action, err := content.Actions.Action(e.Action); err == nil { // without it nothing tells what is secret
		as.Params = param.Mask(action.Spec, e.Params)
	}
	if e.Status.Ended() {
		return a.render.Result(ctx, as, r)
	}
	return a.render.Ack(ctx, as, r)
}

// plain reports whether an alias leaves an answer as it is.
func plain(a aliases.Answer) bool { return a.Format == "" && len(a.Extra) == 0 }
