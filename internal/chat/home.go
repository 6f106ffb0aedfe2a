package chat

import (
	"context"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// How much a home shows of each.
const (
	homeExecutions = 10
	homeInquiries  = 20
)

// Home returns what there is for a person: no more than what typing would show.
func (d *Desk) Home(ctx context.Context, o bot.Origin) (bot.Home, error) {
	v := &visit{message: bot.Message{Origin: o}, identity: d.people.Identify(o), content: d.content()}
	var h bot.Home
	visible := d.visible(v)
	for _, a := range v.content.Listed {
		if !visible(a) {
			continue
		}
		if line := strings.Join(opening(a), " "); line != "" {
			h.Commands = append(h.Commands, bot.HomeCommand{Line: line, Help: a.Description})
		}
	}
	var err error
	if d.mayAsk(v, "chat.Executions") {
		if h.Recent, err = d.engine.Executions(ctx, executor.Filter{Identity: v.identity.ID, Limit: homeExecutions}); err != nil {
			return bot.Home{}, err
		}
	}
	if d.mayAsk(v, "chat.Inquiries") && d.mayAsk(v, "chat.Approve") {
		if h.Waiting, err = d.engine.Inquiries(ctx, homeInquiries); err != nil {
			return bot.Home{}, err
		}
		h.Waiting = slices.DeleteFunc(h.Waiting, func(q bot.Inquiry) bool { return !mayAnswer(q, v.identity) })
	}
	return h, nil
}

// mayAnswer reports whether an answer of the person could still count. The engine decides when it comes.
func mayAnswer(q bot.Inquiry, who bot.Identity) bool {
	answered := func(a bot.Approval) bool { return a.By == who.ID }
	return q.Asker.ID != who.ID && q.Decision == "" && !slices.ContainsFunc(q.Answers, answered)
}

// mayAsk reports whether the person may use the command of the desk with the entry point. Nobody asked, so a refusal is no line of the
// audit log.
func (d *Desk) mayAsk(v *visit, entryPoint string) bool {
	for _, spec := range v.content.Specs {
		if spec.Runner == Runner && spec.EntryPoint == entryPoint {
			return d.gate.Allow(bot.Call{Identity: v.identity, Origin: v.message.Origin, Action: spec}).Allowed
		}
	}
	return false
}
