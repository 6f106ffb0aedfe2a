package app

import "github.com/petrelops/petrel/bot"

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
