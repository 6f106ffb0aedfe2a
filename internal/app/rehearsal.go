package app

import (
	"context"
	"log/slog"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/permissiontest"
	"github.com/petrelops/petrel/internal/render"
)

// Rehearsal is what is needed to ask the rules, made from the configuration and the packs alone: no store is opened and nothing can be
// run. Templates find no keys.
type Rehearsal struct {
	Desk      *chat.Desk // it may only be asked Calls and Explain
	Authority *access.Authority
	Content   *chat.Content
}

// Rehearse builds a rehearsal.
func Rehearse(c config.Config, log *slog.Logger) (*Rehearsal, error) {
	a := &App{log: log, authority: &access.Authority{}, groups: c.Clary.Groups}
	if err := a.loadFor(c, map[string]executor.Runner{pack.RunnerGo: nil, pack.RunnerInquirer: nil}); err != nil {
		return nil, err
	}
	if err := SetAccess(a.authority, c.Access, a.groups); err != nil {
		return nil, err
	}
	desk := chat.New(chat.Parts{
		Content: a.content.Load, People: a.authority, Gate: a.authority, Rules: a.authority, Templates: render.New(noKeys{}, a.groups), Clock: clock.System(), Log: log,
	})
	return &Rehearsal{Desk: desk, Authority: a.authority, Content: a.Content()}, nil
}

// Suite returns what tests of people and permissions run against.
func (r *Rehearsal) Suite() permissiontest.Suite {
	return permissiontest.Suite{People: r.Authority, Calls: r.calls, Call: r.call}
}

func (r *Rehearsal) calls(ctx context.Context, m bot.Message) ([]bot.Call, error) {
	asked, err := r.Desk.Calls(ctx, m)
	if err != nil {
		return nil, err
	}
	calls := make([]bot.Call, len(asked))
	for i, a := range asked {
		if a.Fault != nil {
			return nil, a.Fault
		}
		calls[i] = a.Call
	}
	return calls, nil
}

func (r *Rehearsal) call(ref string, params map[string]any) (bot.Call, error) {
	action, err := r.Content.Actions.Action(ref)
	if err != nil || params == nil {
		return bot.Call{Action: action.Spec}, err
	}
	params, err = param.Check(action.Spec, params)
	return bot.Call{Action: action.Spec, Params: params}, err
}

// noKeys is a datastore that is not there.
type noKeys struct{}

// Get implements render.Keys.
func (noKeys) Get(_ context.Context, k datastore.Key) (datastore.Entry, error) {
	return datastore.Entry{}, bot.E(bot.CodeNotFound, "app.rehearsal.keys", "The "+k.String()+" is not known here: no datastore is read.", nil)
}

// Decrypt implements render.Keys.
func (n noKeys) Decrypt(ctx context.Context, k datastore.Key) (datastore.Entry, error) {
	return n.Get(ctx, k)
}
