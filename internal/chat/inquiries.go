package chat

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// inquiries lists what waits for an answer.
func (d *Desk) inquiries(ctx context.Context, _ *visit, params map[string]any) (bot.Answer, error) {
	list, err := d.engine.Inquiries(ctx, limit(params, 20))
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		return said(bot.Reply{Title: "Nothing waits for an answer."})
	}
	return said(bot.Reply{Blocks: []bot.Block{
		InquiryTable(list), bot.TextBlock("Type inquiry get and an id for more, then approve or deny and the id, or inquiry respond, the id and the answer."),
	}})
}

// InquiryTable shows open inquiries.
func InquiryTable(list []bot.Inquiry) bot.Block {
	rows := make([][]string, len(list))
	for i, q := range list {
		wants, until := "an answer", "never"
		if q.Ask == nil {
			wants = fmt.Sprintf("%d of %d", len(q.Answers), q.Required)
		}
		if !q.Expires.IsZero() {
			until = q.Expires.UTC().Format(timeLayout)
		}
		rows[i] = []string{q.ID, q.Action, q.Asker.ID, q.Policy, wants, until}
	}
	return bot.TableBlock([]string{"execution", "action", "who asks", "policy", "approved", "until"}, rows)
}

func (d *Desk) approve(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	return d.respond(ctx, v, params, true)
}

func (d *Desk) deny(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	return d.respond(ctx, v, params, false)
}

// respond takes an answer, typed or by a button, from whoever it came from.
func (d *Desk) respond(ctx context.Context, v *visit, params map[string]any, yes bool) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	q, err := d.engine.Respond(ctx, e.ID, executor.Response{Yes: yes, Reason: text(params, "reason"), Mark: text(params, "plan"), By: v.identity, Origin: v.message.Origin})
	if bot.ErrorFields(err)["reason"] != "" {
		answer := refusal(v, err)
		answer.Form = reasonForm(e, yes, text(params, "plan"))
		return answer, nil
	}
	if err != nil {
		return bot.Answer{}, err
	}
	answer, err := said(bot.Reply{Title: ResponseText(q)})
	if q.Decision != "" { // what comes of it follows
		answer.Execution = q.ID
	}
	return answer, err
}

// ResponseText says how an inquiry stands after an answer.
func ResponseText(q bot.Inquiry) string {
	switch q.Decision {
	case bot.Approved:
		return fmt.Sprintf("%s %s is approved and goes on.", q.Action, q.ID)
	case bot.Answered:
		return fmt.Sprintf("Your answer to %s %s is taken.", q.Action, q.ID)
	case bot.Denied:
		return fmt.Sprintf("%s %s is denied. Nothing was done.", q.Action, q.ID)
	}
	return fmt.Sprintf("Your approval of %s %s counts: %d of %d.", q.Action, q.ID, len(q.Answers), q.Required)
}
