package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// Store is what the trail needs of a store.
type Store interface {
	store.Records
	store.Logs
}

// Trail reads the log, checks it and cuts off what is too old.
type Trail struct{ store Store }

// NewTrail returns the trail of the log in s.
func NewTrail(s Store) *Trail { return &Trail{s} }

// Line is a line of the log.
type Line struct {
	Seq int64     `json:"seq"`
	At  time.Time `json:"at"`
	Entry
}

// cut is what is kept of the lines that retention took: the end of their chain. Verify begins there.
type cut struct {
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"` // of the last line that went
}

var cutKey = store.Key{Kind: "audit-cut", ID: Log}

// cutLife renews itself with each cut and is longer than any retention.
const cutLife = 30 * 365 * 24 * time.Hour

// Report is what Verify found.
type Report struct {
	First, Last int64      // the numbers of the lines that were checked; 0 when there are none
	Head        store.Head // the end of the chain: note it down elsewhere, and lines that somebody cuts off later will be missed
	Broken      string     // what is wrong with the chain, and where; empty when all is well
}

// Verify follows the chain from its first line to its end. known is an end that was noted down earlier, or the zero Head: a chain that was
// written anew as a whole does not lead through it.
func (t *Trail) Verify(ctx context.Context, known store.Head) (Report, error) {
	head, err := t.store.Head(ctx, Log)
	if err != nil {
		return Report{}, err
	}
	begin, _, err := t.cut(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Report{Head: head}
	at := store.Head{Seq: begin.Seq, Hash: begin.Hash}
	err = t.each(ctx, func(c store.Chained, raw []byte) bool {
		if r.First == 0 {
			r.First = c.Seq
		}
		if r.Broken = fault(at, c); r.Broken != "" {
			return false
		}
		at = store.Head{Seq: c.Seq, Hash: c.Hash}
		r.Last = c.Seq
		if c.Seq == known.Seq && c.Hash != known.Hash {
			r.Broken = fmt.Sprintf("Line %d is not the one that was noted down: its hash is %s.", c.Seq, c.Hash)
			return false
		}
		return c.Seq < head.Seq // what comes meanwhile is not waited for
	}, func(id string, err error) bool {
		r.Broken = fmt.Sprintf("Line %s cannot be read: %s", id, bot.ErrorText(err))
		return false
	})
	if err == nil && r.Broken == "" && head.Seq < known.Seq {
		r.Broken = fmt.Sprintf("The log ends with line %d, and line %d was noted down: lines are missing.", head.Seq, known.Seq)
	}
	if err == nil && r.Broken == "" && at != head {
		r.Broken = fmt.Sprintf("The chain ends with line %d, and the store gave out %d: the last lines are missing.", at.Seq, head.Seq)
	}
	return r, err
}

// fault says what is wrong with a line that should follow the end of a chain.
func fault(before store.Head, c store.Chained) string {
	switch {
	case c.Seq != before.Seq+1:
		return fmt.Sprintf("After line %d comes line %d: lines are missing.", before.Seq, c.Seq)
	case c.Prev != before.Hash:
		return fmt.Sprintf("Line %d does not follow line %d: one of the two was changed.", c.Seq, before.Seq)
	case c.Hash != store.Link(c.Prev, c.Seq, c.At, store.Digest(c.Line)):
		return fmt.Sprintf("Line %d was changed: its hash is another one.", c.Seq)
	}
	return ""
}

// each walks over the lines in their order until use or broken returns false.
func (t *Trail) each(ctx context.Context, use func(c store.Chained, raw []byte) bool, broken func(id string, err error) bool) error {
	q := store.Query{Kind: Log, Index: store.Index{Name: indexAll}}
	for {
		page, err := t.store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			c, err := store.DecodeLine(r.Data)
			if err == nil && store.LineID(c.Seq) != r.Key.ID {
				err = bot.E(bot.CodeInternal, "audit.trail.each", "It says of itself that it is another one.", nil)
			}
			if err != nil && !broken(r.Key.ID, err) || err == nil && !use(c, r.Data) {
				return nil
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// Export writes every line as it is stored, one JSON object a line, oldest first, and returns how many.
func (t *Trail) Export(ctx context.Context, w io.Writer) (int, error) {
	n := 0
	var failed error
	err := t.each(ctx, func(_ store.Chained, raw []byte) bool {
		_, failed = fmt.Fprintf(w, "%s\n", raw)
		n++
		return failed == nil
	}, func(id string, err error) bool {
		failed = bot.E(bot.CodeInternal, "audit.trail.export", "Line "+id+" cannot be read. Type petrel audit verify.", err)
		return false
	})
	if err == nil {
		err = failed
	}
	return n, err
}

// segment is how many lines go at once when they are too old.
const segment = store.MaxPage

// Cut removes whole segments of lines that are all older than before, keeps the hash of the last one, and returns how many went.
func (t *Trail) Cut(ctx context.Context, before time.Time) (int, error) {
	gone := 0
	for {
		n, err := t.cutSegment(ctx, before)
		if err != nil || n == 0 {
			if bot.ErrorCode(err) == bot.CodeConflict { // another janitor was there
				err = nil
			}
			return gone, err
		}
		gone += n
	}
}

func (t *Trail) cutSegment(ctx context.Context, before time.Time) (int, error) {
	_, version, err := t.cut(ctx)
	if err != nil {
		return 0, err
	}
	page, err := t.store.List(ctx, store.Query{Kind: Log, Index: store.Index{Name: indexAll}, Limit: segment})
	if err != nil || len(page.Records) < segment {
		return 0, err
	}
	last, err := store.DecodeLine(page.Records[segment-1].Data)
	if err != nil || !time.UnixMilli(last.At).Before(before) {
		return 0, err
	}
	data, err := store.Document[cut]{V: 1, Value: cut{Seq: last.Seq, Hash: last.Hash, At: time.UnixMilli(last.At).UTC()}}.Encode()
	if err != nil {
		return 0, err
	}
	b := store.Batch{Puts: []store.Put{{Key: cutKey, Data: data, If: version, TTL: cutLife}}}
	for _, r := range page.Records {
		b.Deletes = append(b.Deletes, store.Delete{Key: r.Key, If: store.Anything})
	}
	return segment, t.store.Commit(ctx, b)
}

// cut returns the end of what retention took, and its version.
func (t *Trail) cut(ctx context.Context) (cut, store.Version, error) {
	got, err := t.store.Get(ctx, cutKey)
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return cut{}, store.Absent, nil
	}
	if err != nil {
		return cut{}, 0, err
	}
	doc, err := store.Decode[cut](got.Data)
	return doc.Value, got.Version, err
}

func lineOf(data []byte) (Line, error) {
	c, err := store.DecodeLine(data)
	if err != nil {
		return Line{}, err
	}
	l := Line{Seq: c.Seq, At: time.UnixMilli(c.At).UTC()}
	if err := json.Unmarshal(c.Line, &l.Entry); err != nil {
		return Line{}, bot.E(bot.CodeInternal, "audit.trail.line", fmt.Sprintf("Line %d of the audit log cannot be read. Type petrel audit verify.", c.Seq), err)
	}
	return l, nil
}
