package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	maxCommandName = 32
	maxLine        = 6000 // of an option's text
	maxChoices     = 25
	maxChoice      = 100
	// optionName is the one option of the command: the line.
	optionName   = "command"
	typeText     = 3
	typeChatLine = 1
)

func isCommandName(s string) bool {
	odd := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' }
	return s != "" && len(s) <= maxCommandName && !strings.ContainsFunc(s, odd)
}

// command is the application command as Discord is told of it. What Discord adds is not among its fields, so that two can be compared.
type command struct {
	Name        string          `json:"name"`
	Type        int             `json:"type"`
	Description string          `json:"description"`
	Options     []commandOption `json:"options"`
}

type commandOption struct {
	Name         string `json:"name"`
	Type         int    `json:"type"`
	Description  string `json:"description"`
	Required     bool   `json:"required,omitempty"`
	Autocomplete bool   `json:"autocomplete,omitempty"`
	MaxLength    int    `json:"max_length,omitempty"`
}

// Command returns the application command with the name.
func (a *Adapter) command() command {
	return command{Name: a.opts.Command, Type: typeChatLine, Description: "Tell " + a.opts.Command + " what to do", Options: []commandOption{{
		Name: optionName, Type: typeText, Description: "What to do; empty is help", Autocomplete: a.opts.Complete != nil, MaxLength: maxLine,
	}}}
}

// Register writes the command unless Discord has it already: a restart writes nothing, and one that was deleted on the server comes back.
// Other commands of the application are left alone as they are.
func (a *Adapter) Register(ctx context.Context) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	path := "applications/" + me.App + "/commands"
	var there []json.RawMessage
	if err := a.call(ctx, request{name: "command.list", method: http.MethodGet, path: path}, &there); err != nil {
		return err
	}
	wanted, err := json.Marshal(a.command())
	if err != nil {
		return bot.E(bot.CodeInternal, "discord.command.write", "", err)
	}
	list := []json.RawMessage{wanted}
	for _, raw := range there {
		var c command
		if json.Unmarshal(raw, &c) != nil {
			continue
		}
		same, err := json.Marshal(c)
		switch {
		case err == nil && string(same) == string(wanted):
			return nil
		case c.Name != a.opts.Command:
			list = append(list, raw)
		}
	}
	return a.call(ctx, request{name: "command.write", method: http.MethodPut, path: path, body: list}, nil)
}

// offer answers a completion. A choice is the whole line, for the option has one value.
func (a *Adapter) offer(ctx context.Context, e Event) {
	choices := []object{}
	if a.opts.Complete != nil {
		limited, cancel := context.WithTimeout(ctx, completeWithin)
		defer cancel()
		choices = lines(e.Line, a.opts.Complete(limited, e.Message.Origin, e.Line))
	}
	err := a.respond(ctx, *e.Hook, response{Type: respondChoices, Data: object{"choices": choices}}, nil)
	if err != nil {
		a.log.DebugContext(ctx, "a completion came too late", "op", "discord.command.complete", "code", bot.ErrorCode(err), "err", err)
	}
}

// lines returns what a line may become. One that is too long for a choice is left out.
func lines(line string, words []Choice) []object {
	before := line[:strings.LastIndex(line, " ")+1]
	list := []object{}
	for _, w := range words {
		value := before + plain.Line(w.Word)
		if len(list) == maxChoices || count(value) > maxChoice || strings.TrimSpace(value) == "" {
			continue
		}
		shown := value
		if help := strings.TrimSpace(plain.Line(w.Help)); help != "" {
			shown = cut(value+"  ("+help+")", maxChoice)
		}
		list = append(list, object{"name": shown, "value": value})
	}
	return list
}
