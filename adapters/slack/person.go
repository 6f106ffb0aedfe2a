package slack

import (
	"context"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

// member is what Slack knows of a person.
type member struct {
	bot, guest, stranger, gone bool
	at                         time.Time // when Slack was asked
}

const (
	knownFor  = 10 * time.Minute
	maxKnown  = 10_000
	askWithin = 1500 * time.Millisecond // of the three seconds that an acknowledgement may take
)

// people remembers what Slack knows of those who write, so that not every message asks.
type people struct {
	clock clock.Clock
	ask   func(ctx context.Context, user string) (member, error)

	// mu guards known.
	mu    sync.Mutex
	known map[string]member
}

func newPeople(c clock.Clock, ask func(context.Context, string) (member, error)) *people {
	return &people{clock: c, ask: ask, known: map[string]member{}}
}

// find returns what is known of the user.
func (p *people) find(ctx context.Context, user string) (member, error) {
	p.mu.Lock()
	m, ok := p.known[user]
	p.mu.Unlock()
	now := p.clock.Now()
	if ok && now.Sub(m.at) < knownFor {
		return m, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	m, err := p.ask(ctx, user)
	if err != nil {
		return m, err
	}
	m.at = now
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxKnown {
		clear(p.known)
	}
	p.known[user] = m
	return m, nil
}

// ask asks Slack who the user is.
func (w *workspace) ask(ctx context.Context, user string) (m member, err error) {
	err = w.call(ctx, "users.info", func(ctx context.Context) error {
		u, err := w.api.GetUserInfoContext(ctx, user)
		if err == nil {
			m = member{
				bot: u.IsBot, gone: u.Deleted, guest: u.IsRestricted || u.IsUltraRestricted,
				stranger: u.IsStranger || u.TeamID != "" && u.TeamID != w.known.Team,
			}
		}
		return err
	})
	return m, err
}

// admit decides on whoever wrote the message. It returns a reply for those who are refused, and false for those who are ignored.
func (w *workspace) admit(ctx context.Context, e Event) (refusal *bot.Reply, heard bool, err error) {
	m := member{stranger: e.Stranger}
	everybody := w.opts.Guests == Allow && w.opts.Strangers == Allow
	if !e.Stranger && !everybody {
		if m, err = w.people.find(ctx, e.Message.User); err != nil {
			return nil, false, bot.E(bot.ErrorCode(err), "slack.person.admit", "Slack does not tell me who you are, so I did not take the command. "+bot.ErrorText(err), err)
		}
	}
	policy, why := Allow, ""
	switch {
	case m.bot, m.gone:
		policy = Ignore
	case m.stranger:
		policy, why = w.opts.Strangers, "I take commands from members of this workspace only. Ask one of them."
	case m.guest:
		policy, why = w.opts.Guests, "I take no commands from guest accounts. Ask a full member of this workspace."
	}
	switch policy {
	case Allow:
		return nil, true, nil
	case Refuse:
		r := bot.Problem(why)
		return &r, true, nil
	}
	return nil, false, nil
}
