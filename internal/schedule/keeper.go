package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
	"github.com/petrelops/petrel/internal/store"
)

// The kinds of the records, their indexes, the queue that they wait in and the version of the documents that this build writes.
const (
	kind          = "schedule"
	kindOwner     = "schedule-owner"  // by identity: written with each new schedule, so that two at once see each other
	kindDedupe    = "schedule-dedupe" // by delivery: the schedule that it became
	indexOwner    = "owner"
	workQueue     = "schedules"
	recordVersion = 1
	life          = 10 * 365 * 24 * time.Hour
	dedupeLife    = 24 * time.Hour
)

var all = store.Index{Name: "all"}

// Chat is what the keeper needs of the executor.
type Chat interface {
	// Announce posts a message once for each key.
	Announce(ctx context.Context, p bot.Posting) error
	// Known reports whether a delivery was accepted.
	Known(ctx context.Context, dedupe string) (bool, error)
}

// Parts are what a keeper works with.
type Parts struct {
	Store  store.Store
	Chat   Chat
	Clock  clock.Clock
	Random random.Source
	Log    *slog.Logger
}

// Options are the keeper's settings. The zero value of each takes the default named beside it.
type Options struct {
	Owner string         // names this process to people who look; "petrel"
	Lease time.Duration  // how long a process may be silent before another takes what it was about to run; 30 s
	Zone  *time.Location // whose wall clock people mean; UTC
	Limit int            // how many schedules a person may have; 20
	Late  bool           // a slot that was missed is made up for
	Audit time.Duration  // how long lines of the audit log are kept; 365 days
}

// Keeper keeps schedules and runs them when they come due.
type Keeper struct {
	Parts
	o Options
}

// New returns a keeper. It takes schedules at once; Run makes it run them.
func New(p Parts, o Options) *Keeper {
	if o.Owner == "" {
		o.Owner = "petrel"
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Limit <= 0 {
		o.Limit = 20
	}
	if o.Audit <= 0 {
		o.Audit = 365 * 24 * time.Hour
	}
	return &Keeper{Parts: p, o: o}
}

// attempts bounds how often Add begins again because its owner adds another schedule at the same moment.
const attempts = 10

// Add keeps a schedule. It is durable, and on record in the audit log, when Add returns. A delivery that came before returns the schedule that
// it became. CodeInvalid: its time cannot be read, or its owner has as many as a person may have.
func (k *Keeper) Add(ctx context.Context, w Wish) (Schedule, error) {
	now, err := k.Store.Now(ctx)
	if err != nil {
		return Schedule{}, err
	}
	s, err := w.read(now, k.o.Zone)
	if err != nil {
		return Schedule{}, err
	}
	s.ID = bot.NewID(now, k.Random.Uint64())
	for range attempts {
		err = k.add(ctx, s, w.Dedupe)
		if err == nil {
			return s, nil
		}
		if w.Dedupe != "" { // it was there, or the write was made and its answer got lost
			if earlier, lookErr := k.load(ctx, store.Key{Kind: kindDedupe, ID: w.Dedupe}); lookErr == nil {
				return earlier.schedule(), nil
			}
		}
		if bot.ErrorCode(err) != bot.CodeConflict {
			break
		}
	}
	return Schedule{}, err
}

func (k *Keeper) add(ctx context.Context, s Schedule, dedupe string) error {
	tally := store.Put{Key: store.Key{Kind: kindOwner, ID: s.By.ID}, If: store.Absent, Data: []byte("{}"), TTL: life}
	got, err := k.Store.Get(ctx, tally.Key)
	switch {
	case err == nil:
		tally.If = got.Version
	case bot.ErrorCode(err) != bot.CodeNotFound:
		return err
	}
	own, err := k.List(ctx, s.By.ID)
	if err != nil {
		return err
	}
	if len(own) >= k.o.Limit {
		return bot.E(bot.CodeInvalid, "schedule.keeper.add", fmt.Sprintf(
			"You have %d schedules already, as many as a person may have. Type schedules to see them, and unschedule one that is not needed.", len(own)), nil)
	}
	p, err := record{store.Document[Schedule]{V: recordVersion, Value: s}, store.Absent}.put()
	if err != nil {
		return err
	}
	b := store.Batch{
		Puts:    []store.Put{p, tally},
		Enqueue: []store.Entry{{Queue: workQueue, ID: s.ID, Delay: s.Next.Sub(s.Created)}},
	}
	if dedupe != "" {
		b.Puts = append(b.Puts, store.Put{Key: store.Key{Kind: kindDedupe, ID: dedupe}, If: store.Absent, Data: p.Data, TTL: dedupeLife})
	}
	if err := k.note(&b, audit.Scheduled, s, End{By: s.By, From: s.Origin}); err != nil {
		return err
	}
	return k.Store.Commit(ctx, b)
}

// End says who ends a schedule, from where and why.
type End struct {
	By   bot.Identity
	From bot.Origin
	Why  string // empty where it is only that somebody wants it
}

// Remove ends a schedule. What of it has begun goes on.
func (k *Keeper) Remove(ctx context.Context, s Schedule, e End) error {
	b := store.Batch{Remove: []store.Entry{{Queue: workQueue, ID: s.ID}}}
	if err := k.end(&b, s, e); err != nil {
		return err
	}
	return k.Store.Commit(ctx, b)
}

// end takes the schedule out of the store.
func (k *Keeper) end(b *store.Batch, s Schedule, e End) error {
	b.Deletes = append(b.Deletes, store.Delete{Key: store.Key{Kind: kind, ID: s.ID}, If: store.Anything})
	return k.note(b, audit.Unscheduled, s, e)
}

// Find returns the schedule whose id begins so. CodeNotFound when there is none; CodeInvalid when the characters fit several.
func (k *Keeper) Find(ctx context.Context, prefix string) (Schedule, error) {
	const op = "schedule.keeper.find"
	if !bot.IsIDPrefix(prefix) {
		return Schedule{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("%q is not the id of a schedule. Type schedules to see yours.", prefix), nil)
	}
	page, err := k.Store.List(ctx, store.Query{Kind: kind, Index: all, Prefix: prefix, Limit: 2})
	if err != nil {
		return Schedule{}, err
	}
	switch len(page.Records) {
	case 0:
		return Schedule{}, bot.E(bot.CodeNotFound, op, fmt.Sprintf("There is no schedule %s. Type schedules to see yours.", prefix), nil)
	case 1:
		doc, err := store.Decode[Schedule](page.Records[0].Data)
		return doc.Value, err
	}
	return Schedule{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("Several schedules begin with %s. Give more characters.", prefix), nil)
}

// List returns the schedules of a person, or of everybody where the id is empty, the oldest first.
func (k *Keeper) List(ctx context.Context, owner string) ([]Schedule, error) {
	q := store.Query{Kind: kind, Index: all}
	if owner != "" {
		q.Index = store.Index{Name: indexOwner, Value: owner}
	}
	var list []Schedule
	for {
		page, err := k.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[Schedule](r.Data)
			if err != nil {
				return nil, err
			}
			list = append(list, doc.Value)
		}
		if q.After = page.Next; q.After == "" {
			return list, nil
		}
	}
}

// record is a schedule as it was read: its document and the version that a write must find.
type record struct {
	doc     store.Document[Schedule]
	version store.Version
}

func (r record) schedule() Schedule { return r.doc.Value }

func (k *Keeper) load(ctx context.Context, key store.Key) (record, error) {
	got, err := k.Store.Get(ctx, key)
	if err != nil {
		return record{}, err
	}
	doc, err := store.Decode[Schedule](got.Data)
	return record{doc, got.Version}, err
}

// put makes the put of a schedule.
func (r record) put() (store.Put, error) {
	data, err := r.doc.Encode() // with what a newer Petrel wrote into it
	s := r.schedule()
	return store.Put{
		Key: store.Key{Kind: kind, ID: s.ID}, Data: data, If: r.version, TTL: life, Index: []store.Index{all, {Name: indexOwner, Value: s.By.ID}},
	}, err
}

// note adds the line about a schedule to the audit log.
func (k *Keeper) note(b *store.Batch, what audit.What, s Schedule, e End) error {
	why := "schedule " + s.ID + ": " + s.Text()
	if e.Why != "" {
		why += ". " + e.Why
	}
	line := audit.Entry{What: what, Action: s.Action, Who: e.By.ID, Account: e.From.Account(), From: audit.Place(e.From), Why: why}
	return audit.Append(b, line, nil, k.o.Audit)
}
