package redis

import (
	"context"

	"github.com/petrelops/petrel/internal/store"
)

// List implements store.Records.
func (s *Store) List(ctx context.Context, q store.Query) (store.Page, error) {
	if err := q.Validate(); err != nil {
		return store.Page{}, err
	}
	if q.Limit == 0 {
		q.Limit = store.MaxPage
	}
	var found []store.Record
	chunk := q.Limit + 1 // one more than asked for, to know whether there is a next page
	for at := q; len(found) <= q.Limit; {
		answer, err := s.read(ctx, opList, s.scripts.list, s.keys.listParams(at, chunk))
		if err != nil {
			return store.Page{}, err
		}
		for i := 2; i < len(answer); i += 3 {
			found = append(found, store.Record{
				Key:     store.Key{Kind: q.Kind, ID: text(answer, i)},
				Version: store.Version(number(answer, i+1)),
				Data:    []byte(text(answer, i+2)),
			})
		}
		if number(answer, 0) < int64(chunk) {
			break
		}
		at.After = text(answer, 1)
	}
	if len(found) <= q.Limit {
		return store.Page{Records: found}, nil
	}
	return store.Page{Records: found[:q.Limit], Next: found[q.Limit-1].Key.ID}, nil
}

func (k keys) listParams(q store.Query, limit int) *params {
	order := ""
	if q.Newest {
		order = "newest"
	}
	from, to := span(q)
	p := newParams(k.meta, k.index(q.Kind, q.Index))
	p.add(k.recordStem(q.Kind), from, to, order, limit)
	return p
}

// span returns the bounds of the ids that a query asks for, in the notation of ZRANGEBYLEX: "[" includes, "(" does not, "+" is
// past all.
func span(q store.Query) (from, to string) {
	end := prefixEnd(q.Prefix)
	from, to = "["+q.Prefix, "+"
	if end != "" {
		to = "(" + end
	}
	switch {
	case q.After == "":
	case !q.Newest && q.After >= q.Prefix:
		from = "(" + q.After
	case q.Newest && (end == "" || q.After < end):
		to = "(" + q.After
	}
	return from, to
}

// prefixEnd returns the least text past all that begin with prefix, "" where there is none.
func prefixEnd(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return prefix[:i] + string([]byte{prefix[i] + 1})
		}
	}
	return ""
}
