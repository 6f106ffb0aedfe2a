package render

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// Answering is an execution on its way to the chat.
type Answering struct {
	Alias     *aliases.Alias
	Execution bot.Execution
	Params    map[string]any // masked
	Result    bot.Result
}

// Ack changes the reply of an execution that has not ended as its alias's ack says: its format comes first.
func (r *Renderer) Ack(ctx context.Context, a Answering, reply bot.Reply) bot.Reply {
	vars := map[string]any{"execution": a.execution(), "actionalias": a.alias()}
	return r.answer(ctx, a, a.Alias.Ack, "ack", vars, reply, func(said []bot.Block) []bot.Block { return append(said, reply.Blocks...) })
}

// Result changes the last reply of an execution as its alias's result says: its format stands in place of what the action returned. The
// plan, an error and the buttons stay.
func (r *Renderer) Result(ctx context.Context, a Answering, reply bot.Reply) bot.Reply {
	vars := map[string]any{"execution": a.execution(), "alias": a.alias()}
	return r.answer(ctx, a, a.Alias.Result, "result", vars, reply, func(said []bot.Block) []bot.Block {
		if a.Execution.Error != nil && a.Execution.Error.Text != "" {
			said = append(said, bot.TextBlock(a.Execution.Error.Text))
		}
		for _, b := range reply.Blocks {
			if len(b.Buttons) > 0 {
				said = append(said, b)
			}
		}
		return said
	})
}

// answer renders format and extra. One that cannot be rendered is told below what would have been shown without it.
func (r *Renderer) answer(ctx context.Context, a Answering, as aliases.Answer, field string, vars map[string]any, reply bot.Reply, with func([]bot.Block) []bot.Block) bot.Reply {
	vars = r.answerVars(a.Execution.Identity, vars)
	complain := func(part string, err error) {
		reply.Blocks = append(reply.Blocks, bot.TextBlock(fmt.Sprintf("Cannot render %q in field %q of the alias %s: %s", part, field, a.Alias.Ref(), bot.ErrorText(err))))
	}
	if as.Format != "" {
		text, err := r.text(ctx, as.Format, vars)
		if err != nil {
			complain("format", err)
		} else if said := split(text); len(said) > 0 {
			reply.Blocks = with(said)
		}
	}
	if len(as.Extra) > 0 {
		extra, err := r.lenient.Render(ctx, as.Extra, vars)
		if err != nil {
			complain("extra", err)
		} else {
			reply.Extra, _ = extra.(map[string]any)
		}
	}
	return reply
}

func (r *Renderer) text(ctx context.Context, template string, vars map[string]any) (string, error) {
	t, err := r.lenient.Compile(template)
	if err != nil {
		return "", err
	}
	return t.Text(ctx, vars)
}

// split makes blocks of an answer. {~} parts plain text from what Slack shows as an attachment (docs/chatops/aliases.rst); here both are
// paragraphs.
func split(text string) []bot.Block {
	var blocks []bot.Block
	plain, attachment, _ := strings.Cut(text, "{~}")
	for _, part := range []string{plain, attachment} {
		if part = strings.TrimSpace(part); part != "" {
			blocks = append(blocks, bot.TextBlock(part))
		}
	}
	return blocks
}

// execution is what templates see of an execution: StackStorm's ActionExecutionAPI as far as there is something behind a field.
func (a Answering) execution() map[string]any {
	e := a.Execution
	pack, name, _ := strings.Cut(e.Action, ".")
	x := map[string]any{
		"id": e.ID, "status": string(e.Status), "parameters": orEmpty(a.Params), "start_timestamp": stamp(e.Created), "end_timestamp": stamp(e.Ended),
		"elapsed_seconds": e.Took(e.Ended).Seconds(), "web_url": "", "parent": e.Parent,
		"action":  map[string]any{"ref": e.Action, "pack": pack, "name": name},
		"context": map[string]any{"user": e.Identity.ID, "api_user": e.Identity.ID, "source_channel": e.Origin.Channel, "action_alias_ref": map[string]any{"ref": a.Alias.Ref()}},
		"result":  a.result(),
	}
	x["liveaction"] = map[string]any{"id": e.ID, "action": e.Action, "status": string(e.Status), "parameters": x["parameters"], "result": x["result"]}
	return x
}

// result is the data of the result as JSON has it. Where there is an error and no data it is what StackStorm has then.
func (a Answering) result() any {
	data, err := json.Marshal(a.Result.Data)
	var value any
	if err == nil {
		err = json.Unmarshal(data, &value)
	}
	switch {
	case err == nil && value != nil:
		return value
	case a.Execution.Error != nil:
		return map[string]any{"error": a.Execution.Error.Text, "summary": a.Result.Summary}
	}
	return map[string]any{"result": a.Result.Summary, "summary": a.Result.Summary}
}

func (a Answering) alias() map[string]any {
	pack, name, _ := strings.Cut(a.Alias.Ref(), ".")
	return map[string]any{"ref": a.Alias.Ref(), "pack": pack, "name": name, "description": a.Alias.Description, "action_ref": a.Alias.Action}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
