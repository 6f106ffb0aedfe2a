package executor

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// Filter says which executions are wanted. The zero value wants all.
type Filter struct {
	Status   bot.Status
	Action   string // a ref
	Identity string // an identity's id
	Target   string
	Parent   string // an execution's id
	Trace    string
	Since    time.Time
	Until    time.Time
	Limit    int // how many at most, the newest first
}

// Executions returns the executions that fit, newest first.
func (x *Executor) Executions(ctx context.Context, f Filter) ([]bot.Execution, error) {
	if f.Target == "" {
		return x.find(ctx, f, f.index())
	}
	narrow, err := x.find(ctx, f, store.Index{Name: target.Index, Value: f.Target})
	if err != nil {
		return nil, err
	}
	broad, err := x.find(ctx, f, store.Index{Name: target.Index, Value: target.Wide})
	if err != nil {
		return nil, err
	}
	all := slices.Concat(narrow, broad)
	slices.SortFunc(all, func(a, b bot.Execution) int { return strings.Compare(b.ID, a.ID) })
	return all[:min(len(all), f.Limit)], nil
}

// index is the one by which the fewest have to be looked at, of those that the filter can use.
func (f Filter) index() store.Index {
	for _, x := range []store.Index{
		{Name: indexParent, Value: f.Parent},
		{Name: indexTrace, Value: f.Trace},
		{Name: indexWho, Value: f.Identity},
		{Name: indexAction, Value: f.Action},
		{Name: indexStatus, Value: string(f.Status)},
	} {
		if x.Value != "" {
			return x
		}
	}
	return allIndex
}

func (x *Executor) find(ctx context.Context, f Filter, index store.Index) ([]bot.Execution, error) {
	var list []bot.Execution
	q := store.Query{Kind: kindExecution, Index: index, Newest: true}
	if !f.Until.IsZero() {
		q.After = bot.NewID(f.Until, 0)
	}
	for {
		page, err := x.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[bot.Execution](r.Data)
			switch e := doc.Value; {
			case err != nil:
				return nil, err
			case e.Created.Before(f.Since), len(list) == f.Limit:
				return list, nil
			case f.fits(e):
				list = append(list, e)
			}
		}
		if page.Next == "" {
			return list, nil
		}
		q.After = page.Next
	}
}

func (f Filter) fits(e bot.Execution) bool {
	for want, got := range map[string]string{
		string(f.Status): string(e.Status), f.Action: e.Action, f.Identity: e.Identity.ID, f.Parent: e.Parent, f.Trace: e.Trace,
	} {
		if want != "" && want != got {
			return false
		}
	}
	return f.Target == "" || target.Contains(e.Targets, f.Target)
}
