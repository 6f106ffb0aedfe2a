package discord

import (
	"context"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// offer answers a completion.
func (in *intake) offer(ctx context.Context, e Event) {
	limited, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	choices := []object{}
	switch suggester, ok := in.receiver.(bot.Suggester); {
	case e.Typing != nil && ok:
		choices = values(suggester.Suggest(limited, *e.Typing))
	case e.Typing == nil && in.a.opts.Complete != nil:
		choices = lines(e.Line, in.a.opts.Complete(limited, e.Message.Origin, e.Line))
	}
	err := in.a.respond(ctx, *e.Hook, response{Type: respondChoices, Data: object{"choices": choices}}, nil)
	if err != nil {
		in.a.log.DebugContext(ctx, "a completion came too late", "op", "discord.command.complete", "code", bot.ErrorCode(err), "err", err)
	}
}

// values returns what an option may be. One that is too long for a choice is left out.
func values(list []string) []object {
	choices := []object{}
	for _, v := range list {
		if len(choices) < maxChoices && count(v) <= maxChoice && v != "" && plain.Line(v) == v {
			choices = append(choices, object{"name": v, "value": v})
		}
	}
	return choices
}

// lines returns what a line may become: the command of the bot has one option, so a choice is the whole line. One that is too long is left out.
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
