package chat

import (
	"context"
	"fmt"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/freeze"
	"github.com/petrelops/petrel/internal/when"
)

// Freezer shows and changes what is frozen.
type Freezer interface {
	List(ctx context.Context) ([]freeze.Freeze, error)
	Declare(ctx context.Context, w freeze.Wish) (freeze.Freeze, error)
	Lift(ctx context.Context, prefix string, who bot.Identity, from bot.Origin) (freeze.Freeze, error)
}

// listFreezes lists what is frozen, by whom and until when.
func (d *Desk) listFreezes(ctx context.Context, _ *visit, _ map[string]any) (bot.Answer, error) {
	list, err := d.freezes.List(ctx)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(list) == 0 {
		return said(bot.Reply{Title: "Nothing is frozen."})
	}
	return said(bot.Reply{Blocks: []bot.Block{FreezeTable(list)}})
}

// FreezeTable shows freezes.
func FreezeTable(list []freeze.Freeze) bot.Block {
	rows := make([][]string, len(list))
	for i, f := range list {
		rows[i] = []string{f.ID, f.Scope.String(), f.By.ID, f.Reason, f.Since.UTC().Format(timeLayout), f.Until.UTC().Format(timeLayout)}
	}
	return bot.TableBlock([]string{"freeze", "scope", "who", "why", "since", "until"}, rows)
}

// freeze declares a freeze. Everybody in the channel sees the answer: it concerns them.
func (d *Desk) freeze(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	length, err := when.Duration(text(params, "for"))
	if err != nil {
		return bot.Answer{}, err
	}
	scope, err := freeze.ParseScope(text(params, "scope"), v.content.Groups)
	if err != nil {
		return bot.Answer{}, err
	}
	f, err := d.freezes.Declare(ctx, freeze.Wish{Reason: text(params, "reason"), For: length, Scope: scope, By: v.identity, Origin: v.message.Origin})
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: &bot.Reply{Title: FreezeText(f)}}, nil
}

// FreezeText says what a freeze that was just declared means.
func FreezeText(f freeze.Freeze) string {
	return fmt.Sprintf("%s. What changes something there is refused until then; what is at work goes on. Type unfreeze %s to end it sooner.", f.Text(), f.ID)
}

// unfreeze ends a freeze before its time.
func (d *Desk) unfreeze(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	f, err := d.freezes.Lift(ctx, text(params, "id"), v.identity, v.message.Origin)
	if err != nil {
		return bot.Answer{}, err
	}
	return bot.Answer{Reply: &bot.Reply{Title: UnfreezeText(f)}}, nil
}

// UnfreezeText says that a freeze was ended.
func UnfreezeText(f freeze.Freeze) string {
	return fmt.Sprintf("The freeze %s of %s is over. What it refused is not run by itself: ask again.", f.ID, f.Scope)
}
