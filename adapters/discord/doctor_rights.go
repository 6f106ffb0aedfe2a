package discord

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/internal/doctor"
)

// rights are permissions in Discord's bits. They come as decimal texts.
type rights uint64

// UnmarshalJSON implements json.Unmarshaler.
func (r *rights) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	n, err := strconv.ParseUint(strings.Trim(string(data), `"`), 10, 64)
	*r = rights(n)
	return err
}

const (
	everything rights = 1 << 3 // the permission Administrator
	seeing     rights = 1 << 10
	threading  rights = 1<<35 | 1<<38
)

// need is a right that the bot uses, with its name in Discord's settings.
type need struct {
	right rights
	name  string
}

func needs() []need {
	return []need{
		{seeing, "View Channels"},
		{1 << 11, "Send Messages"},
		{1 << 14, "Embed Links"},
		{1 << 15, "Attach Files"},
		{1 << 16, "Read Message History"},
		{1 << 6, "Add Reactions"},
		{1 << 35, "Create Public Threads"},
		{1 << 38, "Send Messages in Threads"},
	}
}

// invitation is the address at which somebody invites the bot with all that it needs.
func invitation(app string) string {
	var all rights
	for _, n := range needs() {
		all |= n.right
	}
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&scope=bot+applications.commands&permissions=%d", app, all)
}

// guild is a server, with what the bot may do where its channels say nothing else.
type guild struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Rights rights `json:"permissions"`
}

// overwrite is what a channel says of a role or a member.
type overwrite struct {
	ID    string `json:"id"`
	Allow rights `json:"allow"`
	Deny  rights `json:"deny"`
}

// in returns what somebody with the id and the roles may do in a channel with the overwrites: what it says of everybody comes first, then
// of the roles together, then of the one.
func (g guild) in(list []overwrite, id string, roles []string) rights {
	if g.Rights&everything != 0 {
		return ^rights(0)
	}
	has := g.Rights
	for _, fits := range []func(o overwrite) bool{
		func(o overwrite) bool { return o.ID == g.ID },
		func(o overwrite) bool { return o.ID != g.ID && slices.Contains(roles, o.ID) },
		func(o overwrite) bool { return o.ID == id },
	} {
		var allow, deny rights
		for _, o := range list {
			if fits(o) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		has = has&^deny | allow
	}
	return has
}

// examineChannels looks at what the bot may do in the channels of a server. One that it does not see is none of its.
func (a *Adapter) examineChannels(ctx context.Context, g guild) []doctor.Finding {
	me, err := a.self(ctx)
	var member struct {
		Roles []string `json:"roles"`
	}
	if err == nil {
		err = a.call(ctx, request{name: "member.get", method: http.MethodGet, path: "guilds/" + g.ID + "/members/" + me.User, major: g.ID}, &member)
	}
	var channels []struct {
		room
		Name       string      `json:"name"`
		Overwrites []overwrite `json:"permission_overwrites"`
	}
	if err == nil {
		err = a.call(ctx, request{name: "channel.list", method: http.MethodGet, path: "guilds/" + g.ID + "/channels", major: g.ID}, &channels)
	}
	if err != nil {
		return []doctor.Finding{doctor.Failed("the channels of "+g.Name, err)}
	}
	var list []doctor.Finding
	seen := 0
	for _, c := range channels {
		has := g.in(c.Overwrites, me.User, member.Roles)
		if !c.spoken() || has&seeing == 0 {
			continue
		}
		seen++
		var lacks []string
		for _, n := range needs() {
			if has&n.right == 0 && (a.opts.Threads || n.right&threading == 0) {
				lacks = append(lacks, n.name)
			}
		}
		if len(lacks) > 0 {
			list = append(list, doctor.Wrong(fmt.Sprintf("in #%s of %s the bot lacks %s. Give it to the bot's role under Edit Channel, Permissions.", c.Name, g.Name, strings.Join(lacks, ", "))))
		}
	}
	switch {
	case seen == 0:
		return append(list, doctor.Wrong("the bot sees no channel of "+g.Name+". Let its role view those that it is wanted in."))
	case len(list) == 0:
		return []doctor.Finding{doctor.Good(fmt.Sprintf("%s: the bot may do what it needs in the %d channels that it sees", g.Name, seen))}
	}
	return list
}
