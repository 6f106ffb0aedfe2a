package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// outboxQueue carries the replies for one adapter. Whoever runs that adapter empties it.
func outboxQueue(adapter string) string { return "outbox/" + adapter }

// ShellAdapter is the adapter name of the command line, which follows the execution itself and wants no reply.
const ShellAdapter = "shell"

// RuleAdapter is the adapter name of rules: nobody there reads a reply. A rule's account is rule:<ref>.
const RuleAdapter = "rule"

// unread reports whether nobody at the origin reads replies.
func unread(o bot.Origin) bool { return o.Adapter == ShellAdapter || o.Adapter == RuleAdapter }

// addReply puts the living reply of an execution into the batch, on its way to the chat it was asked in, unless its alias wants silence.
func (x *Executor) addReply(ctx context.Context, b *store.Batch, e *bot.Execution, s liveState) error {
	good := e.Status == bot.Succeeded
	waited := slices.ContainsFunc(e.History, func(m bot.Move) bool { return m.Status == bot.Pending })
	switch {
	case unread(e.Origin):
		return nil
	case waited: // people see what they are asked, and what came of it, whatever the alias wants
	case !e.Status.Ended() && e.Silence.Ack, good && e.Silence.Whole():
		return nil
	}
	r := livingReply(e, s)
	switch {
	case good && e.Silence.Result && !waited:
		r.Blocks = nil
	case x.Present != nil && e.Alias != "":
		r = x.Present(ctx, *e, s.result, r)
	}
	patience := x.o.Patience
	if r.Final() {
		patience = 0
	}
	if e.Status == bot.Requested && len(e.History) == 1 {
		if err := addUnposted(b, e); err != nil {
			return err
		}
	}
	return addPosting(b, bot.Posting{Key: e.ID, Origin: e.Origin, Reply: r}, patience)
}

// addPosting puts a posting into the batch, to be made after the delay.
func addPosting(b *store.Batch, p bot.Posting, delay time.Duration) error {
	put, err := putValue(store.Key{Kind: kindReply, ID: p.Key}, p, replyLife)
	if err != nil {
		return err
	}
	b.Puts = append(b.Puts, put)
	b.Enqueue = append(b.Enqueue, store.Entry{Queue: outboxQueue(p.Origin.Adapter), ID: p.Key, Delay: delay})
	return nil
}

// liveState is what a living reply shows beside the execution itself.
type liveState struct {
	progress bot.Progress
	result   bot.Result
	inquiry  *bot.Inquiry // what it waits on, while it is pending
}

// livingReply is what the chat shows of an execution as it stands.
func livingReply(e *bot.Execution, s liveState) bot.Reply {
	r := bot.Reply{
		Execution: e.ID,
		Action:    e.Action,
		Status:    e.Status,
		Title:     title(e),
		Problem:   e.Status.Ended() && e.Status != bot.Succeeded,
	}
	if s.inquiry == nil || s.inquiry.Ask == nil { // else the question itself says it
		r.Blocks = planBlocks(e.Plan)
	}
	for _, a := range e.Approvals {
		r.Blocks = append(r.Blocks, bot.TextBlock(answerText(a)+"."))
	}
	if !e.Status.Ended() {
		if s.inquiry != nil {
			r.Blocks = append(r.Blocks, questionBlocks(*s.inquiry)...)
		} else if e.Status == bot.Delayed {
			r.Blocks = append(r.Blocks, bot.TextBlock(e.History[len(e.History)-1].Why))
		} else if text := progressText(s.progress); text != "" {
			r.Blocks = append(r.Blocks, bot.TextBlock(text))
		}
		r.Blocks = append(r.Blocks, buttons(bot.Button{Label: "Cancel", Command: "cancel " + e.ID}))
		return r
	}
	if e.Summary != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock(e.Summary))
	}
	r.Blocks = append(r.Blocks, s.result.Blocks...)
	if e.Error != nil && e.Error.Text != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock(e.Error.Text))
	}
	switch {
	case e.Status == bot.Abandoned && e.Resolution == nil:
		r.Blocks = append(r.Blocks, question(e.ID))
	case e.Status == bot.Abandoned && e.Resolution.By != e.History[len(e.History)-1].By: // a person, not the worker that verified it
		r.Blocks = append(r.Blocks, bot.TextBlock(fmt.Sprintf("%s says: %s.", e.Resolution.By, findingText(e.Resolution.Finding))))
	case e.Status == bot.Abandoned && e.Resolution.Finding == bot.Happened:
	case r.Problem && worthAnotherRun(e):
		r.Blocks = append(r.Blocks, buttons(bot.Button{Label: "Run again", Command: "rerun " + e.ID}))
	}
	return r
}

// question asks a person what became of an abandoned execution.
func question(id string) bot.Block {
	return buttons(
		bot.Button{Label: "It happened", Command: "resolve " + id + " happened"},
		bot.Button{Label: "It did not, run again", Command: "rerun " + id, Danger: true},
		bot.Button{Label: "Leave it", Command: "resolve " + id + " left"},
	)
}

// worthAnotherRun reports whether the same command may end otherwise when it is run again.
func worthAnotherRun(e *bot.Execution) bool {
	return e.Error == nil || mayHelp(e.Error.Code)
}

// mayHelp reports whether trying again may help against a fault of this kind.
func mayHelp(code bot.Code) bool {
	switch code {
	case bot.CodeInvalid, bot.CodeDenied, bot.CodeUnsupported, bot.CodeForbidden, bot.CodeNotFound:
		return false
	}
	return true
}

func buttons(list ...bot.Button) bot.Block { return bot.Block{Buttons: list} }

// title names the action and how long it took. How it stands is the reply's status, which each adapter shows in its own way.
func title(e *bot.Execution) string {
	if e.Started.IsZero() || !e.Status.Ended() {
		return e.Action
	}
	return fmt.Sprintf("%s in %s", e.Action, roundTook(e.Took(e.Ended)))
}

func roundTook(d time.Duration) time.Duration {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond)
	case d < time.Minute:
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}

func progressText(p bot.Progress) string {
	var parts []string
	if p.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d", p.Done, p.Total))
	}
	if p.Text != "" {
		parts = append(parts, p.Text)
	}
	return strings.Join(parts, ": ")
}
