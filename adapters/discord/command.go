package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
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

	Choices []commandChoice `json:"choices,omitempty"`
	Options []commandOption `json:"options,omitempty"`
}

type commandChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Command returns the application command with the name.
func (a *Adapter) command() command {
	return command{Name: a.opts.Command, Type: typeChatLine, Description: "Tell " + a.opts.Command + " what to do", Options: []commandOption{{
		Name: optionName, Type: typeText, Description: "What to do; empty is help", Autocomplete: a.opts.Complete != nil, MaxLength: maxLine,
	}}}
}

// written is the command in words: two commands are the same where they are.
func (c command) written() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // there is nothing in it that cannot be written
	}
	return string(text)
}

// commands returns all that are the bot's, its own last: when that one is there, all are.
func (a *Adapter) commands() []command {
	var list []command
	for _, t := range a.trees {
		if len(t.Offers) > 0 {
			list = append(list, t.Command)
		}
	}
	return append(list, a.command())
}

// ours is what is remembered of the commands that were written, so that one which is not wanted any more can be told from those of others.
type ours struct {
	Names []string `json:"names"`
}

const (
	oursName = "commands"
	oursKept = 365 * 24 * time.Hour // from the last start
)

// Register writes each command that Discord does not have as it is: a restart writes nothing, and what was deleted on the server comes back. One
// that the bot wrote and does not want any more is deleted. Other commands of the application are left alone.
func (a *Adapter) Register(ctx context.Context) error {
	me, err := a.self(ctx)
	if err != nil {
		return err
	}
	there, err := a.registered(ctx, me.App)
	if err != nil {
		return err
	}
	wanted := a.commands()
	had, err := a.remembered(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(wanted))
	for i, c := range wanted {
		names[i] = c.Name
	}
	// Until all is done both are remembered: what was forgotten would never be taken away.
	if err := a.remember(ctx, append(slices.Clone(had), names...)); err != nil {
		return err
	}
	for _, c := range wanted {
		if slices.ContainsFunc(there, func(t standing) bool { return t.written() == c.written() }) {
			continue
		}
		if err := a.call(ctx, request{name: "command.write", method: http.MethodPost, path: commandsPath(me.App), body: c}, nil); err != nil {
			return err
		}
	}
	for _, t := range there {
		stays := t.Type != typeChatLine || !slices.Contains(had, t.Name) || slices.ContainsFunc(wanted, func(c command) bool { return c.Name == t.Name })
		if stays || !isID(t.ID) {
			continue
		}
		err := a.call(ctx, request{name: "command.delete", method: http.MethodDelete, path: commandsPath(me.App) + "/" + t.ID}, nil)
		if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
			return err
		}
	}
	return a.remember(ctx, names)
}

// standing is a command that Discord has.
type standing struct {
	command
	ID string `json:"id"`
}

func commandsPath(app string) string { return "applications/" + app + "/commands" }

// registered returns the commands that Discord has.
func (a *Adapter) registered(ctx context.Context, app string) ([]standing, error) {
	var raw []json.RawMessage
	if err := a.call(ctx, request{name: "command.list", method: http.MethodGet, path: commandsPath(app)}, &raw); err != nil {
		return nil, err
	}
	list := make([]standing, len(raw))
	for i, r := range raw {
		_ = json.Unmarshal(r, &list[i]) // what cannot be read is none of ours
	}
	return list, nil
}

// remembered returns the names of the commands that were written.
func (a *Adapter) remembered(ctx context.Context) ([]string, error) {
	data, _, err := a.opts.Memory.Load(ctx, oursName)
	if err != nil || data == nil {
		return nil, err
	}
	var o ours
	if err := json.Unmarshal(data, &o); err != nil {
		a.log.WarnContext(ctx, "could not read which commands were written; one that is not wanted any more stays", "op", "discord.command.read", "err", err)
	}
	return o.Names, nil
}

func (a *Adapter) remember(ctx context.Context, names []string) error {
	data, err := json.Marshal(ours{Names: names})
	if err != nil {
		return bot.E(bot.CodeInternal, "discord.command.remember", "", err)
	}
	return a.opts.Memory.Save(ctx, Saved{Name: oursName, Data: data, Version: AnyVersion, For: oursKept})
}
