package executor

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// Backlog is what there is of a status that is no end.
type Backlog struct {
	Count  int       // store.MaxPage for as many or more
	Oldest time.Time // when the oldest was accepted
}

// Backlog tells how many executions have a status, and how old they are.
func (x *Executor) Backlog(ctx context.Context, status bot.Status) (Backlog, error) {
	page, err := x.Store.List(ctx, store.Query{Kind: kindExecution, Index: store.Index{Name: indexStatus, Value: string(status)}})
	if err != nil || len(page.Records) == 0 {
		return Backlog{}, err
	}
	doc, err := store.Decode[bot.Execution](page.Records[0].Data) // ids are ordered by time
	return Backlog{Count: len(page.Records), Oldest: doc.Value.Created}, err
}

// Unposted reports whether any reply is still to be posted by the adapter.
func (x *Executor) Unposted(ctx context.Context, adapter string) (bool, error) {
	_, some, err := x.Store.Due(ctx, outboxQueue(adapter))
	return some, err
}
