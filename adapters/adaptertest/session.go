package adaptertest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/petrelops/petrel/bot"
)

// patience is how long a check waits for what must happen. It only passes in full when something is wrong.
const patience = 20 * time.Second

// session is one running adapter with a receiver that the check answers for.
type session struct {
	*testing.T
	Harness
	late     <-chan struct{} // closed when the check's patience is over
	stop     context.CancelFunc
	received chan call
	ended    chan error
}

// call is a Receive that waits for its answer.
type call struct {
	message bot.Message
	answer  chan<- response
}

type response struct {
	answer bot.Answer
	err    error
}

// within runs check against a running adapter, stops the adapter, and looks for what it left behind.
func within(t *testing.T, fresh func(t *testing.T) Harness, check func(s *session)) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ctx, stop := context.WithCancel(t.Context())
	s := &session{
		T: t, Harness: fresh(t), late: limit.Done(), stop: stop,
		received: make(chan call), ended: make(chan error, 1),
	}
	go func() { s.ended <- s.Adapter().Run(ctx, s) }()
	defer s.mustEnd()
	check(s)
}

// Receive implements bot.Receiver: it hands the message to the check and returns what the check answers.
func (s *session) Receive(ctx context.Context, m bot.Message) (bot.Answer, error) {
	answer := make(chan response, 1)
	select {
	case s.received <- call{message: m, answer: answer}:
	case <-ctx.Done():
		return bot.Answer{}, ctx.Err()
	}
	select {
	case r := <-answer:
		return r.answer, r.err
	case <-ctx.Done():
		return bot.Answer{}, ctx.Err()
	}
}

// mustEnd ends the context of Run and waits for Run to return.
func (s *session) mustEnd() {
	s.Helper()
	s.stop()
	select {
	case err := <-s.ended:
		if err != nil && !errors.Is(err, context.Canceled) {
			s.Errorf("Run returned %v after its context ended, want nil or the context's error", err)
		}
	case <-s.late:
		s.Error("Run did not return after its context ended")
	}
}

// say writes a line as ann.
func (s *session) say(line string) {
	s.Helper()
	if err := s.Say(s.Context(), "ann", line); err != nil {
		s.Fatalf("Say(%q): %v", line, err)
	}
}

// next waits for the adapter's next call of Receive.
func (s *session) next() call {
	s.Helper()
	select {
	case c := <-s.received:
		return c
	case err := <-s.ended:
		s.ended <- err
		s.Fatalf("Run ended early: %v", err)
	case <-s.late:
		s.Fatal("the adapter handed on no message")
	}
	return call{}
}

// sees waits until want can be read on the platform.
func (s *session) sees(want string) {
	s.Helper()
	for {
		changed := s.Changed()
		if strings.Contains(s.Seen(), want) {
			return
		}
		select {
		case <-changed:
		case <-s.late:
			s.Fatalf("%q was not shown; the person sees:\n%s", want, s.Seen())
		}
	}
}

// seesOnce checks that want can be read once and no more.
func (s *session) seesOnce(want string) {
	s.Helper()
	s.sees(want)
	if n := strings.Count(s.Seen(), want); n != 1 {
		s.Errorf("%q is shown %d times, want once; the person sees:\n%s", want, n, s.Seen())
	}
}

// post posts what r says under the one key of most checks and returns the reference.
func (s *session) post(r bot.Reply) string {
	s.Helper()
	ref, err := s.Adapter().Post(s.Context(), s.posting("k1", r))
	if err != nil {
		s.Fatalf("Post: %v", err)
	}
	return ref
}

// edit makes the message say r.
func (s *session) edit(ref string, r bot.Reply) {
	s.Helper()
	if err := s.Adapter().Edit(s.Context(), ref, s.posting("k1", r)); err != nil {
		s.Fatalf("Edit: %v", err)
	}
}

func (s *session) posting(key string, r bot.Reply) bot.Posting {
	return bot.Posting{Key: key, Origin: s.Place(), Reply: r}
}

func (c call) reply(r bot.Reply) { c.answer <- response{answer: bot.Answer{Reply: &r}} }
func (c call) accept(execution string) {
	c.answer <- response{answer: bot.Answer{Execution: execution}}
}
func (c call) refuse(err error) { c.answer <- response{err: err} }
