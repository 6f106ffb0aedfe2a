//go:build fault

package fault

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
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

// fell waits until each rule has killed a process, starts them again and waits until all are connected. Two rules may have met one process.
func (l *lab) fell(ctx context.Context, rules ...*rule) error {
	dead := map[int]bool{}
	for _, r := range rules {
		if err := l.met(ctx, r); err != nil {
			return err
		}
		dead[l.holder(r)] = true
	}
	for i := range dead {
		if i < 0 || !l.replicas[i].wait(l.clock, 10*time.Second) || !l.replicas[i].killed() {
			return fmt.Errorf("a process that was told to die at %s did not", rules[0].point)
		}
		if err := l.start(ctx, i); err != nil {
			return err
		}
	}
	return l.connected(ctx)
}

// toldAmidDeaths kills whoever tells of a question, in its thread and in its channel: the two next calls to the chat after it is asked.
func (l *lab) toldAmidDeaths(ctx context.Context, point failpoint.Point) (*question, error) {
	held := l.in.arm(failpoint.ClaimAfter, hold, 1)
	defer l.in.free(held)
	q, err := l.askPeople(ctx, pairAsked)
	if err == nil {
		err = l.met(ctx, held)
	}
	if err == nil { // what is told from now on is the question
		err = l.await(ctx, 10*time.Second, "the command has its first reply", func() bool {
			list, err := l.news.read(l.chat.ledger)
			return err == nil && len(list[q.command.Message]) > 0
		})
	}
	if err != nil {
		return nil, err
	}
	first, second := l.in.arm(point, failpoint.Kill, 1), l.in.arm(point, failpoint.Kill, 1)
	l.in.free(held)
	return q, l.fell(ctx, first, second)
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

// everyQuestion kills a process at each point on the way of a question: while it is asked and told, while it is answered and let go on, while
// others are asked, and while it expires.
func everyQuestion(ctx context.Context, l *lab) error {
	l.figures["own seconds"] = 40 // people take their time
	if err := l.freezeComments(ctx); err != nil {
		return err
	}
	answered, err := l.askedAmidDeaths(ctx)
	if err != nil {
		return err
	}
	if err := l.answeredAmidDeaths(ctx, answered); err != nil {
		return err
	}
	if err := l.leftAloneAmidDeaths(ctx); err != nil {
		return err
	}
	return l.heardAll(ctx)
}

// askedAmidDeaths asks while processes die. The last two of what it returns are an askAsked and a glassAsked, before them are pairs.
func (l *lab) askedAmidDeaths(ctx context.Context) ([]*question, error) {
	var list []*question
	r := l.in.arm(failpoint.AskAfter, failpoint.Kill, 1)
	for _, kind := range []questionKind{pairAsked, askAsked, glassAsked} {
		q, err := l.askPeople(ctx, kind)
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	if err := l.fell(ctx, r); err != nil || l.Short {
		return list, err
	}
	for _, point := range []failpoint.Point{failpoint.ReplyBefore, failpoint.ReplyAfter} {
		q, err := l.toldAmidDeaths(ctx, point)
		if err != nil {
			return nil, err
		}
		list = append([]*question{q}, list...)
	}
	return list, nil
}

// click is one that somebody makes, and where the process dies that takes it or what it lets go on; nowhere if empty.
type click struct {
	at   failpoint.Point
	who  string
	what *question
}

// clicks returns the clicks on questions, those beside each other made at once.
func (l *lab) clicks(list []*question) [][]click {
	if l.Short {
		return [][]click{
			{{failpoint.RespondBefore, "bob", list[0]}, {failpoint.RespondAfter, "bob", list[1]}},
			{{"", "carl", list[0]}, {"", "bob", list[2]}},
		}
	}
	return [][]click{
		{{failpoint.RespondBefore, "bob", list[0]}, {failpoint.RespondAfter, "bob", list[1]}},
		{{failpoint.AckAfter, "bob", list[2]}, {failpoint.RespondAfter, "bob", list[3]}},
		{{failpoint.ClaimAfter, "carl", list[2]}, {failpoint.RespondBefore, "bob", list[4]}},
		{{failpoint.LockAfter, "carl", list[0]}, {failpoint.BeginAfter, "carl", list[1]}},
	}
}

// answeredAmidDeaths presses buttons while processes die.
func (l *lab) answeredAmidDeaths(ctx context.Context, list []*question) error {
	for _, step := range l.clicks(list) {
		var rules []*rule
		for _, c := range step {
			if err := l.seen(ctx, c.what); err != nil {
				return err
			}
			if c.at != "" {
				rules = append(rules, l.in.arm(c.at, failpoint.Kill, 1))
			}
			if err := l.answer(ctx, c.what, c.who); err != nil {
				return err
			}
		}
		if err := l.fell(ctx, rules...); err != nil {
			return err
		}
	}
	return nil
}

// leftAloneAmidDeaths lets questions lie until others are asked, and until they expire, while processes die.
func (l *lab) leftAloneAmidDeaths(ctx context.Context) error {
	raised, expired := l.in.arm(failpoint.EscalateAfter, failpoint.Kill, 1), l.in.arm(failpoint.ExpireAfter, failpoint.Kill, 1)
	rise, err := l.askPeople(ctx, riseAsked)
	if err == nil {
		_, err = l.askPeople(ctx, lateAsked)
	}
	if err == nil {
		err = l.fell(ctx, raised, expired)
	}
	if err == nil {
		err = l.answer(ctx, rise, "carl")
	}
	if err == nil {
		err = l.heardAll(ctx) // or what carl lets go on is claimed below
	}
	if err != nil || l.Short {
		return err
	}
	late, err := l.askPeople(ctx, lateAsked)
	if err == nil {
		err = l.seen(ctx, late)
	}
	if err == nil { // whoever takes it up to say that it expired
		err = l.fell(ctx, l.in.arm(failpoint.ClaimAfter, failpoint.Kill, 1))
	}
	return err
}

// clickComesAgain kills the process that has counted one click of two, and told nobody: the chat brings the click once more.
func clickComesAgain(ctx context.Context, l *lab) error {
	q, err := l.askPeople(ctx, pairAsked)
	if err == nil {
		err = l.seen(ctx, q)
	}
	if err != nil {
		return err
	}
	r := l.in.arm(failpoint.RespondAfter, failpoint.Kill, 1)
	for _, user := range []string{"bob", "carl"} {
		if err := l.answer(ctx, q, user); err != nil {
			return err
		}
		if user == "bob" {
			err = l.fell(ctx, r)
		}
		if err == nil {
			err = l.heardAll(ctx)
		}
		if err == nil { // so that what a mutant starts too early is seen
			err = clock.Wait(ctx, l.clock, 500*time.Millisecond)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
