package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
)

// Types of options.
const (
	typeSub     = 1
	typeGroup   = 2
	typeText    = 3
	typeInteger = 4
	typeBoolean = 5
	typeNumber  = 10
)

// spoken is a command as somebody types it, read as Discord's client reads it.
type spoken struct {
	path  []checkedCommand // the command, the group and the subcommand, as far as they were chosen
	pairs []pair
	names []string // of the options that can be typed
}

// pair is an option with what was typed for it.
type pair struct {
	option checkedCommand
	value  string
}

// leaf is what was chosen last.
func (s spoken) leaf() checkedCommand { return s.path[len(s.path)-1] }

// ready reports whether what was chosen is something that can be sent.
func (s spoken) ready() bool {
	return !slices.ContainsFunc(s.leaf().Options, func(o checkedCommand) bool { return o.Type <= typeGroup })
}

// parse reads a command. It is called with mu held.
func (s *Server) parse(w Said) (spoken, error) {
	var found spoken
	command := s.state.command(w.Command)
	if command == nil {
		return found, bot.E(bot.CodeNotFound, "simdiscord.command.type", "There is no command "+w.Command, nil)
	}
	raw, err := json.Marshal(command)
	var c checkedCommand
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return found, bot.E(bot.CodeInternal, "simdiscord.command.read", "", err)
	}
	found.path = []checkedCommand{c}
	rest := w.Text
	for !found.ready() {
		word, after, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		i := slices.IndexFunc(found.leaf().Options, func(o checkedCommand) bool { return o.Name == word })
		if i < 0 {
			return found, nil
		}
		found.path, rest = append(found.path, found.leaf().Options[i]), after
	}
	found.split(rest)
	return found, nil
}

// split cuts a text into name:value pairs. What is before the first belongs to the first option, as in Discord's client.
func (s *spoken) split(text string) {
	options := s.leaf().Options
	for _, o := range options {
		s.names = append(s.names, o.Name)
	}
	for i, word := range strings.Split(text, " ") {
		name, value, named := strings.Cut(word, ":")
		at := slices.Index(s.names, name)
		switch {
		case named && at >= 0:
			s.pairs = append(s.pairs, pair{options[at], value})
		case len(s.pairs) > 0 && i > 0:
			s.pairs[len(s.pairs)-1].value += " " + word
		case word != "" && len(options) > 0:
			s.pairs = append(s.pairs, pair{options[0], word})
		}
	}
}

// data is what Discord sends of a command. focused says that the last value is still being typed.
func (s spoken) data(id any, focused bool) (answer, error) {
	const op = "simdiscord.command.type"
	if !s.ready() {
		return nil, bot.E(bot.CodeInvalid, op, "Choose a subcommand of "+s.leaf().Name, nil)
	}
	options := []answer{}
	for i, p := range s.pairs {
		value, err := p.sent()
		last := focused && i == len(s.pairs)-1
		if last {
			value = p.value
		} else if err != nil {
			return nil, bot.E(bot.CodeInvalid, op, p.option.Name+": "+err.Error(), err)
		}
		sent := answer{"name": p.option.Name, "type": p.option.Type, "value": value}
		if last {
			sent["focused"] = true
		}
		options = append(options, sent)
	}
	for _, o := range s.leaf().Options {
		if o.Required && !focused && !slices.ContainsFunc(s.pairs, func(p pair) bool { return p.option.Name == o.Name }) {
			return nil, bot.E(bot.CodeInvalid, op, "The option "+o.Name+" is required", nil)
		}
	}
	for i := len(s.path) - 1; i > 0; i-- {
		options = []answer{{"name": s.path[i].Name, "type": s.path[i].Type, "options": options}}
	}
	return answer{"id": id, "name": s.path[0].Name, "type": 1, "options": options}, nil
}

// sent is the value as Discord's client sends it, or why it sends none.
func (p pair) sent() (any, error) {
	text := strings.TrimSpace(p.value)
	if p.option.Type == typeText {
		text = p.value
	}
	if len(p.option.Choices) > 0 {
		for _, c := range p.option.Choices {
			if c.Name == text {
				return c.Value, nil
			}
		}
		return nil, fmt.Errorf("%q is none of the choices", text)
	}
	switch p.option.Type {
	case typeInteger:
		return strconv.ParseInt(text, 10, 64)
	case typeNumber:
		return strconv.ParseFloat(text, 64)
	case typeBoolean:
		return strconv.ParseBool(strings.ToLower(text))
	}
	if most := p.option.MaxLength; most > 0 && utf8.RuneCountInString(text) > most {
		return nil, fmt.Errorf("it is longer than %d characters", most)
	}
	return text, nil
}

// next returns what Discord's client itself offers behind a command: subcommands, options, and the values that an option takes. ask says that
// the bot has to be asked for values instead.
func (s spoken) next(text string) (lines []string, ask bool) {
	before := text[:strings.LastIndex(text, " ")+1]
	if !s.ready() {
		for _, o := range s.leaf().Options {
			lines = append(lines, before+o.Name+" ")
		}
		return lines, false
	}
	if len(s.pairs) > 0 && !strings.HasSuffix(text, " ") || len(s.names) == 1 && s.leaf().Options[0].Type == typeText {
		last := s.leaf().Options[0]
		if len(s.pairs) > 0 {
			last = s.pairs[len(s.pairs)-1].option
		}
		if last.Autocomplete {
			return nil, true
		}
		values := []string{}
		for _, c := range last.Choices {
			values = append(values, c.Name)
		}
		if last.Type == typeBoolean {
			values = []string{"true", "false"}
		}
		for _, v := range values {
			lines = append(lines, before+last.Name+":"+v+" ")
		}
		return lines, false
	}
	for _, name := range s.names {
		if !slices.ContainsFunc(s.pairs, func(p pair) bool { return p.option.Name == name }) {
			lines = append(lines, before+name+":")
		}
	}
	return lines, false
}

// taken is the text with the value of the last option replaced.
func (s spoken) taken(text, value string) string {
	if len(s.path) == 1 && len(s.names) == 1 { // the only option needs no name
		return value
	}
	last := s.pairs[len(s.pairs)-1]
	return strings.TrimSuffix(text, last.value) + value
}
