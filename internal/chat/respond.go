package chat

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/inquiry"
)

const (
	respondEntry  = "chat.InquiryRespond"
	respondAction = "core.inquiry.respond"
	// wholeAnswer is the field of a form that takes the answer to a question which does not say of what it is made.
	wholeAnswer = "response"
)

// responding is how an answer to a question is typed.
var responding = regexp.MustCompile(`(?is)^\s*inquiry\s+respond\s+(\S+)(?:\s+(.*?))?\s*$`)

// answerTyped returns the id and the answer as it was typed: the alias language would take quotes and pairs at the end out of it, and it is
// read by the question's schema.
func answerTyped(text string) map[string]string {
	found := responding.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	typed := map[string]string{"id": found[1]}
	if found[2] != "" {
		typed[wholeAnswer] = found[2]
	}
	return typed
}

// inquiry shows what an execution waits on.
func (d *Desk) inquiry(ctx context.Context, _ *visit, params map[string]any) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	q, err := d.engine.Inquiry(ctx, e.ID)
	if err != nil {
		return bot.Answer{}, err
	}
	return said(ShowInquiry(q))
}

// ShowInquiry returns what people see of a question: what is asked, who may answer, until when, and what was answered.
func ShowInquiry(q bot.Inquiry) bot.Reply {
	until := "as long as it takes"
	if !q.Expires.IsZero() {
		until = q.Expires.UTC().Format(timeLayout)
	}
	state := "open"
	if q.Decision != "" {
		state = string(q.Decision)
	}
	fields := []bot.Field{
		{Name: "execution", Value: q.ID},
		{Name: "action", Value: q.Action},
		{Name: "who asks", Value: q.Asker.ID},
		{Name: "policy", Value: q.Policy},
		{Name: "who may answer", Value: q.Who},
		{Name: "until", Value: until},
		{Name: "state", Value: state},
	}
	if q.Ask == nil {
		fields = append(fields, bot.Field{Name: "approved", Value: fmt.Sprintf("%d of %d", len(q.Answers), q.Required)})
	}
	r := bot.Reply{Blocks: []bot.Block{{}}}
	for _, f := range fields {
		if f.Value != "" {
			r.Blocks[0].Fields = append(r.Blocks[0].Fields, f)
		}
	}
	if mark := q.Mark(); mark != "" {
		r.Blocks[0].Fields = append(r.Blocks[0].Fields, bot.Field{Name: "plan", Value: mark})
	}
	if len(q.Plan) > 0 {
		r.Blocks = append(r.Blocks, bot.TextBlock("Plan:"), bot.Block{Code: strings.Join(q.Plan, "\n")})
	}
	if q.Confirmed != nil {
		r.Blocks = append(r.Blocks, bot.TextBlock(executor.AnswerText(q, *q.Confirmed)))
	}
	for _, a := range q.Answers {
		r.Blocks = append(r.Blocks, bot.TextBlock(executor.AnswerText(q, a)))
	}
	if q.Ask == nil {
		return r
	}
	s, err := inquiry.Whole(q)
	if err != nil { // it was read before it was asked
		return r
	}
	for _, line := range s.Lines() {
		r.Blocks = append(r.Blocks, bot.TextBlock(line))
	}
	if q.Decision == "" {
		r.Blocks = append(r.Blocks, bot.TextBlock("To answer, type for example:"), bot.Block{Code: s.Line(q.ID)})
	}
	return r
}

// inquiryRespond takes the answer to a question: typed, pressed or filled into a form. Without one it asks for it.
func (d *Desk) inquiryRespond(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	e, err := d.named(ctx, params)
	if err != nil {
		return bot.Answer{}, err
	}
	q, err := d.engine.Inquiry(ctx, e.ID)
	if err != nil && bot.ErrorCode(err) != bot.CodeNotFound { // respond says it better
		return bot.Answer{}, err
	}
	given := v.answer(q, params)
	if given.Text == "" && given.Fields == nil && q.Ask != nil && q.Decision == "" {
		return d.askForAnswer(v, q)
	}
	after, err := d.engine.Respond(ctx, e.ID, executor.Response{Answer: &given, By: v.identity, Origin: v.message.Origin})
	if bot.ErrorCode(err) == bot.CodeInvalid && q.Ask != nil {
		answer := refusal(v, err)
		answer.Form = v.answerForm(q)
		return answer, nil
	}
	if err != nil {
		return bot.Answer{}, err
	}
	answer, err := said(bot.Reply{Title: ResponseText(after)})
	answer.Execution = after.ID // what comes of it follows
	return answer, err
}

// answer is what was typed or filled in.
func (v *visit) answer(q bot.Inquiry, params map[string]any) inquiry.Given {
	if v.message.Values == nil {
		return inquiry.Given{Text: text(params, wholeAnswer)}
	}
	if q.Ask != nil {
		if s, err := inquiry.Whole(q); err == nil && len(s.Spec().Params) == 0 {
			return inquiry.Given{Text: v.message.Values[wholeAnswer]}
		}
	}
	return inquiry.Given{Fields: v.message.Values}
}

// askForAnswer asks for the answer, by a form and in words.
func (d *Desk) askForAnswer(v *visit, q bot.Inquiry) (bot.Answer, error) {
	answer, err := said(ShowInquiry(q))
	answer.Form = v.answerForm(q)
	return answer, err
}

// answerForm asks for the answer to a question.
func (v *visit) answerForm(q bot.Inquiry) *bot.Form {
	about, _ := q.Ask.Schema["description"].(string)
	return &bot.Form{
		Title: "Answer " + q.Action, Text: about, Command: "inquiry respond " + q.ID, Submit: "Answer", Fields: v.answerFields(q),
	}
}

func (v *visit) answerFields(q bot.Inquiry) []bot.FormField {
	s, err := inquiry.Whole(q)
	if err != nil { // it was read before it was asked
		return nil
	}
	var fields []bot.FormField
	for _, p := range s.Spec().Params {
		fields = append(fields, v.content.field(p, s.Spec()))
	}
	if fields == nil {
		return []bot.FormField{{Name: wholeAnswer, Label: "Answer", Help: s.Hint(), Type: "string", Required: true}}
	}
	return fields
}

// reasonForm asks why somebody approves or denies.
func reasonForm(e bot.Execution, yes bool, plan string) *bot.Form {
	command, button := "deny "+e.ID, "Deny"
	if yes {
		command, button = "approve "+e.ID, "Approve"
	}
	if plan != "" {
		command += " plan=" + plan
	}
	return &bot.Form{
		Title: button + " " + e.Action, Text: "Why? It goes on record.", Command: command, Submit: button,
		Fields: []bot.FormField{{Name: "reason", Label: "Reason", Type: "string", Required: true}},
	}
}
