package expr

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/bot"
)

const (
	// maxDepth bounds expressions in expressions, blocks in blocks and macros that call themselves, all together. It keeps the
	// stack small; no template that a person can read comes near.
	maxDepth = 1000
	// maxValueDepth bounds lists in lists.
	maxValueDepth = 100
	// bytesPerStep is how much text costs as much as one expression.
	bytesPerStep = 16
	// stepsPerLook is how many steps are taken between two looks at the clock.
	stepsPerLook = 1024
)

// account is what one render may still spend. Nothing is ever done before it was paid for, so a render ends by itself and needs no
// second goroutine to watch it.
type account struct {
	ctx      context.Context //nolint:containedctx // it lives as long as one call of a render, which was given it
	options  *Options
	deadline time.Time
	work     int
	look     int // the work that is left at the next look at the clock
	depth    int
}

func newAccount(ctx context.Context, o *Options) account {
	return account{ctx: ctx, options: o, deadline: o.Clock.Now().Add(o.Time), work: o.Work, look: o.Work}
}

// spend pays for steps.
func (a *account) spend(steps int) error {
	if steps > a.work || steps < 0 {
		a.work = 0
		return &fault{code: bot.CodeInvalid, text: fmt.Sprintf("it needs more than the %d steps that a template may take; let it go through less", a.options.Work)}
	}
	a.work -= steps
	if a.work > a.look {
		return nil
	}
	a.look = a.work - stepsPerLook
	if err := a.ctx.Err(); err != nil {
		code := bot.CodeCanceled
		if err == context.DeadlineExceeded {
			code = bot.CodeTimeout
		}
		return &fault{code: code, text: "it was stopped before its end", err: err}
	}
	if a.options.Clock.Now().After(a.deadline) {
		return &fault{code: bot.CodeTimeout, text: fmt.Sprintf("it took longer than %s; let it go through less", a.options.Time)}
	}
	return nil
}

// spendText pays for a text of so many bytes, which must not be made before.
func (a *account) spendText(bytes int) error {
	if err := a.fits(bytes); err != nil {
		return err
	}
	return a.spend(1 + bytes/bytesPerStep)
}

// fits reports a text that is longer than any may be.
func (a *account) fits(bytes int) error {
	if bytes > a.options.Output || bytes < 0 {
		return faultf("a text would have more than %d bytes; let it make less", a.options.Output)
	}
	return nil
}

// enter goes one level down; leave comes back.
func (a *account) enter() error {
	if a.depth++; a.depth > maxDepth {
		return faultf("it is nested more than %d deep; does a macro call itself without an end?", maxDepth)
	}
	return a.spend(1)
}

func (a *account) leave() { a.depth-- }

// measure pays for a look at every part of the values, and refuses what cannot be data. Whoever measured a value may go through it
// freely: its text has not many more bytes than were paid for.
func (a *account) measure(values ...any) error {
	size := 0
	for _, v := range values {
		if err := a.add(v, &size, 0); err != nil {
			return err
		}
	}
	return nil
}

func (a *account) add(value any, size *int, depth int) error {
	if depth > maxValueDepth {
		return faultf("a value has lists in lists more than %d deep", maxValueDepth)
	}
	*size += 8
	var err error
	switch v := value.(type) {
	case string:
		*size += len(v)
		err = a.spend(1 + len(v)/bytesPerStep)
	case []any:
		err = a.spend(1)
		for i := 0; i < len(v) && err == nil; i++ {
			err = a.add(v[i], size, depth+1)
		}
	case map[string]any:
		err = a.spend(1 + len(v))
		for key, item := range v {
			*size += len(key)
			if err == nil {
				err = a.add(item, size, depth+1)
			}
		}
	default:
		err = a.spend(1)
	}
	if err == nil && *size > 8*a.options.Output {
		err = faultf("a value has more than %d bytes; take a part of it first", 8*a.options.Output)
	}
	return err
}
