package sensor

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

const (
	// maxDeaths is how many processes a sensor may take with it before it is left alone for a while.
	maxDeaths = 3
	// toldAfter is after how many failures in a row somebody is told. What cannot be a hiccup is told at once.
	toldAfter = 3
)

// outcome is what came of a turn.
type outcome struct {
	err   error
	watch *watch        // nil when it was not polled
	took  time.Duration // of the poll
	rest  time.Duration // how long it is left alone; zero: by its interval and its failures
}

func stuck() error {
	return bot.E(bot.CodeTimeout, "sensor.frame.turn", "Its poll does not end, although it was told to. Restart the process that polls it, and tell whoever wrote it.", nil)
}

func deadly(deaths int) error {
	return bot.E(bot.CodePoison, "sensor.frame.turn", fmt.Sprintf("%d processes ended while they polled it. It is left alone for %s.", deaths, maxBackoff), nil)
}

// record puts down what came of a turn, tells of trouble, and gives the claim back until the next time.
func (f *Frame) record(ctx context.Context, c store.Claim, spec Spec, o outcome) error {
	now, err := f.Store.Now(ctx)
	if err != nil {
		return err
	}
	s, version, err := f.state(ctx, spec.Ref)
	if err != nil {
		return err
	}
	news := s.note(o, now)
	if o.watch != nil {
		s.Polled, s.Took, s.By = now, o.took, f.o.Owner
	}
	if o.err != nil {
		f.Log.WarnContext(ctx, "a sensor failed", "op", "sensor.frame.poll", "sensor", spec.Ref, "code", bot.ErrorCode(o.err), "err", o.err)
	}
	delay := o.rest
	if delay == 0 {
		delay = f.delay(spec, s.Failures, bot.ErrorWait(o.err))
	}
	if o.watch != nil && o.watch.full && o.err == nil { // there may be more
		delay = 0
	}
	s.Next = now.Add(delay)
	put, err := s.put(version)
	if err != nil {
		return err
	}
	for _, text := range news {
		f.tell(ctx, spec.Ref, text)
	}
	return f.Store.Commit(ctx, store.Batch{Puts: []store.Put{put}, Release: []store.Release{{Claim: c, Delay: delay}}})
}

// note puts down what came of a turn, and returns what somebody is to be told of it.
func (s *State) note(o outcome, now time.Time) (news []string) {
	if w := o.watch; w != nil {
		s.Events += w.events
		s.Missed += w.missed
		if w.events > 0 {
			s.Last = now
		}
		if w.warning != "" {
			s.Warning, s.Warned = w.warning, now
			news = append(news, "warns: "+w.warning)
		}
	}
	if o.err == nil {
		if s.Told {
			news = append(news, "is well again.")
		}
		s.Failures, s.Error, s.Told = 0, "", false
		return news
	}
	s.Failures++
	if o.watch != nil && o.watch.flood != nil { // it came on: it need not be left alone for longer and longer
		s.Failures = 1
	}
	s.Error = textOf(o.err)
	if !s.Told && (s.Failures >= toldAfter || grave(o.err)) {
		s.Told = true
		times := ""
		if s.Failures > 1 {
			times = fmt.Sprintf(" %d times in a row", s.Failures)
		}
		news = append(news, "failed"+times+": "+s.Error)
	}
	return news
}

// grave reports whether a fault is none that passes by itself: it broke down, hangs, floods or takes processes with it.
func grave(err error) bool {
	switch bot.ErrorCode(err) {
	case bot.CodeInternal, bot.CodeTimeout, bot.CodePoison, bot.CodeRateLimited:
		return true
	}
	return false
}

func (f *Frame) tell(ctx context.Context, ref, text string) {
	if f.Tell == nil {
		return
	}
	if err := f.Tell(ctx, "The sensor "+ref+" "+text); err != nil {
		f.Log.WarnContext(ctx, "could not tell of a sensor", "op", "sensor.frame.tell", "sensor", ref, "code", bot.ErrorCode(err), "err", err)
	}
}

// minute counts what a sensor told of since a time.
type minute struct {
	since time.Time
	count int
}

// admit counts an event of a sensor, or refuses it when there were too many within the minute.
func (f *Frame) admit(ref string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.Clock.Now()
	m := f.rate[ref]
	if m == nil || now.Sub(m.since) >= time.Minute {
		m = &minute{since: now}
		f.rate[ref] = m
	}
	if m.count >= f.o.PerMinute {
		e := bot.E(bot.CodeRateLimited, "sensor.watch.emit", fmt.Sprintf("It told of %d events within a minute, which is as many as one sensor may. It goes on in the next.", m.count), nil)
		e.Wait = m.since.Add(time.Minute).Sub(now)
		return e
	}
	m.count++
	return nil
}
