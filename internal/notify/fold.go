package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/store"
)

// again is how long entries wait that met somebody else at their stream.
const again = 100 * time.Millisecond

// item is a note with the right to decide about it.
type item struct {
	claim store.Claim
	note  *record[notice.Note]
}

// fold claims notes and decides about them. It returns how many there were.
func (k *Keeper) fold(ctx context.Context) (int, error) {
	claims, err := k.Store.Claim(ctx, store.ClaimOptions{Queue: notesQueue, Owner: k.o.Owner, Lease: k.o.Lease, Max: atOnce})
	if err != nil || len(claims) == 0 {
		return 0, err
	}
	streams, rest, err := k.sort(ctx, claims)
	if err != nil {
		return 0, errors.Join(err, k.release(ctx, claims))
	}
	if len(rest) > 0 {
		if err := k.Store.Commit(ctx, store.Batch{Finish: rest}); err != nil {
			return 0, err
		}
	}
	for id, items := range streams {
		err := k.foldStream(ctx, id, items)
		if err == nil {
			continue
		}
		var held []store.Claim
		for _, i := range items {
			held = append(held, i.claim)
		}
		err = errors.Join(err, k.release(ctx, held))
		if code := bot.ErrorCode(err); code != bot.CodeConflict && code != bot.CodeFenced {
			return 0, err
		}
	}
	return len(claims), nil
}

func (k *Keeper) release(ctx context.Context, claims []store.Claim) error {
	var b store.Batch
	for _, c := range claims {
		b.Release = append(b.Release, store.Release{Claim: c, Delay: again})
	}
	return k.Store.Commit(context.WithoutCancel(ctx), b)
}

// sort reads the notes and puts them to their streams, oldest first. rest are entries that nothing can be done about.
func (k *Keeper) sort(ctx context.Context, claims []store.Claim) (streams map[string][]item, rest []store.Claim, err error) {
	streams = map[string][]item{}
	for _, c := range claims {
		n, err := load[notice.Note](ctx, k.Store, kindNote, c.ID)
		if err != nil && !absent(err) {
			return nil, nil, err
		}
		if err != nil || n.value().Digest != "" || c.Deaths >= maxDeaths {
			if c.Deaths >= maxDeaths {
				k.Log.ErrorContext(ctx, "a note took several processes with it", "op", "notify.fold.sort", "note", c.ID)
			}
			rest = append(rest, c)
			continue
		}
		id := n.value().Stream()
		streams[id] = append(streams[id], item{c, n})
	}
	for _, items := range streams {
		slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.claim.ID, b.claim.ID) })
	}
	return streams, rest, nil
}

// work is one step of a stream: what is known of it, and the batch that is to be written.
type work struct {
	keeper  *Keeper
	batch   store.Batch
	now     time.Time
	stream  *record[notice.Stream]
	digests map[string]*record[notice.Digest]
	mutes   []notice.Mute
}

// begin reads what a step needs.
func (k *Keeper) begin(ctx context.Context, id string) (*work, error) {
	w := &work{keeper: k, digests: map[string]*record[notice.Digest]{}}
	var err error
	if w.now, err = k.Store.Now(ctx); err != nil {
		return nil, err
	}
	w.stream, err = load[notice.Stream](ctx, k.Store, kindStream, id)
	if absent(err) {
		w.stream, err = fresh(notice.Stream{ID: id}), nil
	}
	if err != nil {
		return nil, err
	}
	s := w.stream.value()
	for _, at := range []*string{&s.Open, &s.Held} {
		if *at == "" {
			continue
		}
		d, err := load[notice.Digest](ctx, k.Store, kindDigest, *at)
		if absent(err) { // nobody looked after it for so long that it is gone
			*at = ""
			continue
		}
		if err != nil {
			return nil, err
		}
		w.digests[*at] = d
	}
	w.mutes, err = k.Mutes(ctx)
	return w, err
}

// foldStream decides about notes of one stream.
func (k *Keeper) foldStream(ctx context.Context, id string, items []item) error {
	w, err := k.begin(ctx, id)
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := w.take(i.note); err != nil {
			return err
		}
		w.batch.Finish = append(w.batch.Finish, i.claim)
	}
	next, err := w.settle()
	if err != nil {
		return err
	}
	if !next.IsZero() {
		w.batch.Enqueue = append(w.batch.Enqueue, store.Entry{Queue: streamsQueue, ID: id, Delay: max(0, next.Sub(w.now))})
	}
	return k.Store.Commit(ctx, w.batch)
}

// take decides about one note.
func (w *work) take(n *record[notice.Note]) error {
	note, s := n.value(), w.stream.value()
	s.Rule, s.Trigger = note.Rule, note.Trigger
	silence, err := w.silence(note.Severity, note.Quiet, notice.Place(note.Origin))
	if err != nil {
		return err
	}
	into, why := &s.Open, ""
	switch s.Decide(*note, silence.Why != "", w.now) {
	case notice.Alone:
		return executor.AddPosting(&w.batch, bot.Posting{Key: postingKey(note.ID), Origin: note.Origin, Reply: note.Reply()})
	case notice.Held:
		into, why = &s.Held, silence.Why
	case notice.Grouped:
	}
	if *into == "" {
		w.digests[note.ID] = fresh(*notice.NewDigest(*note, why, w.now))
		*into = note.ID
	}
	w.digests[*into].value().Add(*note, w.now)
	note.Digest = *into
	return putNote(&w.batch, n)
}

// silence returns why nothing of this severity is told in a place now.
func (w *work) silence(severity, quiet, place string) (notice.Silence, error) {
	own, err := notice.ParseQuiet(quiet)
	if err != nil {
		return notice.Silence{}, err
	}
	hours := []notice.Quiet{own, w.keeper.o.Quiet[place]}
	return w.stream.value().SilenceOf(severity, hours, w.mutes, w.now), nil
}

// settle writes what is due: the message of the digest that grows, and the one that was held back when the silence is over. It returns when
// the stream is to be looked at again, zero for not at all, and puts everything that was changed into the batch.
func (w *work) settle() (time.Time, error) {
	s := w.stream.value()
	var next time.Time
	sooner := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if s.Held != "" {
		silence, err := w.silence("", s.Quiet, s.Place)
		if err != nil {
			return next, err
		}
		if d := w.digests[s.Held].value(); silence.Why == "" {
			d.Over, d.Behind, s.Held = true, true, ""
		} else {
			sooner(silence.Until)
		}
	}
	for id, r := range w.digests {
		d := r.value()
		if id != s.Held && d.Look(w.now) {
			if err := executor.AddPosting(&w.batch, bot.Posting{Key: postingKey(id), Origin: d.Origin, Reply: d.Reply()}); err != nil {
				return next, err
			}
		}
		if id == s.Open && d.Over {
			s.Open, s.Recent = "", nil
		} else if id == s.Open {
			sooner(d.Due())
		}
		if err := r.put(&w.batch, kindDigest, id); err != nil {
			return next, err
		}
	}
	return next, putStream(&w.batch, w.stream)
}
