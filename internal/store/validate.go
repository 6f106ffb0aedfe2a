package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Validate returns CodeInvalid when the batch breaks the contract. Drivers call it first.
func (b Batch) Validate() error {
	for _, check := range []func() error{b.validateRecords, b.validateEntries, b.validateLines, b.validateNotices} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (b Batch) validateRecords() error {
	seen := make(map[Key]bool, len(b.Puts)+len(b.Deletes))
	once := func(k Key, v Version) error {
		switch {
		case k.Kind == "" || k.ID == "":
			return invalid(errOp, "a key needs a kind and an id: %+v", k)
		case v < Anything:
			return invalid(errOp, "%+v: %d is no version", k, v)
		case seen[k]:
			return invalid(errOp, "%+v is named twice", k)
		}
		seen[k] = true
		return nil
	}
	for _, p := range b.Puts {
		if err := once(p.Key, p.If); err != nil {
			return err
		}
		if p.TTL <= 0 {
			return invalid(errOp, "%+v: the TTL must be positive, not %s", p.Key, p.TTL)
		}
		if len(p.Data) == 0 {
			return invalid(errOp, "%+v: a record needs data", p.Key)
		}
		for _, x := range p.Index {
			if x.Name == "" {
				return invalid(errOp, "%+v: an index needs a name", p.Key)
			}
		}
	}
	for _, d := range b.Deletes {
		if err := once(d.Key, d.If); err != nil {
			return err
		}
	}
	return nil
}

func (b Batch) validateEntries() error {
	seen := make(map[Entry]bool, len(b.Enqueue)+len(b.Finish)+len(b.Release)+len(b.Remove)+len(b.Guards))
	once := func(queue, id string, delay time.Duration) error {
		name := Entry{Queue: queue, ID: id}
		switch {
		case queue == "" || id == "":
			return invalid(errOp, "an entry needs a queue and an id: %+v", name)
		case delay < 0:
			return invalid(errOp, "%+v: the delay is negative", name)
		case seen[name]:
			return invalid(errOp, "%+v is named twice", name)
		}
		seen[name] = true
		return nil
	}
	claim := func(c Claim, delay time.Duration) error {
		if c.Fence <= 0 {
			return invalid(errOp, "%s %s: a claim needs its fence", c.Queue, c.ID)
		}
		return once(c.Queue, c.ID, delay)
	}
	for _, e := range b.Enqueue {
		if err := once(e.Queue, e.ID, e.Delay); err != nil {
			return err
		}
	}
	for _, e := range b.Remove {
		if err := once(e.Queue, e.ID, 0); err != nil {
			return err
		}
	}
	for _, claims := range [][]Claim{b.Guards, b.Finish} {
		for _, c := range claims {
			if err := claim(c, 0); err != nil {
				return err
			}
		}
	}
	for _, r := range b.Release {
		if err := claim(r.Claim, r.Delay); err != nil {
			return err
		}
	}
	return nil
}

func (b Batch) validateLines() error {
	for _, l := range b.Append {
		if l.Log == "" || l.TTL <= 0 || len(l.Data) == 0 {
			return invalid(errOp, "a line needs a log, data and a positive TTL: %q, %s, %d bytes", l.Log, l.TTL, len(l.Data))
		}
		for _, x := range l.Index {
			if x.Name == "" {
				return invalid(errOp, "%s: an index needs a name", l.Log)
			}
		}
	}
	return nil
}

func (b Batch) validateNotices() error {
	for _, n := range b.Notify {
		if n.Topic == "" || len(n.Payload) > MaxPayload {
			return invalid(errOp, "a notice needs a topic and has at most %d bytes: %q, %d", MaxPayload, n.Topic, len(n.Payload))
		}
	}
	return nil
}

// Validate returns CodeInvalid when the query breaks the contract.
func (q Query) Validate() error {
	if q.Kind == "" || q.Index.Name == "" || q.Limit < 0 || q.Limit > MaxPage {
		return invalid("store.list", "a query needs a kind, an index and a limit of 0 to %d: %+v", MaxPage, q)
	}
	return nil
}

// Validate returns CodeInvalid when the options break the contract.
func (o ClaimOptions) Validate() error {
	if o.Queue == "" || o.Lease <= 0 || o.Max < 1 || o.Max > MaxPage {
		return invalid("store.claim", "a claim needs a queue, a lease and a maximum of 1 to %d: %+v", MaxPage, o)
	}
	return nil
}

// ValidateRenew returns CodeInvalid when a call of Renew breaks the contract.
func ValidateRenew(lease time.Duration, claims []Claim) error {
	const op = "store.renew"
	if lease <= 0 {
		return invalid(op, "the lease must be positive, not %s", lease)
	}
	for _, c := range claims {
		if c.Queue == "" || c.ID == "" || c.Fence <= 0 {
			return invalid(op, "a claim needs a queue, an id and its fence: %+v", c)
		}
	}
	return nil
}

// ValidateSweep returns CodeInvalid when a call of Sweep breaks the contract.
func ValidateSweep(limit int) error {
	if limit < 1 {
		return invalid("store.sweep", "the limit must be positive, not %d", limit)
	}
	return nil
}

// ValidateMissing returns CodeInvalid when a call of Missing breaks the contract.
func ValidateMissing(queue string, ids []string) error {
	if queue == "" || len(ids) > MaxPage || slices.Contains(ids, "") {
		return invalid("store.missing", "a queue and up to %d ids are needed: %q, %d", MaxPage, queue, len(ids))
	}
	return nil
}

// ValidateHead returns CodeInvalid when a call of Head breaks the contract.
func ValidateHead(log string) error {
	if log == "" {
		return invalid("store.head", "a log is needed")
	}
	return nil
}

// invalid is a fault of ours, so the person is told that and the cause names what it was.
func invalid(op, format string, args ...any) error {
	return bot.E(bot.CodeInvalid, op, "Petrel asked its store for something that it does not do. Please report this.", fmt.Errorf(format, args...))
}
