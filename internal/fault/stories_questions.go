//go:build fault

package fault

import (
	"context"
	"fmt"
	"time"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
)

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
