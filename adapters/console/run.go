package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// errBye ends Run because a person said so.
var errBye = errors.New("console: the person ended the session")

// Run reads lines and hands them to r until the input ends, the person types exit, or ctx ends; it then returns nil. It
// returns an error when the input cannot be read or the output cannot be written any more.
func (c *Adapter) Run(ctx context.Context, r bot.Receiver) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.out.onFailure(cancel)
	read := c.runScript
	if c.opts.Terminal {
		read = c.runTerminal
	}
	err := read(ctx, r)
	switch broken := c.out.failure(); {
	case broken != nil:
		return broken
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, errBye), ctx.Err() != nil:
		return nil
	}
	return bot.E(bot.CodeUnavailable, "console.input.read", "The input cannot be read any more.", err)
}

// take handles one raw line and returns the execution that it led to, if any. It returns errBye when the line asks to end.
func (c *Adapter) take(ctx context.Context, r bot.Receiver, raw []byte) (execution string, err error) {
	line := Decode(raw)
	if line == "" || strings.HasPrefix(line, "#") {
		return "", nil
	}
	if c.opts.Echo && !c.opts.Terminal {
		if err := c.out.print("> " + line + "\n"); err != nil {
			return "", err
		}
	}
	if line == "exit" || line == "quit" {
		return "", errBye
	}
	if fields := strings.Fields(line); c.opts.AllowAs && fields[0] == "as" {
		return "", c.answer(c.become(fields[1:]))
	}
	return c.hand(ctx, r, said(line, c.opts.Name))
}

// hand gives the line to the receiver and shows its answer.
func (c *Adapter) hand(ctx context.Context, r bot.Receiver, line string) (execution string, err error) {
	m := bot.Message{
		Origin:   bot.Origin{Adapter: name, User: c.person},
		Delivery: c.opts.IDs(),
		Text:     line,
	}
	answer, err := r.Receive(ctx, m)
	if err != nil {
		return "", c.answer(c.notTaken(m, err))
	}
	if answer.Reply != nil {
		err = c.answer(*answer.Reply)
	}
	return answer.Execution, err
}

// notTaken says that a message was not accepted, and logs a cause that has no words for people.
func (c *Adapter) notTaken(m bot.Message, err error) bot.Reply {
	if text := bot.ErrorText(err); text != "" {
		return bot.Problem(text)
	}
	c.log.Error("message was not accepted", "op", "console.message.hand", "code", bot.ErrorCode(err),
		"delivery", m.Delivery, "error", err)
	return bot.Problem(fmt.Sprintf("Something unexpected happened and the line was not accepted. "+
		"Type it again, or quote %s to whoever runs Petrel.", m.Delivery))
}

// answer shows a reply that belongs to the line just read.
func (c *Adapter) answer(reply bot.Reply) error {
	if reply.Problem {
		c.failures.Add(1)
	}
	return c.out.print(c.rendered(reply))
}

// onEnd calls f when ctx ends. The returned function takes that back, or waits for an f that has begun.
func onEnd(ctx context.Context, f func()) (release func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		f()
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}
