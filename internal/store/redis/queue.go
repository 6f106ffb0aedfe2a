package redis

import (
	"context"
	"time"

	"github.com/petrelops/petrel/internal/store"
)

// Claim implements store.Queue.
func (s *Store) Claim(ctx context.Context, o store.ClaimOptions) ([]store.Claim, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	p := newParams(append([]string{s.keys.meta, s.keys.ready(o.Queue), s.keys.timers(o.Queue)}, s.keys.locks...)...)
	p.add(s.keys.entryStem(o.Queue), o.Owner, millis(o.Lease), o.Max, s.keys.channel)
	answer, err := s.write(ctx, opClaim, s.scripts.claim, p)
	if err != nil {
		return nil, err
	}
	var claims []store.Claim
	for i := 0; i < len(answer); i += 3 {
		claims = append(claims, store.Claim{
			Queue: o.Queue, ID: text(answer, i), Fence: number(answer, i+1), Deaths: int(number(answer, i+2)),
		})
	}
	return claims, nil
}

// Renew implements store.Queue.
func (s *Store) Renew(ctx context.Context, lease time.Duration, claims []store.Claim) ([]store.Claim, error) {
	if err := store.ValidateRenew(lease, claims); err != nil {
		return nil, err
	}
	p := newParams(s.keys.meta)
	p.add(millis(lease))
	for _, c := range claims {
		p.add(p.number(s.keys.timers(c.Queue)), s.keys.entryStem(c.Queue), c.ID, c.Fence)
	}
	answer, err := s.write(ctx, opRenew, s.scripts.renew, p)
	if err != nil {
		return nil, err
	}
	var lost []store.Claim
	for i := range answer {
		lost = append(lost, claims[number(answer, i)-1])
	}
	return lost, nil
}

// Due implements store.Queue.
func (s *Store) Due(ctx context.Context, queue string) (time.Duration, bool, error) {
	p := newParams(s.keys.meta, s.keys.ready(queue), s.keys.timers(queue))
	p.add(s.keys.entryStem(queue))
	answer, err := s.read(ctx, opDue, s.scripts.due, p)
	if err != nil || number(answer, 0) < 0 {
		return 0, false, err
	}
	return duration(number(answer, 0)), true, nil
}

// Missing implements store.Queue.
func (s *Store) Missing(ctx context.Context, queue string, ids []string) ([]string, error) {
	if err := store.ValidateMissing(queue, ids); err != nil {
		return nil, err
	}
	p := newParams(s.keys.meta, s.keys.ready(queue), s.keys.timers(queue))
	p.add(s.keys.entryStem(queue))
	for _, id := range ids {
		p.add(id)
	}
	answer, err := s.read(ctx, opMissing, s.scripts.missing, p)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i := range answer {
		missing = append(missing, ids[number(answer, i)-1])
	}
	return missing, nil
}
