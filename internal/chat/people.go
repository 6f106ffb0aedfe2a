package chat

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
)

// whoami tells a person what they are taken for.
func (d *Desk) whoami(_ context.Context, v *visit, _ map[string]any) (bot.Answer, error) {
	r := bot.Reply{Title: fmt.Sprintf("You are %s.", v.identity.ID)}
	account := v.message.Origin.Account()
	if v.identity.ID == account { // there is nothing else to tell
		return said(r)
	}
	fields := []bot.Field{{Name: "account", Value: account}}
	if v.message.Email != "" {
		fields = append(fields, bot.Field{Name: "e-mail", Value: v.message.Email})
	}
	r.Blocks = []bot.Block{{Fields: append(fields, personFields(v.identity)...)}}
	if why := d.people.Doubt(v.message.Origin); why != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock(why))
	}
	return said(r)
}

// who shows a person, found by id or account.
func (d *Desk) who(_ context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	name := somebody(text(params, "person"), v)
	if p, ok := d.people.Find(name); ok {
		fields := append([]bot.Field{{Name: "accounts", Value: strings.Join(p.Accounts, ", ")}}, personFields(p.Identity())...)
		return said(bot.Reply{Title: p.ID, Blocks: []bot.Block{{Fields: fields}}})
	}
	if _, err := identity.ParseAccount(name); err == nil {
		return said(bot.Reply{Title: fmt.Sprintf("The account %s belongs to no person of the configuration.", name)})
	}
	_, err := d.people.Origin(name, v.message.Origin) // it says what is wrong with the name
	return bot.Answer{}, err
}

// somebody returns the id or account that a name stands for: me is whoever asks, and a mention is an account of the same workspace.
func somebody(name string, v *visit) string {
	if user, mentioned := strings.CutPrefix(name, "@"); mentioned {
		o := v.message.Origin
		o.User = user
		return o.Account()
	}
	return me(name, v.identity)
}

// personFields shows what is known of a person, each where there is something.
func personFields(who bot.Identity) []bot.Field {
	var fields []bot.Field
	for _, f := range []bot.Field{
		{Name: "name", Value: who.Name}, {Name: "roles", Value: strings.Join(who.Roles, ", ")}, {Name: "groups", Value: strings.Join(who.Groups, ", ")},
	} {
		if f.Value != "" {
			fields = append(fields, f)
		}
	}
	return fields
}
