package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Slack's limits of a manifest: @slack/web-api, manifest.d.ts.
const (
	maxAppName      = 35
	maxCommandName  = 32
	maxCommandCount = 50
)

// emailScope lets the bot read e-mail addresses.
const emailScope = "users:read.email"

// scopes are what the bot token needs, each with what for.
func scopes(emails bool) map[string]string {
	list := map[string]string{
		"app_mentions:read": "hear mentions",
		"channels:history":  "look before a post is made again, and find what was missed",
		"channels:read":     "know its channels",
		"chat:write":        "answer",
		"commands":          "slash commands",
		"files:write":       "long output and pictures",
		"groups:history":    "the same in private channels",
		"groups:read":       "the same in private channels",
		"im:history":        "hear direct messages",
		"im:read":           "direct messages",
		"im:write":          "answer in a direct message where it is not in the channel",
		"reactions:write":   "mark what was accepted, which is all that is left of it when the store forgets",
		"users:read":        "tell guests and strangers",
	}
	if emails {
		list[emailScope] = "know people by their e-mail addresses, as identity_by_email wants"
	}
	return list
}

// App is what a manifest describes.
type App struct {
	Name     string
	Commands []string
	// Public is where Slack reaches the bot over HTTP; empty is Socket Mode.
	Public string
	// Emails is as in Options.
	Emails bool
}

// Manifest returns the app's manifest as JSON.
func Manifest(a App) (string, error) {
	app, commands, public := a.Name, a.Commands, a.Public
	const op = "slack.manifest.make"
	if count(app) > maxAppName {
		return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("Slack allows %d characters in the name of an app. Shorten adapters.slack.name.", maxAppName), nil)
	}
	if len(commands) > maxCommandCount {
		return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("Slack allows %d slash commands. Shorten adapters.slack.commands.", maxCommandCount), nil)
	}
	if public != "" && !strings.HasPrefix(public, "https://") {
		return "", bot.E(bot.CodeInvalid, op, "Slack posts to https addresses alone. Correct adapters.slack.http.url.", nil)
	}
	list := make([]map[string]any, 0, len(commands))
	for _, c := range commands {
		if len(c) > maxCommandName {
			return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("Slack allows %d characters in a slash command, and %s has more. Shorten it.", maxCommandName, c), nil)
		}
		list = append(list, map[string]any{"command": c, "description": "Tell " + app + " what to do", "usage_hint": "help", "should_escape": true})
	}
	manifest := map[string]any{
		"display_information": map[string]any{"name": app, "description": "Runs what you ask for, and asks before it hurts"},
		"features": map[string]any{
			"bot_user":       map[string]any{"display_name": app, "always_online": true},
			"app_home":       map[string]any{"messages_tab_enabled": true, "messages_tab_read_only_enabled": false, "home_tab_enabled": true},
			"slash_commands": list,
			"shortcuts": []map[string]any{{
				"name": "Run on this", "type": "message", "callback_id": ShortcutID, "description": "Run a command on this message",
			}},
		},
		"oauth_config": map[string]any{"scopes": map[string]any{"bot": slices.Sorted(maps.Keys(scopes(a.Emails)))}},
		"settings": map[string]any{
			"event_subscriptions": map[string]any{"bot_events": []string{"app_home_opened", "app_mention", "message.im"}},
			"interactivity":       map[string]any{"is_enabled": true},
			"socket_mode_enabled": true, "org_deploy_enabled": false, "token_rotation_enabled": false,
		},
	}
	if public != "" {
		overHTTP(manifest, list, strings.TrimSuffix(public, "/"))
	}
	text, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return "", bot.E(bot.CodeInternal, op, "", err)
	}
	return string(text) + "\n", nil
}

// overHTTP has a manifest name addresses instead of Socket Mode.
func overHTTP(manifest map[string]any, commands []map[string]any, public string) {
	settings := manifest["settings"].(map[string]any)
	settings["socket_mode_enabled"] = false
	for part, path := range map[string]string{"event_subscriptions": pathEvents, "interactivity": pathInteractions} {
		settings[part].(map[string]any)["request_url"] = public + path
	}
	for _, c := range commands {
		c["url"] = public + pathCommands
	}
}
