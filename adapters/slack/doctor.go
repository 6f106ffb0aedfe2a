package slack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
)

// Finding is one thing that was looked at.
type Finding struct {
	Good bool
	Text string // what was found and, where it is not good, what to do
}

// Examine looks at everything that a workspace needs, without writing anything there.
func (a *Adapter) Examine(ctx context.Context) []Finding {
	var list []Finding
	for i, w := range a.workspaces {
		list = append(list, w.examine(ctx, fmt.Sprintf("workspace %d", i+1))...)
	}
	return list
}

func (w *workspace) examine(ctx context.Context, name string) []Finding {
	var me *slackgo.AuthTestResponse
	err := w.call(ctx, "auth.test", func(ctx context.Context) (err error) {
		me, err = w.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return []Finding{bad(name+": the bot token", err)}
	}
	name = fmt.Sprintf("%s (%s)", me.TeamID, me.Team)
	list := []Finding{{true, fmt.Sprintf("%s: the bot is %s, account slack:%s/%s", name, me.User, me.TeamID, me.UserID)}}
	list = append(list, lacking(name, me.Header.Get("X-OAuth-Scopes"), scopes(w.opts.Emails))...)
	if w.opts.Listen != "" {
		return append(list, w.examineHTTP(ctx, name))
	}
	err = w.call(ctx, "apps.connections.open", func(ctx context.Context) error {
		_, _, err := w.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return append(list, bad(name+": Socket Mode", err))
	}
	return append(list, Finding{true, name + ": Socket Mode can be opened"})
}

// lacking names the scopes that are not among the granted ones.
func lacking(name, granted string, needed map[string]string) []Finding {
	has := map[string]bool{}
	for scope := range strings.SplitSeq(granted, ",") {
		has[strings.TrimSpace(scope)] = true
	}
	var list []Finding
	for _, scope := range slices.Sorted(maps.Keys(needed)) {
		if !has[scope] {
			list = append(list, Finding{false, fmt.Sprintf("%s: the scope %s is missing (%s). Add it under OAuth & Permissions at api.slack.com/apps and reinstall the app.", name, scope, needed[scope])})
		}
	}
	if list == nil {
		list = append(list, Finding{true, fmt.Sprintf("%s: all %d scopes are granted", name, len(needed))})
	}
	return list
}

func bad(what string, err error) Finding {
	text := bot.ErrorText(err)
	if text == "" {
		text = err.Error()
	}
	return Finding{false, what + ": " + text}
}
