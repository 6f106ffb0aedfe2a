package slack

import (
	"context"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/identity"
)

// member is what Slack knows of a person.
type member struct {
	bot, guest, stranger, gone bool
	email                      string    // confirmed, of a full member of this workspace; empty where Options.Emails are off
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
			if w.opts.Emails && u.IsEmailConfirmed && u.TeamID == w.known.Team && !m.bot && !m.gone && !m.guest && !m.stranger {
				m.email = identity.Mailbox(u.Profile.Email)
			}
		}
		return err
	})
	return m, err
}

// admission is what was decided on whoever wrote a message: neither heard nor refused is ignored.
type admission struct {
	heard   bool
	refusal *bot.Reply
	email   string // of whoever is heard, where Slack vouches for it
}

// admit decides on whoever wrote the message.
func (w *workspace) admit(ctx context.Context, e Event) (admission, error) {
	m := member{stranger: e.Stranger}
	everybody := w.opts.Guests == Allow && w.opts.Strangers == Allow
	if !e.Stranger && (!everybody || w.opts.Emails) {
		var err error
		if m, err = w.people.find(ctx, e.Message.User); err != nil && !everybody {
			return admission{}, bot.E(bot.ErrorCode(err), "slack.person.admit", "Slack does not tell me who you are, so I did not take the command. "+bot.ErrorText(err), err)
		} else if err != nil {
			w.log.WarnContext(ctx, "could not ask for an e-mail address; the sender counts as without one", "op", "slack.person.admit", "code", bot.ErrorCode(err), "err", err)
			m = member{}
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
		return admission{heard: true, email: m.email}, nil
	case Refuse:
		r := bot.Problem(why)
		return admission{refusal: &r}, nil
	}
	return admission{}, nil
}
