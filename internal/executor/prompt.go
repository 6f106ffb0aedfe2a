package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/identity"
	"github.com/petrelops/petrel/internal/inquiry"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/store"
)

// prompts returns the message that shows a question in a channel beside the thread of whoever asks; none without a channel. The channel is one
// of the same place, or told in full as rules tell it, as in slack:T012/C345.
func prompts(key string, asker bot.Origin, channel string) []bot.Prompt {
	if channel == "" {
		return nil
	}
	at := identity.Place(asker, channel)
	if unread(at) {
		return nil
	}
	return []bot.Prompt{{Key: key, Origin: at}}
}

// posted returns the messages that show a question: those that did, so that none shows an older one, and the new ones.
func posted(before, more []bot.Prompt) []bot.Prompt {
	kept := slices.DeleteFunc(slices.Clone(before), func(p bot.Prompt) bool {
		return slices.ContainsFunc(more, func(n bot.Prompt) bool { return n.Key == p.Key })
	})
	return append(kept, more...)
}

// addPrompts puts the question, as it stands, into the batch: into the living reply, and into each message that shows it. What is decided shows
// in the living reply with what comes of it.
func (x *Executor) addPrompts(ctx context.Context, b *store.Batch, e *bot.Execution, q bot.Inquiry) error {
	if q.Decision == "" {
		if err := x.addReply(ctx, b, e, liveState{inquiry: &q}); err != nil {
			return err
		}
	}
	for _, p := range q.Posted {
		r := bot.Reply{Execution: q.ID, Action: q.Action, Status: e.Status, Title: q.Action, Blocks: append(planBlocks(q.Plan), questionBlocks(q)...)}
		if q.Decision != "" { // it will not change any more
			r.Status = ""
		}
		if err := addPosting(b, bot.Posting{Key: p.Key, Origin: p.Origin, Reply: r}, 0); err != nil {
			return err
		}
	}
	return nil
}

// questionBlocks show an inquiry: who asks, what would be done, who has answered, and the buttons while it is open.
func questionBlocks(q bot.Inquiry) []bot.Block {
	if q.Policy == policy.Confirm {
		return confirmBlocks(q)
	}
	var blocks []bot.Block
	if q.Ask == nil {
		blocks = approvalBlocks(q)
	} else {
		blocks = askedBlocks(q)
	}
	if q.Decision != "" {
		return append(blocks, bot.TextBlock(fmt.Sprintf("It is %s.", q.Decision)))
	}
	if !q.Escalated.IsZero() {
		blocks = append(blocks, bot.TextBlock(fmt.Sprintf("Nobody decided, so since %s it is asked of %s.", clockTime(q.Escalated), q.Who)))
	}
	blocks = append(blocks, bot.TextBlock(waitText(q)))
	if q.Ask == nil {
		approve := "approve " + q.ID
		if mark := q.Mark(); mark != "" {
			approve += " plan=" + mark
		}
		return append(blocks, buttons(
			bot.Button{Label: "Approve", Command: approve},
			bot.Button{Label: "Deny", Command: "deny " + q.ID, Danger: true},
			bot.Button{Label: "Details", Command: "execution " + q.ID},
		))
	}
	return append(blocks, answerBlocks(q)...)
}

func planBlocks(lines []string) []bot.Block {
	if len(lines) == 0 {
		return nil
	}
	return []bot.Block{{Text: "Plan:"}, {Code: strings.Join(lines, "\n")}}
}

// approvalBlocks show what is to be approved.
func approvalBlocks(q bot.Inquiry) []bot.Block {
	var blocks []bot.Block
	if len(q.Params) > 0 {
		fields := make([]bot.Field, len(q.Params))
		for i, p := range q.Params {
			fields[i] = bot.Field{Name: p[0], Value: p[1]}
		}
		blocks = append(blocks, bot.Block{Fields: fields})
	}
	head := fmt.Sprintf("%s asks for %s. %s", q.Asker.ID, q.Action, q.Why)
	blocks = append(blocks, bot.TextBlock(strings.TrimSpace(head)))
	if q.Confirmed != nil {
		blocks = append(blocks, bot.TextBlock(answerText(*q.Confirmed)))
	}
	for _, a := range q.Answers {
		blocks = append(blocks, bot.TextBlock(answerText(a)))
	}
	return blocks
}

// askedBlocks show what is asked.
func askedBlocks(q bot.Inquiry) []bot.Block {
	blocks := []bot.Block{bot.TextBlock(fmt.Sprintf("%s asks %s:", q.Asker.ID, q.Who))}
	if title, ok := q.Ask.Schema["description"].(string); ok {
		blocks = append(blocks, bot.TextBlock(title))
	}
	s, err := inquiry.Whole(q)
	if err != nil { // it was read before it was asked
		return blocks
	}
	for _, line := range s.Lines() {
		blocks = append(blocks, bot.TextBlock(line))
	}
	if q.Response != nil {
		blocks = append(blocks, bot.TextBlock(responseText(q, s)))
	}
	return blocks
}

// answerBlocks offer the answers: each as a button where there are few, else a button that asks for a form, and how it is typed.
func answerBlocks(q bot.Inquiry) []bot.Block {
	s, err := inquiry.Whole(q)
	if err != nil {
		return nil
	}
	row := bot.Block{}
	for _, c := range s.Choices() {
		row.Buttons = append(row.Buttons, bot.Button{Label: c.Label, Command: "inquiry respond " + q.ID + " " + c.Answer})
	}
	if row.Buttons != nil {
		return []bot.Block{row}
	}
	row.Buttons = []bot.Button{{Label: "Answer", Command: "inquiry respond " + q.ID}}
	return []bot.Block{row, bot.TextBlock("Or type it, for example:"), {Code: s.Line(q.ID)}}
}

// waitText says what an open inquiry waits for, and until when.
func waitText(q bot.Inquiry) string {
	what := "an answer"
	if q.Ask == nil {
		left := q.Required
		for _, a := range q.Answers {
			if a.Yes {
				left--
			}
		}
		what = people(left, "approval")
	}
	if q.Expires.IsZero() {
		return fmt.Sprintf("It waits for %s as long as it takes.", what)
	}
	until := q.Expires.UTC().Format("2006-01-02 15:04:05 MST")
	if q.Ask != nil {
		return fmt.Sprintf("It waits for %s until %s.", what, until)
	}
	return fmt.Sprintf("It waits for %s until %s. Nothing is done before that, nor after it.", what, until)
}

func people(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func answerText(a bot.Approval) string {
	verb := "denied"
	switch {
	case a.Yes && a.Confirm:
		verb = "confirmed"
	case a.Yes:
		verb = "approved"
	}
	text := fmt.Sprintf("%s %s it at %s", a.By, verb, clockTime(a.At))
	if a.Reason != "" {
		text += ": " + a.Reason
	}
	return text
}

// verdictText says in a word how an inquiry ended.
func verdictText(q bot.Inquiry) string {
	if q.Policy == policy.Confirm && q.Decision == bot.Approved {
		return "confirmed"
	}
	return string(q.Decision)
}

// AnswerText says who answered an inquiry, when and what.
func AnswerText(q bot.Inquiry, a bot.Approval) string {
	if q.Ask == nil {
		return answerText(a)
	}
	s, err := inquiry.Whole(q)
	if err != nil { // it was read before it was asked
		return ""
	}
	return responseText(q, s)
}

// responseText says who answered a question, when and what.
func responseText(q bot.Inquiry, s *inquiry.Schema) string {
	last := q.Answers[len(q.Answers)-1]
	return fmt.Sprintf("%s answered at %s: %s", last.By, clockTime(last.At), s.Shown(q.Response))
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 MST") }
