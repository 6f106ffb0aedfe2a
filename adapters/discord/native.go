package discord

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// Pack is a pack with a command of its own: each offer is a subcommand, and its fields are options.
type Pack struct {
	Name   string
	Offers []bot.Offer
}

// Discord's limits of commands; internal/sim/discord names their sources.
const (
	maxListed      = 25 // subcommands and groups of a command, options, choices
	maxCommandSize = 8000
	maxHelp        = 100
	briefHelp      = 40
	typeSub        = 1
	typeGroup      = 2
	typeInteger    = 4
	typeBoolean    = 5
	typeNumber     = 10
)

// Tree is a pack as a command of Discord's.
type Tree struct {
	Command command
	Offers  map[string]bot.Offer // by what is chosen, such as "clary node status-get"
	Left    []string             // aliases that have no room, or ask for what Discord cannot take
	room    int                  // that is left, in characters
}

// RenderPack makes a pack's command. Where not all has room, the help is shortened.
func RenderPack(p Pack) Tree {
	t := growWith(p, maxHelp)
	if len(t.Left) > 0 {
		if brief := growWith(p, briefHelp); len(brief.Left) < len(t.Left) {
			return brief
		}
	}
	return t
}

func growWith(p Pack, help int) Tree {
	t := Tree{
		Command: command{Name: slug(p.Name), Type: typeChatLine, Description: cut("What the pack "+p.Name+" can do", maxHelp), Options: []commandOption{}},
		Offers:  map[string]bot.Offer{},
	}
	t.room = maxCommandSize - count(t.Command.Name) - count(t.Command.Description)
	for _, o := range p.Offers {
		sub := commandOption{Type: typeSub, Description: described(help, o.Help, o.Alias)}
		var ok bool
		if sub.Options, ok = options(o, help); !ok || !t.plant(spots(p.Name, o), sub, o) {
			t.Left = append(t.Left, o.Alias)
		}
	}
	return t
}

// spot is where a subcommand stands: in a group, or in none.
type spot struct{ group, name string }

// spots returns where an offer may stand, the best first: its words as a group and the rest, the words as one, the alias's name.
func spots(pack string, o bot.Offer) []spot {
	words := make([]string, 0, len(o.Words))
	for _, w := range o.Words {
		if w = slug(w); w != "" {
			words = append(words, w)
		}
	}
	if len(words) > 1 && words[0] == slug(pack) {
		words = words[1:]
	}
	var list []spot
	if len(words) > 1 {
		list = append(list, spot{words[0], slug(strings.Join(words[1:], "-"))})
	}
	_, name, _ := strings.Cut(o.Alias, ".")
	return append(list, spot{name: slug(strings.Join(words, "-"))}, spot{name: slug(strings.ReplaceAll(name, "_", "-"))})
}

// plant puts a subcommand where there is room for it.
func (t *Tree) plant(spots []spot, sub commandOption, o bot.Offer) bool {
	for _, s := range spots {
		sub.Name = s.name
		list, made := &t.Command.Options, sub
		if s.group != "" {
			at := slices.IndexFunc(*list, func(c commandOption) bool { return c.Name == s.group && c.Type == typeGroup })
			if at >= 0 {
				list = &t.Command.Options[at].Options
			} else {
				made = commandOption{Name: s.group, Type: typeGroup, Description: cut("What is about "+s.group, maxHelp), Options: []commandOption{sub}}
			}
		}
		if s.name != "" && t.add(list, made) {
			t.Offers[path(t.Command.Name, s.group, s.name)] = o
			return true
		}
	}
	return false
}

// add adds an option where its name is free and there is room for it.
func (t *Tree) add(list *[]commandOption, o commandOption) bool {
	named := slices.ContainsFunc(*list, func(c commandOption) bool { return c.Name == o.Name })
	if named || len(*list) == maxListed || o.size() > t.room {
		return false
	}
	t.room -= o.size()
	*list = append(*list, o)
	return true
}

// path joins what is chosen.
func path(names ...string) string {
	return strings.Join(slices.DeleteFunc(names, func(n string) bool { return n == "" }), " ")
}

// size is how much of what a command may hold an option takes.
func (o commandOption) size() int {
	n := count(o.Name) + count(o.Description)
	for _, c := range o.Choices {
		n += count(c.Name) + count(c.Value)
	}
	for _, inner := range o.Options {
		n += inner.size()
	}
	return n
}

// options are the fields of an offer, what is required first. It is false where Discord cannot ask for something that is required. A secret is
// never asked for: Discord shows what was typed.
func options(o bot.Offer, help int) ([]commandOption, bool) {
	var list []commandOption
	fields := slices.Clone(o.Fields)
	slices.SortStableFunc(fields, func(a, b bot.FormField) int { return cmp.Compare(order(a), order(b)) })
	for _, f := range fields {
		made := asOption(f, help)
		taken := slices.ContainsFunc(list, func(c commandOption) bool { return c.Name == made.Name })
		if f.Secret || made.Name == "" || taken || len(list) == maxListed {
			if f.Required {
				return nil, false
			}
			continue
		}
		list = append(list, made)
	}
	return list, true
}

func order(f bot.FormField) int {
	if f.Required {
		return 0
	}
	return 1
}

func asOption(f bot.FormField, help int) commandOption {
	text := f.Help
	if f.Default != "" && text != "" {
		text += " (else " + f.Default + ")"
	}
	o := commandOption{Name: slug(f.Name), Type: typeText, Description: described(help, text, f.Name), Required: f.Required}
	switch {
	case few(f.Options):
		for _, v := range f.Options {
			o.Choices = append(o.Choices, commandChoice{Name: v, Value: v})
		}
		return o
	case f.Live:
		o.Autocomplete = true
	case f.Type == "integer":
		o.Type = typeInteger
	case f.Type == "number":
		o.Type = typeNumber
	case f.Type == "boolean":
		o.Type = typeBoolean
	}
	if o.Type == typeText {
		o.MaxLength = maxLine
	}
	return o
}

// few reports whether values can all be shown to choose from.
func few(values []string) bool {
	seen := map[string]bool{}
	for _, v := range values {
		if v == "" || count(v) > maxChoice || seen[v] {
			return false
		}
		seen[v] = true
	}
	return len(values) > 0 && len(values) <= maxListed
}

// described is the first of the texts that says something: Discord wants help for everything.
func described(most int, texts ...string) string {
	for _, text := range texts {
		if text = strings.TrimSpace(plain.Line(text)); text != "" {
			return cut(text, most)
		}
	}
	return "No help"
}

// slug is a word as Discord's commands and options are named, empty where it cannot be.
func slug(word string) string {
	word = strings.Trim(strings.Map(func(c rune) rune {
		if c = unicode.ToLower(c); unicode.IsLower(c) || unicode.Is(unicode.Lo, c) || unicode.IsNumber(c) || c == '-' || c == '_' {
			return c
		}
		return '-'
	}, strings.ToValidUTF8(word, "-")), "-")
	if utf8.RuneCountInString(word) > maxCommandName {
		return ""
	}
	return word
}
