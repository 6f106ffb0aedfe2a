package chat

import (
	"context"
	"fmt"
	"regexp"

	"github.com/petrelops/petrel/bot"
)

// mode is a word in front of another line, which says how that line is meant.
type mode string

const (
	asWritten  mode = ""
	dryRun     mode = "dry-run"
	breakGlass mode = "break-glass"
)

// prefixed is how such a line is typed.
var prefixed = regexp.MustCompile(`(?s)^\s*(?:dry-run|break-glass)\s+(\S.*?)\s*$`)

// dryRun tells what another line would do.
func (d *Desk) dryRun(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	return d.meant(ctx, v, dryRun, params)
}

// breakGlass asks for another line in spite of freezes.
func (d *Desk) breakGlass(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	return d.meant(ctx, v, breakGlass, params)
}

// meant answers the line behind the word as if it had been typed alone, but for what the word says.
func (d *Desk) meant(ctx context.Context, v *visit, how mode, params map[string]any) (bot.Answer, error) {
	inner := *v
	inner.mode, inner.message.Text = how, text(params, "line")
	return d.answer(ctx, &inner)
}

// meansNothing says that a line which the bot answers itself takes no word in front.
func meansNothing(how mode, spec *bot.ActionSpec) error {
	return bot.E(bot.CodeUnsupported, "chat.prefix.check", fmt.Sprintf("%s is answered by the bot itself. Type it without %s.", spec.Ref(), how), nil)
}
