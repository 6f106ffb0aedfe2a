package slack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/internal/doctor"
)

// Examine looks at everything that a workspace needs, without writing anything there.
func (a *Adapter) Examine(ctx context.Context) []doctor.Finding {
	var list []doctor.Finding
	for i, w := range a.workspaces {
		list = append(list, w.examine(ctx, fmt.Sprintf("workspace %d", i+1))...)
	}
	return list
}

func (w *workspace) examine(ctx context.Context, name string) []doctor.Finding {
	var me *slackgo.AuthTestResponse
	err := w.call(ctx, "auth.test", func(ctx context.Context) (err error) {
		me, err = w.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return []doctor.Finding{doctor.Failed(name+": the bot token", err)}
	}
	name = fmt.Sprintf("%s (%s)", me.TeamID, me.Team)
	list := []doctor.Finding{doctor.Good(fmt.Sprintf("%s: the bot is %s, account slack:%s/%s", name, me.User, me.TeamID, me.UserID))}
	list = append(list, lacking(name, me.Header.Get("X-OAuth-Scopes"), scopes(w.opts.Emails))...)
	if w.opts.HTTP {
		return append(list, w.examineHTTP(ctx, name))
	}
	err = w.call(ctx, "apps.connections.open", func(ctx context.Context) error {
		_, _, err := w.api.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		return append(list, doctor.Failed(name+": Socket Mode", err))
	}
	return append(list, doctor.Good(name+": Socket Mode can be opened"))
}

// lacking names the scopes that are not among the granted ones.
func lacking(name, granted string, needed map[string]string) []doctor.Finding {
	has := map[string]bool{}
	for scope := range strings.SplitSeq(granted, ",") {
		has[strings.TrimSpace(scope)] = true
	}
	var list []doctor.Finding
	for _, scope := range slices.Sorted(maps.Keys(needed)) {
		if !has[scope] {
			list = append(list, doctor.Wrong(fmt.Sprintf("%s: the scope %s is missing (%s). Add it under OAuth & Permissions at api.slack.com/apps and reinstall the app.", name, scope, needed[scope])))
		}
	}
	if list == nil {
		list = append(list, doctor.Good(fmt.Sprintf("%s: all %d scopes are granted", name, len(needed))))
	}
	return list
}
