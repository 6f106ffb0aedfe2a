package discord

import (
	"context"
	"fmt"
	"net/http"

	"github.com/petrelops/petrel/bot"
)

// Finding is one thing that was looked at.
type Finding struct {
	Good bool
	Text string // what was found and, where it is not good, what to do
}

// Flags of an application: the message content intent is granted, to a large and to a small one.
const flagContent = 1<<18 | 1<<19

// Examine looks at everything that the bot needs, without writing anything.
func (a *Adapter) Examine(ctx context.Context) []Finding {
	var app struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Flags    int    `json:"flags"`
		Endpoint string `json:"interactions_endpoint_url"`
		Key      string `json:"verify_key"`
	}
	if err := a.call(ctx, request{name: "application.get", method: http.MethodGet, path: "applications/@me"}, &app); err != nil {
		return []Finding{bad("the token", err)}
	}
	list := []Finding{{true, fmt.Sprintf("the application is %s (%s)", app.Name, app.ID)}}
	if a.opts.Content && app.Flags&flagContent == 0 {
		list = append(list, Finding{false, "the message content intent is not granted. Switch it on under Bot at discord.com/developers, or set adapters.discord.message_content to false."})
	}
	if app.Endpoint != "" && a.opts.PublicKey == "" {
		list = append(list, Finding{false, "Discord sends commands to " + app.Endpoint + " and not to the gateway. Remove the Interactions Endpoint URL, or set adapters.discord.public_key and listen."})
	}
	if a.opts.PublicKey != "" && a.opts.PublicKey != app.Key {
		list = append(list, Finding{false, "adapters.discord.public_key is not the application's, which is " + app.Key + "."})
	}
	return append(list, append(a.examineGateway(ctx), a.examineGuilds(ctx, app.ID)...)...)
}

func (a *Adapter) examineGateway(ctx context.Context) []Finding {
	var found struct {
		Limit struct {
			Total     int `json:"total"`
			Remaining int `json:"remaining"`
		} `json:"session_start_limit"`
	}
	if err := a.call(ctx, request{name: "gateway.find", method: http.MethodGet, path: "gateway/bot"}, &found); err != nil {
		return []Finding{bad("the gateway", err)}
	}
	text := fmt.Sprintf("the gateway may be joined %d more times today, of %d", found.Limit.Remaining, found.Limit.Total)
	if found.Limit.Remaining <= spare {
		return []Finding{{false, text + ". Something makes the bot start over and over: look at its log."}}
	}
	return []Finding{{true, text}}
}

func (a *Adapter) examineGuilds(ctx context.Context, app string) []Finding {
	var guilds []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	if err := a.call(ctx, request{name: "guild.list", method: http.MethodGet, path: "users/@me/guilds"}, &guilds); err != nil {
		return []Finding{bad("the servers", err)}
	}
	if len(guilds) == 0 {
		return []Finding{{false, "the bot is in no server. Open https://discord.com/oauth2/authorize?client_id=" + app + "&scope=bot+applications.commands&permissions=" + permissions + " to invite it."}}
	}
	var list []Finding
	for _, g := range guilds {
		list = append(list, Finding{true, fmt.Sprintf("the bot is in %s; accounts there are %s:%s/<user id>", g.Name, name, g.ID)})
	}
	return list
}

// permissions are what an invitation asks for: view channels, send messages, also in threads, embed links, attach files, read the history
// and add reactions.
const permissions = "274878024768"

func bad(what string, err error) Finding {
	text := bot.ErrorText(err)
	if text == "" {
		text = err.Error()
	}
	return Finding{false, what + ": " + text}
}
