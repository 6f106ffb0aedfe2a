package chat

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// visible reports which aliases a person may run: nothing else is named to them.
func (d *Desk) visible(v *visit) func(*aliases.Alias) bool {
	return func(a *aliases.Alias) bool { return d.mayRun(v, a.Action) }
}

// mayRun reports whether whoever wrote the message may run an action at all.
func (d *Desk) mayRun(v *visit, ref string) bool {
	action, err := v.content.Actions.Action(ref)
	return err == nil && d.gate.Allow(bot.Call{Identity: v.identity, Origin: v.message.Origin, Action: action.Spec}).Allowed
}

// help lists what can be typed: all of it, one pack, or what the words are found in; a single hit is shown with its parameters.
func (d *Desk) help(_ context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	words, _ := params["words"].(string)
	list := d.find(v, strings.Fields(words))
	var r bot.Reply
	switch len(list) {
	case 0:
		r = bot.Problem(fmt.Sprintf("Nothing that you may run fits %q. Type help to see everything.", quote(words)))
	case 1:
		r = d.details(v, list[0])
	default:
		r = listing(list)
		if words == "" {
			r.Blocks = append(r.Blocks, bot.TextBlock("Type help and a word to narrow this, such as help clary or help node status."))
		}
	}
	return bot.Answer{Reply: &r}, nil
}

// find returns the aliases that the words mean, in the order of help.
func (d *Desk) find(v *visit, words []string) []*aliases.Alias {
	visible := d.visible(v)
	var list []*aliases.Alias
	if len(words) > 1 || len(words) == 1 && !isPack(v.content.Listed, words[0]) {
		return v.content.Aliases.Search(words, visible)
	}
	for _, a := range v.content.Listed {
		if visible(a) && (len(words) == 0 || a.Pack == words[0]) {
			list = append(list, a)
		}
	}
	return list
}

func isPack(list []*aliases.Alias, word string) bool {
	for _, a := range list {
		if a.Pack == word {
			return true
		}
	}
	return false
}

// listing shows aliases grouped by pack, a line each.
func listing(list []*aliases.Alias) bot.Reply {
	r := bot.Reply{Private: true}
	var order []string
	rows := map[string][][]string{}
	for _, a := range list {
		if rows[a.Pack] == nil {
			order = append(order, a.Pack)
		}
		rows[a.Pack] = append(rows[a.Pack], []string{display(a), a.Description})
	}
	for _, pack := range order {
		r.Blocks = append(r.Blocks, bot.TableBlock([]string{pack, ""}, rows[pack]))
	}
	return r
}

// display is the form of an alias that help shows: its first.
func display(a *aliases.Alias) string {
	if len(a.Formats) == 0 {
		return a.Ref()
	}
	return readable(a.Formats[0].Shown())
}

// parameter is a parameter in a format, with its default if it has one.
var parameter = regexp.MustCompile(`\{\{\s*([^{}=]+?)\s*(=[^{}]*)?\}\}`)

// readable writes the parameters of a format as people know them: <name>, and [name=default] for one that may be left out.
func readable(format string) string {
	return parameter.ReplaceAllStringFunc(format, func(found string) string {
		parts := parameter.FindStringSubmatch(found)
		if parts[2] == "" {
			return "<" + parts[1] + ">"
		}
		return "[" + parts[1] + "=" + strings.TrimSpace(strings.TrimPrefix(parts[2], "=")) + "]"
	})
}

// details shows one alias with everything that can be said about it.
func (d *Desk) details(v *visit, a *aliases.Alias) bot.Reply {
	r := bot.Reply{Private: true, Title: a.Description}
	forms := make([]string, len(a.Formats))
	for i, f := range a.Formats {
		forms[i] = readable(f.Shown())
	}
	r.Blocks = append(r.Blocks, bot.Block{Code: strings.Join(forms, "\n")})
	action, err := v.content.Actions.Action(a.Action)
	if err != nil {
		return r
	}
	if example := v.content.Examples[a.Ref()]; example != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock("For example:"), bot.Block{Code: example})
	}
	about := Describe(action.Spec)
	r.Blocks = append(r.Blocks, about.Blocks...)
	if d := d.gate.Allow(bot.Call{Identity: v.identity, Origin: v.message.Origin, Action: action.Spec}); d.Rule != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock("You may run it by the rule "+d.Rule+"."))
	}
	return r
}

// Describe returns what people see of an action: what it is and what it takes.
func Describe(spec *bot.ActionSpec) bot.Reply {
	fields := []bot.Field{{Name: "action", Value: spec.Ref()}, {Name: "class", Value: string(spec.Class)}}
	if spec.NotRunnable != "" {
		fields = append(fields, bot.Field{Name: "note", Value: "not runnable: " + spec.NotRunnable})
	}
	r := bot.Reply{Title: spec.Description, Blocks: []bot.Block{{Fields: fields}}}
	if len(spec.Params) > 0 {
		r.Blocks = append(r.Blocks, paramTable(spec))
	}
	if spec.Runner != Runner {
		r.Blocks = append(r.Blocks, bot.TextBlock(strings.TrimSpace("From a shell: petrel run "+spec.Ref()+" "+param.Example(spec))))
	}
	return r
}
