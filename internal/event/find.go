package event

import (
	"context"

	"github.com/petrelops/petrel/internal/store"
)

// Filter says which events or enforcements are wanted, the newest first. The zero value wants all.
type Filter struct {
	Trigger  string // of events
	Rule     string // of enforcements
	Instance string // of enforcements
	Limit    int    // 1 to store.MaxPage; 0 is store.MaxPage
}

// Instance returns an event. CodeNotFound: there is none, or it is too old.
func (x *Engine) Instance(ctx context.Context, id string) (Instance, error) {
	got, err := x.Store.Get(ctx, store.Key{Kind: kindInstance, ID: id})
	if err != nil {
		return Instance{}, err
	}
	doc, err := store.Decode[Instance](got.Data)
	return doc.Value, err
}

// Instances returns events.
func (x *Engine) Instances(ctx context.Context, f Filter) ([]Instance, error) {
	index := allIndex
	if f.Trigger != "" {
		index = store.Index{Name: indexTrigger, Value: f.Trigger}
	}
	return list[Instance](ctx, x.Store, store.Query{Kind: kindInstance, Index: index, Newest: true, Limit: f.Limit})
}

// Enforcements returns what rules made of events.
func (x *Engine) Enforcements(ctx context.Context, f Filter) ([]Enforcement, error) {
	index := allIndex
	switch {
	case f.Instance != "":
		index = store.Index{Name: indexInstance, Value: f.Instance}
	case f.Rule != "":
		index = store.Index{Name: indexRule, Value: f.Rule}
	}
	return list[Enforcement](ctx, x.Store, store.Query{Kind: kindEnforcement, Index: index, Newest: true, Limit: f.Limit})
}

// list reads one page.
func list[T any](ctx context.Context, s store.Store, q store.Query) ([]T, error) {
	page, err := s.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]T, 0, len(page.Records))
	for _, r := range page.Records {
		doc, err := store.Decode[T](r.Data)
		if err != nil {
			return nil, err
		}
		out = append(out, doc.Value)
	}
	return out, nil
}

// everything reads all records of a kind.
func everything[T any](ctx context.Context, s store.Store, kind string) ([]T, error) {
	var out []T
	q := store.Query{Kind: kind, Index: allIndex}
	for {
		page, err := s.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[T](r.Data)
			if err != nil {
				return nil, err
			}
			out = append(out, doc.Value)
		}
		if q.After = page.Next; q.After == "" {
			return out, nil
		}
	}
}
