package datastore

import (
	"context"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// MaxPage is how many entries one List returns at the most.
const MaxPage = store.MaxPage

// Query asks for entries of one scope, in the order of their names.
type Query struct {
	Scope  Scope
	Owner  string // as in Key
	Prefix string // only names that begin with it
	After  string // only names behind it: the Next of the page before
	Limit  int    // 1 to MaxPage
}

// Page is a part of a List. Next is empty on the last page.
type Page struct {
	Entries []Entry
	Next    string
}

// index finds the records of a scope; whose they are and how they are called is in the order of their ids.
func index(s Scope) store.Index { return store.Index{Name: "scope", Value: string(s)} }

// List returns entries, masked where they are encrypted. It reads no more of the store than it returns.
func (k *Keys) List(ctx context.Context, q Query) (Page, error) {
	const op = "datastore.keys.list"
	before, err := stem(q.Scope, q.Owner)
	if err != nil {
		return Page{}, err
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		return Page{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("%d keys cannot be listed at once. Ask for 1 to %d.", q.Limit, MaxPage), nil)
	}
	ask := store.Query{Kind: kind, Index: index(q.Scope), Prefix: before + q.Prefix, Limit: q.Limit}
	if q.After != "" {
		ask.After = before + q.After
	}
	found, err := k.store.List(ctx, ask)
	if err != nil {
		return Page{}, bot.E(bot.ErrorCode(err), op, sentences("The "+string(q.Scope)+" keys could not be listed.", bot.ErrorText(err)), err)
	}
	page := Page{Next: strings.TrimPrefix(found.Next, before)}
	for _, r := range found.Records {
		key := Key{Scope: q.Scope, Owner: q.Owner, Name: strings.TrimPrefix(r.Key.ID, before)}
		s, err := decode(r)
		if err != nil {
			return Page{}, reading(op, key, err)
		}
		page.Entries = append(page.Entries, s.entry(key))
	}
	return page, nil
}
