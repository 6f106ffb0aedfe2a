package chat

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// begun finds the alias that a line begins and does not end: all its words up to the first value are there, and values are lacking. When
// several fit equally well there is none.
func (d *Desk) begun(v *visit) (aliases.Match, bool) {
	visible := d.visible(v)
	words := strings.Fields(v.message.Text)
	var best aliases.Match
	most, tie := 0, false
	for _, a := range v.content.Listed {
		for _, f := range forms(a) {
			given, literal, ok := beginning(f, words)
			if !ok || literal < most || !visible(a) {
				continue
			}
			if literal == most {
				tie = tie || best.Alias != a
				continue
			}
			best, most, tie = aliases.Match{Alias: a, Params: given}, literal, false
		}
	}
	return best, most > 0 && !tie
}

// beginning returns the values that the words give of a form that goes on after them, and how many of its own words they have.
func beginning(form, words []string) (given map[string]string, literal int, ok bool) {
	if len(words) >= len(form) {
		return nil, 0, false
	}
	lacks := false
	given = map[string]string{}
	for i, word := range form {
		name, isParam := placeholder(word)
		switch {
		case i >= len(words) && !isParam && len(given) == 0 && !lacks:
			return nil, 0, false // the words do not say yet which alias it is
		case i >= len(words):
			lacks = lacks || isParam
		case isParam:
			given[name] = words[i]
		case strings.EqualFold(word, words[i]):
			literal++
		default:
			return nil, 0, false
		}
	}
	return given, literal, lacks
}

// lacking is the complaint about a line that begun found, with the names of what is not there.
func lacking(m aliases.Match) error {
	fields := map[string]string{}
	var names []string
	for _, f := range forms(m.Alias) {
		for _, word := range f {
			name, isParam := placeholder(word)
			if _, given := m.Params[name]; isParam && !given && fields[name] == "" && !strings.Contains(word, "=") {
				fields[name] = fmt.Sprintf("The parameter %s is missing.", name)
				names = append(names, name)
			}
		}
	}
	verb := " is missing."
	if len(names) > 1 {
		verb = " are missing."
	}
	text := "The line is not complete: " + strings.Join(names, " and ") + verb
	return &bot.Error{Code: bot.CodeInvalid, Op: "chat.desk.begun", Text: text, Fields: fields}
}

// fillIn is the answer for a line that lacks values: what it lacks, in words and as a form.
func (d *Desk) fillIn(ctx context.Context, v *visit, m aliases.Match) (bot.Answer, error) {
	action, err := v.content.Actions.Action(m.Alias.Action)
	if err != nil {
		return bot.Answer{}, err
	}
	if err := d.allowed(ctx, v, bot.Call{Action: action.Spec}); err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{}, v.content.withUsage(lacking(m), m, action.Spec)
}

// given returns what the line gives. Where the rest was filled in, what the alias gives of itself is there too.
func (v *visit) given(m aliases.Match) map[string]string {
	typed := asTyped(v.message.Text, m)
	if v.message.Values == nil {
		return typed
	}
	all := v.content.Aliases.Defaults(m.Alias)
	maps.Copy(all, typed)
	return all
}

// complete adds what was filled in to what the line gives. A command of the desk takes of it what its action knows, and reads the rest itself.
func (v *visit) complete(spec *bot.ActionSpec, given map[string]string) map[string]string {
	if len(v.message.Values) == 0 || spec.EntryPoint == respondEntry || spec.EntryPoint == pressEntry { // whose fields belong to something else, whatever their names are
		return given
	}
	all := maps.Clone(given)
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range v.message.Values {
		if _, known := spec.Param(name); known || spec.Runner != Runner {
			all[name] = value
		}
	}
	return all
}

// form asks for what a line lacks or has wrong, and offers what else the action takes. It is nil when nothing can be asked, and when the line
// gives a secret, which must not travel on.
func (v *visit) form(u usage) *bot.Form {
	faults := bot.ErrorFields(u)
	if len(faults) == 0 || v.message.Alias != "" { // whose fields are there to be filled in already
		return nil
	}
	f := &bot.Form{Title: u.spec.Ref(), Text: u.spec.Description, Command: v.message.Text, Submit: "Run"}
	for _, p := range u.spec.Params {
		_, fixed := u.match.Alias.Immutable[p.Name]
		_, given := u.match.Params[p.Name]
		switch {
		case given && p.Secret:
			return nil
		case p.Immutable, fixed, given && faults[p.Name] == "":
			continue
		}
		f.Fields = append(f.Fields, v.content.field(p, u.spec))
	}
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

// field is what is filled in for a parameter.
func (c *Content) field(p bot.Param, spec *bot.ActionSpec) bot.FormField {
	f := bot.FormField{
		Name: p.Name, Label: p.Name, Help: p.Description, Type: p.Type, Required: p.Required && p.Default == nil, Secret: p.Secret,
	}
	f.Format, _ = p.Schema["format"].(string)
	if p.Default != nil && !p.Secret && !param.IsTemplate(p.Default) {
		f.Default = filled(p.Default)
	}
	for _, option := range p.Enum {
		f.Options = append(f.Options, filled(option))
	}
	if action, err := c.Actions.Action(spec.Ref()); err == nil {
		f.Live = slices.Contains(action.Handler.Completes, p.Name) && len(f.Options) == 0 && (p.Type == "" || p.Type == "string")
	}
	return f
}

// filled returns a value as it stands in a field, where a text needs no quotes.
func filled(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return param.Typed(v)
}

// Suggest offers values for a field of the form that a line was answered with, or of a command that can be chosen, if this person may run it.
func (d *Desk) Suggest(ctx context.Context, t bot.Typing) []string {
	v := &visit{message: bot.Message{Origin: t.Origin, Text: t.Command}, identity: d.people.Identify(t.Origin), content: d.content()}
	ref := d.filledIn(ctx, v, t.Alias)
	if !d.mayRun(v, ref) {
		return nil
	}
	list := d.values(ctx, v.content, search{action: ref, name: t.Field, prefix: t.Prefix})
	return list[:min(len(list), t.Limit)]
}

// filledIn returns the action that somebody fills in values of: that of the alias, or where there is none that which the line completes or
// presses a button for. It is empty when there is none.
func (d *Desk) filledIn(ctx context.Context, v *visit, alias string) string {
	a := v.content.Named[alias]
	if alias == "" {
		b, pressed := d.pressed(ctx, v.message.Text)
		if b.Action != "" {
			return b.Action
		}
		if pressed {
			v.message.Text = b.Line
		}
		a = d.completed(v)
	}
	if a == nil {
		return ""
	}
	return a.Action
}

// completed returns the alias that a form completes, nil for none.
func (d *Desk) completed(v *visit) *aliases.Alias {
	if found := v.content.Aliases.Match(v.message.Text); found.Err == nil && len(found.Matches) > 0 {
		return found.Matches[0].Alias
	}
	m, _ := d.begun(v)
	return m.Alias
}
