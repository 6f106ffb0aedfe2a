package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/muesli/cancelreader"

	"github.com/petrelops/petrel/bot"
)

// runScript takes one line at a time to its end.
func (c *Adapter) runScript(ctx context.Context, r bot.Receiver) error {
	in, interrupt, closeInput := interruptible(c.opts.In)
	defer closeInput()
	defer onEnd(ctx, interrupt)()
	lines := newLineReader(in)
	for ctx.Err() == nil {
		raw, err := lines.next()
		if errors.Is(err, errTooLong) {
			if err = c.answer(tooLong()); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		execution, err := c.take(ctx, r, raw)
		if err != nil {
			return err
		}
		if execution != "" {
			c.await(ctx, execution)
		}
	}
	return nil
}

// await blocks until the final reply of the execution was shown or it waits for people, and counts any end but success. It counts the end of ctx as
// well: what became of the line is not known then.
func (c *Adapter) await(ctx context.Context, execution string) {
	status, err := c.outcomes.wait(ctx, execution)
	if err != nil || status != bot.Succeeded && status != bot.Pending {
		c.failures.Add(1)
	}
}

// tooLong refuses a line that is longer than MaxLine.
func tooLong() bot.Reply {
	return bot.Problem(fmt.Sprintf("The line is longer than %d bytes and was not taken. Split it into several lines.", MaxLine))
}

// interruptible returns a reader over in, what cuts a blocked read short, and what releases the reader. A regular file and a
// reader without Close need no cutting: the first never blocks, and of the second the owner knows when it ends.
func interruptible(in io.Reader) (r io.Reader, interrupt, release func()) {
	nothing := func() {}
	if file, ok := in.(*os.File); ok {
		cr, err := cancelreader.NewReader(file)
		if err != nil { // a regular file cannot be polled
			return in, nothing, nothing
		}
		return cr, func() { cr.Cancel() }, func() { _ = cr.Close() }
	}
	if closer, ok := in.(io.Closer); ok {
		return in, func() { _ = closer.Close() }, nothing
	}
	return in, nothing, nothing
}
