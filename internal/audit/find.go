package audit

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/target"
)

// Query says which lines are wanted. The zero value wants all.
type Query struct {
	Who       string // an identity's id; * stands for any text
	Action    string // an action's ref; * stands for any text
	Target    string
	Execution string
	What      []What
	Changes   bool // only lines about actions that change something
	Since     time.Time
	Until     time.Time
	Limit     int // how many at most, the newest first
}

// Find returns the lines that fit, newest first.
func (t *Trail) Find(ctx context.Context, q Query) ([]Line, error) {
	if q.Target == "" {
		return t.find(ctx, q, q.index())
	}
	narrow, err := t.find(ctx, q, store.Index{Name: target.Index, Value: q.Target})
	if err != nil {
		return nil, err
	}
	broad, err := t.find(ctx, q, store.Index{Name: target.Index, Value: target.Wide})
	if err != nil {
		return nil, err
	}
	all := slices.Concat(narrow, broad)
	slices.SortFunc(all, func(a, b Line) int { return int(b.Seq - a.Seq) })
	return all[:min(len(all), q.Limit)], nil
}

// index is the narrowest one that a query without target can use.
func (q Query) index() store.Index {
	switch {
	case q.Execution != "":
		return store.Index{Name: indexExecution, Value: q.Execution}
	case q.Who != "" && !strings.Contains(q.Who, "*"):
		return store.Index{Name: indexWho, Value: q.Who}
	case q.Action != "" && !strings.Contains(q.Action, "*"):
		return store.Index{Name: indexAction, Value: q.Action}
	}
	return store.Index{Name: indexAll}
}

func (t *Trail) find(ctx context.Context, q Query, index store.Index) ([]Line, error) {
	var found []Line
	page := store.Query{Kind: Log, Index: index, Newest: true}
	for {
		got, err := t.store.List(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, r := range got.Records {
			l, err := lineOf(r.Data)
			switch {
			case err != nil:
				return nil, err
			case !q.Since.IsZero() && l.At.Before(q.Since), len(found) == q.Limit:
				return found, nil
			case q.fits(l):
				found = append(found, l)
			}
		}
		if got.Next == "" {
			return found, nil
		}
		page.After = got.Next
	}
}

func (q Query) fits(l Line) bool {
	switch {
	case !q.Until.IsZero() && !l.At.Before(q.Until),
		q.Execution != "" && l.Execution != q.Execution,
		q.Changes && !l.Changes(),
		len(q.What) > 0 && !slices.Contains(q.What, l.What),
		!like(q.Who, l.Who), !like(q.Action, l.Action):
		return false
	}
	return q.Target == "" || target.Contains(l.Targets, q.Target)
}

// like reports whether the text fits the glob; an empty glob fits anything.
func like(glob, text string) bool {
	if glob == "" || glob == text {
		return true
	}
	plain := strings.NewReplacer("/", "\x1f")
	ok, err := path.Match(plain.Replace(glob), plain.Replace(text))
	return ok && err == nil
}
