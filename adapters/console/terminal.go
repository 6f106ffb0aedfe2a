package console

import (
	"context"
	"errors"

	"charm.land/lipgloss/v2"
	"github.com/reeflective/readline"
	"github.com/reeflective/readline/inputrc"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	// eraseBelow moves to the first column and erases the line in edit and what hangs below it (ECMA-48 ED 0).
	eraseBelow = "\r\x1b[0J"
	// attend is the editor command that shows what is held back, and ends the edit when the context has ended.
	attend = "petrel-attend"
	// attendKey runs it: Ctrl-^, which no keymap of readline uses.
	attendKey = '\x1e'
)

// runTerminal edits and hands on lines until the person ends the session or ctx ends. Replies come whenever they come; they
// are shown above the line in edit.
func (c *Adapter) runTerminal(ctx context.Context, r bot.Receiver) error {
	shell := c.newShell(ctx)
	defer onEnd(ctx, shell.Keys.RequestRefresh)()
	for ctx.Err() == nil {
		release := c.out.edit(shell.Keys.RequestRefresh)
		typed, err := shell.Readline()
		release()
		switch {
		case errors.Is(err, readline.ErrInterrupt):
			continue
		case err != nil:
			return err
		case len(typed) > MaxLine:
			err = c.answer(tooLong())
		default:
			_, err = c.take(ctx, r, []byte(typed))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// newShell returns the line editor. Everything that draws runs on the goroutine of Readline: another goroutine only leaves
// text with the printer and asks for a refresh; the refresh asks the hint provider; the provider feeds attendKey; and the
// editor then runs attend like any command.
func (c *Adapter) newShell(ctx context.Context) *readline.Shell {
	shell := readline.NewShell(inputrc.WithApp("petrel"))
	shell.Prompt.Primary(c.coloredPrompt)
	shell.PasteTransformer = pasted
	shell.Completer = c.candidates
	// List the candidates first: otherwise the first one is inserted unseen.
	if err := shell.Config.Set("menu-complete-display-prefix", true); err != nil {
		c.log.Warn("candidates are not listed", "op", "console.editor.configure", "error", err)
	}
	past, err := openHistory(c.opts.History)
	if err != nil {
		c.log.Warn("history was not read", "op", "console.history.open", "error", err)
	}
	shell.History.Add("typed", past)

	shell.Keymap.Register(map[string]func(){attend: func() {
		shell.History.SkipSave()
		if c.out.waiting() {
			shell.Display.CursorToLineStart()
			c.out.flush(eraseBelow)
			shell.Display.PrintPrimaryPrompt()
		}
		if ctx.Err() != nil {
			shell.Display.AcceptLine()
			shell.History.Accept(false, false, ctx.Err())
		}
	}})
	for _, keymap := range shell.Config.Binds {
		keymap[string(attendKey)] = inputrc.Bind{Action: attend}
	}
	shell.Hint.SetProvider(func([]rune, int) []rune {
		if ctx.Err() != nil || c.out.waiting() {
			shell.Keys.Feed(false, attendKey)
		}
		return nil
	})
	return shell
}

func (c *Adapter) coloredPrompt() string {
	if !c.opts.Color {
		return c.prompt()
	}
	return lipgloss.NewStyle().Foreground(lipgloss.Cyan).Render(c.prompt())
}

// candidates offers what may stand in place of the word before the cursor.
func (c *Adapter) candidates(typed []rune, cursor int) readline.Completions {
	if c.opts.Complete == nil {
		return readline.Completions{}
	}
	offers := c.opts.Complete(plain.Line(string(typed[:cursor])))
	values := make([]readline.Completion, 0, len(offers))
	for _, o := range offers {
		value := plain.Line(o.Value)
		values = append(values, readline.Completion{Value: value, Display: value, Description: plain.Line(o.Help)})
	}
	return readline.CompleteRaw(values)
}
