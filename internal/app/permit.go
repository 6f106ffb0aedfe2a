package app

import (
	"context"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

// Permit asks the permission point whether whoever is at the origin may run the action with these parameters. Subcommands that do the
// work of an action without an execution ask it, so that shell and chat go by one rule. CodeDenied says why not.
func (a *App) Permit(origin bot.Origin, ref string, params map[string]any) error {
	action, err := a.Content().Actions.Action(ref)
	if err != nil {
		return err
	}
	if params == nil {
		params = map[string]any{} // with nil the action as such would be asked about
	}
	d := a.gate.Allow(bot.Call{Identity: a.Identify(origin), Origin: origin, Action: action.Spec, Params: params})
	if !d.Allowed {
		return bot.E(bot.CodeDenied, "app.permit.ask", d.Why, nil)
	}
	return nil
}

// Ask has the desk run one of its own actions for whoever is at the origin, without a line, and returns what it says.
func (a *App) Ask(ctx context.Context, origin bot.Origin, ref string, params map[string]any) (bot.Reply, error) {
	// Each wish is one of its own: the same words on the next day mean it again.
	delivery := bot.NewID(clock.System().Now(), random.System().Uint64())
	answer, err := a.Desk.Ask(ctx, bot.Message{Origin: origin, Delivery: delivery, Text: ref}, params)
	if err != nil || answer.Reply == nil {
		return bot.Reply{}, err
	}
	return *answer.Reply, nil
}
