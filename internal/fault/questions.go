//go:build fault

package fault

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// questionKind is what people are asked.
type questionKind string

// The kinds.
const (
	pairAsked  questionKind = "an approval by two"
	lateAsked  questionKind = "an approval that nobody gives"
	riseAsked  questionKind = "an approval that others are asked for as well"
	glassAsked questionKind = "a freeze to be broken"
	askAsked   questionKind = "a question"
)

// lateTTL is how long the question waits that nobody answers.
const lateTTL = 3 * time.Second

// question is a command that asks people, and what they pressed.
type question struct {
	kind      questionKind
	command   *Command
	execution string
	clicks    []pressed
}

// pressed is one click.
type pressed struct{ user, message string }

// questionPolicies are what the commands are asked about, by what stands in their comment. Each question is told to a channel as well.
var questionPolicies = map[string]string{
	"pack.yaml":          "name: questions\ndescription: The policies of the questions\nversion: 1.0.0\nauthor: Petrel\n",
	"policies/pair.yaml": racePolicy("pair", "clary.node.status.set", "users: [bob, carl]\n  required: 2\n  channel: approvals"),
	"policies/late.yaml": racePolicy("late", "clary.node.status.set", fmt.Sprintf("users: [bob]\n  ttl: %.0f\n  channel: approvals", lateTTL.Seconds())),
	"policies/rise.yaml": racePolicy("rise", "clary.node.status.set", "users: [bob]\n  channel: approvals\n  escalate: {after: 2s, users: [carl], channel: leads}"),
}

// brokenBy says in the configuration who may let a command through a freeze.
const brokenBy = ", break_glass: {users: [bob], channel: approvals, reason: optional}"

// askPeople has ann say a command that asks people.
func (l *lab) askPeople(ctx context.Context, kind questionKind) (*question, error) {
	c := l.command(Set, 1)
	word := map[questionKind]string{pairAsked: "pair", lateAsked: "late", riseAsked: "rise"}[kind]
	c.Text = fmt.Sprintf("clary set %s draining %q", c.Hosts[0], c.Tag+" "+word)
	switch kind {
	case glassAsked:
		c.Kind = Comment
		c.Text = fmt.Sprintf("break-glass clary comment %s %q", c.Hosts[0], c.Tag)
	case askAsked:
		c.Kind, c.Hosts = Ask, nil
		c.Text = "ask in approvals users=bob"
	}
	q := &question{kind: kind, command: c}
	if err := l.write(ctx, c, "ann", 0); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.questions = append(l.questions, q)
	return q, nil
}

// seen waits until the thread of a question shows that it waits.
func (l *lab) seen(ctx context.Context, q *question) error {
	return l.await(ctx, 30*time.Second, "it waits for an answer: "+q.command.Text, func() bool {
		list, err := l.news.read(l.chat.ledger)
		if err != nil {
			return false
		}
		for _, p := range list[q.command.Message] {
			if p.Execution != "" && p.Status == "pending" {
				q.execution = p.Execution
			}
		}
		return q.execution != ""
	})
}

// answer has somebody press the button of a question, once it is shown.
func (l *lab) answer(ctx context.Context, q *question, user string) error {
	if err := l.seen(ctx, q); err != nil {
		return err
	}
	line := "approve " + q.execution
	if q.kind == askAsked {
		line = "inquiry respond " + q.execution + " yes"
	}
	id, err := l.press(ctx, user, line)
	l.mu.Lock()
	defer l.mu.Unlock()
	q.clicks = append(q.clicks, pressed{user, id})
	return err
}

// heardAll waits until the chat has the acknowledgement of every click: one that met a death comes again.
func (l *lab) heardAll(ctx context.Context) error {
	return l.await(ctx, 30*time.Second, "the clicks are acknowledged", func() bool {
		said, err := l.room.lines()
		if err != nil {
			return false
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		when := onTheirWay(said)
		for _, q := range l.questions {
			for _, c := range q.clicks {
				if when[c.message].To.IsZero() {
					return false
				}
			}
		}
		return true
	})
}

// freezeComments has carl freeze the comments on nodes.
func (l *lab) freezeComments(ctx context.Context) error {
	id, err := l.press(ctx, "carl", "freeze quiet 1h action:clary.node.comment")
	if err != nil {
		return err
	}
	return l.await(ctx, 20*time.Second, "the comments are frozen", func() bool {
		list, err := l.news.read(l.chat.ledger)
		return err == nil && len(list[id]) > 0 && strings.Contains(list[id][0].Text, "froze")
	})
}
