package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/notify"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// addNotices builds what tells channels of events.
func (a *App) addNotices(o Options, s store.Store) error {
	c := o.Config.Notifications
	if c.Operations != "" {
		if err := full("notifications.operations", c.Operations); err != nil {
			return err
		}
	}
	quiet := map[string]notice.Quiet{}
	for _, q := range c.Quiet {
		if err := full("notifications.quiet.channel", q.Channel); err != nil {
			return err
		}
		hours, err := notice.ParseQuiet(q.Hours)
		if err != nil {
			return err
		}
		quiet[notice.Place(identity.Place(bot.Origin{}, q.Channel))] = hours
	}
	a.Notices = notify.New(notify.Parts{Store: s, Clock: clock.System(), Random: random.System(), Log: o.Log}, notify.Options{
		Owner: o.Owner, Lease: o.Config.Executor.Lease, Audit: o.Config.Executor.Audit, Quiet: quiet, Ops: c.Operations,
	})
	return nil
}

// full demands that a channel is named so that it is the same from everywhere.
func full(setting, channel string) error {
	if _, err := identity.ParseAccount(channel); err != nil {
		return bot.E(bot.CodeInvalid, "app.notices.channel", fmt.Sprintf("%s: name the channel %q in full, as in slack:T012/C345 or console:ops.", setting, channel), err)
	}
	return nil
}

// notices adds to the keeper what the desk wants to know of rules.
type notices struct {
	*notify.Keeper
	app *App
}

// Scopes implements chat.Notices.
func (n notices) Scopes(ctx context.Context) ([]string, error) {
	rules, err := n.app.Events.Rules(ctx)
	if err != nil {
		return nil, err
	}
	var refs []string
	for _, r := range rules {
		refs = append(refs, r.Ref(), r.Trigger)
	}
	slices.Sort(refs)
	return slices.Compact(refs), nil
}
