package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/petrelops/petrel/internal/doctor"
)

// Flags of an application: the message content intent is granted, to a large and to a small one.
const flagContent = 1<<18 | 1<<19

// application is what the doctor looks at of it.
type application struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Flags    int    `json:"flags"`
	Endpoint string `json:"interactions_endpoint_url"`
	Key      string `json:"verify_key"`
}

// Examine looks at everything that the bot needs, without writing anything.
func (a *Adapter) Examine(ctx context.Context) []doctor.Finding {
	var app application
	if err := a.call(ctx, request{name: "application.get", method: http.MethodGet, path: "applications/@me"}, &app); err != nil {
		return []doctor.Finding{doctor.Failed("the token", err)}
	}
	list := []doctor.Finding{doctor.Good(fmt.Sprintf("the application is %s (%s)", app.Name, app.ID))}
	list = append(list, a.examineIntent(app)...)
	list = append(list, a.examineWayIn(ctx, app), a.examineGateway(ctx))
	list = append(list, a.examineCommands(ctx, app)...)
	return append(list, a.examineGuilds(ctx, app)...)
}

func (a *Adapter) examineIntent(app application) []doctor.Finding {
	switch granted := app.Flags&flagContent != 0; {
	case a.opts.Content && !granted:
		return []doctor.Finding{doctor.Wrong("the message content intent is not granted. Switch it on under Bot at discord.com/developers, or set adapters.discord.message_content to false.")}
	case a.opts.Content:
		return []doctor.Finding{doctor.Good("the message content intent is granted")}
	}
	return nil
}

// examineWayIn looks how interactions come. With an address Discord posts them there, and the gateway has none.
func (a *Adapter) examineWayIn(ctx context.Context, app application) doctor.Finding {
	switch {
	case app.Endpoint == "" && a.key == nil:
		return doctor.Good("interactions come through the gateway")
	case app.Endpoint == "":
		return doctor.Wrong("adapters.discord.public_key is set, and Discord does not know where to post interactions. Enter the address of http.listen with " + EndpointPath + " behind it as Interactions Endpoint URL at discord.com/developers.")
	case a.key == nil:
		return doctor.Wrong("Discord posts interactions to " + app.Endpoint + " and not to the gateway. Remove the Interactions Endpoint URL at discord.com/developers, or set adapters.discord.public_key to " + app.Key + " and http.listen.")
	case !strings.EqualFold(a.opts.PublicKey, app.Key):
		return doctor.Wrong("adapters.discord.public_key is not the application's, which is " + app.Key + ".")
	}
	return a.examineEndpoint(ctx, app.Endpoint)
}

// examineEndpoint asks at the public address what nobody signed: Petrel refuses it, and nobody else would in this way.
func (a *Adapter) examineEndpoint(ctx context.Context, address string) doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"type":1}`))
	if err != nil {
		return doctor.Failed("the Interactions Endpoint URL", err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := (&http.Client{Transport: a.idle}).Do(r)
	if err != nil {
		return doctor.Wrong(fmt.Sprintf("%s cannot be reached. Look whether petrel serve runs and the proxy before it leads there: %v", address, err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		return doctor.Wrong(fmt.Sprintf("%s answers %d to what nobody signed. Look whether the proxy leads to http.listen.", address, answer.StatusCode))
	}
	return doctor.Good(address + " takes what is signed")
}

func (a *Adapter) examineGateway(ctx context.Context) doctor.Finding {
	var found struct {
		Limit struct {
			Total     int `json:"total"`
			Remaining int `json:"remaining"`
		} `json:"session_start_limit"`
	}
	if err := a.call(ctx, request{name: "gateway.find", method: http.MethodGet, path: "gateway/bot"}, &found); err != nil {
		return doctor.Failed("the gateway", err)
	}
	text := fmt.Sprintf("the gateway may be joined %d more times today, of %d", found.Limit.Remaining, found.Limit.Total)
	if found.Limit.Remaining <= spare {
		return doctor.Wrong(text + ". Something makes the bot start over and over: look at its log.")
	}
	return doctor.Good(text)
}

// examineCommands looks whether each command is there. What is in it is written anew at the next start where it is not right.
func (a *Adapter) examineCommands(ctx context.Context, app application) []doctor.Finding {
	there, err := a.registered(ctx, app.ID)
	if err != nil {
		return []doctor.Finding{doctor.Failed("the commands", err)}
	}
	var list []doctor.Finding
	names := []string{a.opts.Command}
	for _, p := range a.opts.Packs {
		names = append(names, slug(p.Name))
	}
	for _, n := range names {
		finding := doctor.Wrong("the command /" + n + " is not registered. petrel serve does it when it starts: start it, or look at its log.")
		if slices.ContainsFunc(there, func(s standing) bool { return s.Name == n && s.Type == typeChatLine }) {
			finding = doctor.Good("the command /" + n + " is registered")
		}
		list = append(list, finding)
	}
	return list
}

func (a *Adapter) examineGuilds(ctx context.Context, app application) []doctor.Finding {
	var guilds []guild
	if err := a.call(ctx, request{name: "guild.list", method: http.MethodGet, path: "users/@me/guilds"}, &guilds); err != nil {
		return []doctor.Finding{doctor.Failed("the servers", err)}
	}
	if len(guilds) == 0 {
		return []doctor.Finding{doctor.Wrong("the bot is in no server. Open " + invitation(app.ID) + " to invite it.")}
	}
	var list []doctor.Finding
	for _, g := range guilds {
		list = append(list, doctor.Good(fmt.Sprintf("the bot is in %s; accounts there are %s:%s/<user id>", g.Name, name, g.ID)))
		list = append(list, a.examineChannels(ctx, g)...)
	}
	return list
}
