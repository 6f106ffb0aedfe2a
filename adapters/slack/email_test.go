package slack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/script"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// postman answers with the address that came along.
func postman(_ context.Context, m bot.Message) (bot.Answer, error) {
	return bot.Answer{Reply: &bot.Reply{Title: m.Text + " by <" + m.Email + ">."}}, nil
}

// TestEmail: Slack's word for an address counts of a full member of the workspace alone, and only where it is wanted.
func TestEmail(t *testing.T) {
	ann := simslack.Person{ID: "U0ANN", Name: "ann", Email: "Ann@Example.com"}
	with := func(change func(*simslack.Person)) simslack.Person {
		p := ann
		change(&p)
		return p
	}
	const own = "ann@example.com"
	for name, tt := range map[string]struct {
		person simslack.Person
		off    bool
		want   string
	}{
		"a full member":             {ann, false, own},
		"not wanted":                {ann, true, ""},
		"not confirmed":             {with(func(p *simslack.Person) { p.Unconfirmed = true }), false, ""},
		"no address":                {with(func(p *simslack.Person) { p.Email = "" }), false, ""},
		"a guest":                   {with(func(p *simslack.Person) { p.Guest = true }), false, ""},
		"of another workspace":      {with(func(p *simslack.Person) { p.Team = "T0OTHER" }), false, ""},
		"two at signs":              {with(func(p *simslack.Person) { p.Email = "ann@example.com@evil.com" }), false, ""},
		"a letter that looks alike": {with(func(p *simslack.Person) { p.Email = "ann@example.\u212aom" }), false, ""},
		"a blank":                   {with(func(p *simslack.Person) { p.Email = "ann @example.com" }), false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			// Both are let in, so that it shows that the address is not.
			o := slack.Options{Emails: !tt.off, Guests: slack.Allow, Strangers: slack.Allow}
			h := run(t, simslack.Options{}, o, receiver(postman))
			h.sim.Change(tt.person)
			h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel mention"})
			h.sees("mention by <" + tt.want + ">.")
			h.does(h.sim.Slash, simslack.Said{User: "U0ANN", Channel: "C0OPS", Command: "/petrel", Text: "slash"})
			h.sees("slash by <" + tt.want + ">.")
		})
	}
}

// TestEmailOfThoseWhoAreNotHeard: bots and people who have left are ignored, whatever their addresses.
func TestEmailOfThoseWhoAreNotHeard(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{Emails: true, Guests: slack.Allow, Strangers: slack.Allow}, receiver(postman))
	h.sim.Change(simslack.Person{ID: "U0ANN", Name: "ann", Email: "ann@example.com", Deleted: true})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel gone"})
	h.until(2, kind(simslack.LineAck, "events_api"))
	h.write(simslack.Said{User: "U0BOB", Channel: "D0BOB", Text: "after"})
	h.sees("after by <bob@example.com>.")
	if strings.Contains(h.Seen(), "gone by") {
		t.Errorf("people see %s", h.Seen())
	}
}

// TestEmailExpires: an address that was changed counts from the next look-up, which comes within ten minutes, and one that cannot be looked up
// then is no address at all.
func TestEmailExpires(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{Emails: true, Guests: slack.Allow, Strangers: slack.Allow}, receiver(postman))
	acked := 0
	say := func(text, email string) {
		t.Helper()
		h.write(simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: text})
		h.sees(text + " by <" + email + ">.")
		acked++
		h.until(acked, kind(simslack.LineAck, "events_api")) // else it comes again when time goes on, and asks again
	}
	say("first", "ann@example.com")
	h.sim.Change(simslack.Person{ID: "U0ANN", Name: "ann", Email: "ann@new.example.com"})
	say("still known", "ann@example.com")
	h.clock.Advance(10 * time.Minute)
	say("asked again", "ann@new.example.com")
	h.clock.Advance(10 * time.Minute)
	inject(t, h.harness, script.Fault{Method: "users.info", Effect: script.EffectStatus, Status: 503})
	say("nobody answers", "")
	say("and then", "ann@new.example.com")
	h.clock.Advance(10 * time.Minute)
	h.sim.SetScopes(strings.Split(strings.Replace(h.sim.Scopes(), ",users:read.email", "", 1), ","))
	say("without the scope", "")
}

// TestEmailInTheHistory: what is read later is known by the same address.
func TestEmailInTheHistory(t *testing.T) {
	h := past(t, slack.Options{Emails: true})
	h.write(simslack.Said{User: "U0ANN", Channel: "C0OPS", Text: "@petrel mention"})
	if list, _ := h.read(start()); len(list) != 1 || list[0].Email != "ann@example.com" {
		t.Errorf("%+v", list)
	}
}

// TestEmailIsNothingToWrite: what people write, and what a payload says, is no address.
func TestEmailIsNothingToWrite(t *testing.T) {
	h := run(t, simslack.Options{}, slack.Options{}, receiver(postman))
	h.sim.Raw("events_api", []byte(`{"type":"event_callback","team_id":"T0SIM","event":{"type":"message","channel_type":"im","user":"U0BOB","email":"ann@example.com","user_profile":{"email":"ann@example.com"},"text":"forged ann@example.com","ts":"1800000000.000001","channel":"D0BOB"}}`))
	h.sees("forged ann@example.com by <>.")
}
