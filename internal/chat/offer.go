package chat

import (
	"context"
	"slices"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// Offers returns the commands of a pack that can be chosen rather than typed, in the order of help. Questions about the bot itself are none of
// them: how they are typed is part of what they ask.
func (c *Content) Offers(pack string) []bot.Offer {
	var list []bot.Offer
	for _, a := range c.Listed {
		spec := c.offered(a)
		if spec == nil || a.Pack != pack {
			continue
		}
		list = append(list, bot.Offer{Alias: a.Ref(), Words: opening(a), Help: a.Description, Fields: c.fields(a, spec)})
	}
	return list
}

// offered returns the action of an alias that can be chosen, nil for others.
func (c *Content) offered(a *aliases.Alias) *bot.ActionSpec {
	action, err := c.Actions.Action(a.Action)
	if err != nil || !a.Enabled || action.Spec.Runner == Runner || !action.Spec.Enabled || action.Spec.NotRunnable != "" {
		return nil
	}
	return action.Spec
}

// fields are the parameters that an alias leaves open.
func (c *Content) fields(a *aliases.Alias, spec *bot.ActionSpec) []bot.FormField {
	defaults := c.Aliases.Defaults(a)
	var list []bot.FormField
	for _, p := range spec.Params {
		if _, fixed := a.Immutable[p.Name]; fixed || p.Immutable {
			continue
		}
		f := c.field(p, spec)
		f.Live = f.Live || len(f.Options) > 0
		if value, given := defaults[p.Name]; given && !p.Secret {
			f.Default, f.Required = value, false
		}
		list = append(list, f)
	}
	return list
}

// opening returns the words that an alias is typed with, up to its first value. It has none where its first form begins with anything else.
func opening(a *aliases.Alias) []string {
	all := forms(a)
	if len(all) == 0 {
		return nil
	}
	words := all[0]
	if end := slices.IndexFunc(words, func(w string) bool { _, isParam := placeholder(w); return isParam }); end >= 0 {
		words = words[:end]
	}
	return words
}

// chosen does what a command that was chosen asks for. What was shown may be older than what can be done now.
func (d *Desk) chosen(ctx context.Context, v *visit) (bot.Answer, error) {
	a := v.content.Named[v.message.Alias]
	if a == nil || v.content.offered(a) == nil {
		return bot.Answer{}, bot.E(bot.CodeNotFound, "chat.desk.chosen", "This command is not there any more. Type help to see what is.", nil)
	}
	return d.dispatch(ctx, v, aliases.Match{Alias: a}, 0)
}
