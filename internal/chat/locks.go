package chat

import (
	"context"
	"fmt"
	"strconv"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/target"
	"github.com/petrelops/petrel/internal/when"
)

// locks lists who has which target.
func (d *Desk) locks(ctx context.Context, _ *visit, params map[string]any) (bot.Answer, error) {
	n := limit(params, 50)
	holds, err := d.engine.Locks(ctx, n+1)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(holds) == 0 {
		return said(bot.Reply{Title: "Nothing is locked."})
	}
	var rows [][]string
	for _, h := range holds[:min(n, len(holds))] {
		who, until := "execution "+h.Execution, "it ends"
		if h.Execution == "" {
			who, until = h.By, h.Until.UTC().Format(timeLayout)
		}
		rows = append(rows, []string{h.Target, who, h.Why, h.Since.UTC().Format(timeLayout), until, strconv.FormatInt(h.Fence, 10)})
	}
	blocks := []bot.Block{bot.TableBlock([]string{"target", "who", "why", "since", "until", "fence"}, rows)}
	if len(holds) > n {
		blocks = append(blocks, bot.TextBlock(fmt.Sprintf("There are more. Type locks %d to see more of them.", 4*n)))
	}
	return said(bot.Reply{Blocks: blocks})
}

// lock takes targets for a person.
func (d *Desk) lock(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	names, err := targets(v, params)
	if err != nil {
		return bot.Answer{}, err
	}
	length, err := when.Duration(text(params, "for"))
	if err != nil {
		return bot.Answer{}, err
	}
	w := executor.HandLock{Targets: names, For: length, Reason: text(params, "reason"), By: v.identity, Origin: v.message.Origin}
	if err := d.engine.Lock(ctx, w); err != nil {
		return bot.Answer{}, err
	}
	until := d.clock.Now().Add(length).UTC().Format(timeLayout)
	return said(bot.Reply{Title: fmt.Sprintf("%s is locked until %s. What needs it waits. Type unlock %s to free it sooner.", target.Fold(names), until, names[0])})
}

// unlock frees targets that a person locked.
func (d *Desk) unlock(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	names, err := targets(v, params)
	if err != nil {
		return bot.Answer{}, err
	}
	w := executor.HandLock{Targets: names, Reason: text(params, "reason"), By: v.identity, Origin: v.message.Origin}
	if err := d.engine.Unlock(ctx, w); err != nil {
		return bot.Answer{}, err
	}
	return said(bot.Reply{Title: fmt.Sprintf("%s is free. What waited for it goes on.", target.Fold(names))})
}

// targets reads the parameter targets, a node set that must not be empty.
func targets(v *visit, params map[string]any) ([]string, error) {
	names, err := target.Expand(text(params, "targets"), v.content.Groups)
	if err == nil && len(names) == 0 {
		err = bot.E(bot.CodeInvalid, "chat.locks.targets", "The node set leaves no target. Write for example irene[4000-4010].", nil)
	}
	return names, err
}
