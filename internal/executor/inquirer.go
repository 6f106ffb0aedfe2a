package executor

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/inquiry"
	"github.com/petrelops/petrel/internal/param"
)

// Inquirer is the runner of actions that ask people, as StackStorm's inquirer does.
type Inquirer struct{}

// Bind returns a handler that asks.
func (Inquirer) Bind(*bot.ActionSpec) (bot.Handler, error) {
	return bot.Handler{Params: reflect.TypeFor[bot.Question](), Ask: ask, Plan: planToAsk}, nil
}

// ask reads the parameters of the runner. An action may have others beside them.
func ask(params map[string]any) (bot.Question, error) {
	var q bot.Question
	data, err := json.Marshal(params)
	if err == nil {
		err = json.Unmarshal(data, &q)
	}
	if err != nil {
		return q, bot.E(bot.CodeInternal, "executor.inquirer.ask", "", err)
	}
	_, err = inquiry.New("", q.Schema)
	return q, err
}

// planToAsk says what is asked and where, so that a question that cannot be asked fails before anybody is.
func planToAsk(_ context.Context, _ bot.Request, params map[string]any) (bot.Plan, error) {
	q, err := ask(params)
	if err != nil {
		return bot.Plan{}, err
	}
	s, err := inquiry.New("", q.Schema)
	if err != nil {
		return bot.Plan{}, err
	}
	return bot.Plan{Lines: append([]string{"ask " + whoAnswers(q) + ":"}, s.Lines()...)}, nil
}

// whoAnswers names for people those who may answer: whoever has one of the roles and is one of the people.
func whoAnswers(q bot.Question) string {
	roles, users := strings.Join(q.Roles, " or "), strings.Join(q.Users, " or ")
	switch {
	case roles == "" && users == "":
		return "anybody who may run core.inquiry.respond"
	case roles == "":
		return users
	case users == "":
		return "role " + roles
	}
	return users + " with role " + roles
}

// question asks what an action of runner inquirer asks, and gives the claim back. What was answered becomes its result.
func (x *Executor) question(ctx context.Context, j *job) error {
	if j.action.Handler.Ask == nil {
		return nil
	}
	asked, err := j.action.Handler.Ask(j.params)
	if err != nil {
		return err
	}
	q, err := x.inquiry(ctx, j.claim.ID)
	if err != nil && bot.ErrorCode(err) != bot.CodeNotFound {
		return errors.Join(errLater, err)
	}
	e := j.record.execution()
	now, err := x.Store.Now(ctx)
	if err != nil {
		return errors.Join(errLater, err)
	}
	q.doc.Value = bot.Inquiry{
		ID: e.ID, Action: e.Action, Asker: e.Identity, Origin: e.Origin, Created: now, Required: 1, Who: whoAnswers(asked), Ask: &asked,
		Posted: prompts("inquiry/"+e.ID, e.Origin, asked.Route),
	}
	if asked.TTL > 0 {
		q.doc.Value.Expires = now.Add(time.Duration(asked.TTL) * time.Minute)
	}
	return x.wait(ctx, j, waiting{q: q, text: "waits for an answer from " + whoAnswers(asked)})
}

// questioned is the result of a question, with StackStorm's keys.
type questioned struct {
	bot.Question
	Response map[string]any `json:"response"`
}

// answered is what a question came to.
func answered(q bot.Inquiry) (bot.Result, error) {
	s, err := inquiry.Whole(q)
	if err != nil {
		return bot.Result{}, err
	}
	return bot.Result{Summary: responseText(q, s), Data: questioned{*q.Ask, param.Mask(s.Spec(), q.Response)}}, nil
}
