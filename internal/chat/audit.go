package chat

import (
	"context"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
)

// audit shows what the audit log has.
func (d *Desk) audit(ctx context.Context, v *visit, params map[string]any) (bot.Answer, error) {
	q := audit.Query{
		Who: me(text(params, "who"), v.identity), Action: text(params, "action"), Target: text(params, "target"),
		Execution: text(params, "execution"), Changes: params["changes"] == true, Limit: limit(params, 20),
	}
	if what := text(params, "what"); what != "" {
		q.What = []audit.What{audit.What(what)}
	}
	var err error
	if q.Since, q.Until, err = d.span(params); err != nil {
		return bot.Answer{}, err
	}
	if q.Execution != "" { // a few characters of it are enough
		e, err := d.engine.Execution(ctx, strings.ToLower(q.Execution))
		if err != nil {
			return bot.Answer{}, err
		}
		q.Execution = e.ID
	}
	lines, err := d.engine.Audit().Find(ctx, q)
	if err != nil {
		return bot.Answer{}, err
	}
	if len(lines) == 0 {
		return said(bot.Reply{Title: "The audit log has nothing that fits."})
	}
	return said(bot.Reply{Blocks: []bot.Block{AuditTable(lines)}})
}

// AuditTable shows lines of the audit log.
func AuditTable(lines []audit.Line) bot.Block {
	rows := make([][]string, len(lines))
	for i, l := range lines {
		came := string(l.Status)
		if l.Why != "" {
			came = strings.TrimPrefix(came+": "+l.Why, ": ")
		}
		rows[i] = []string{l.At.Format(timeLayout), l.Who, string(l.What), l.Action, l.Targets, came, l.Execution}
	}
	return bot.TableBlock([]string{"when", "who", "what", "action", "targets", "how it stands", "execution"}, rows)
}
