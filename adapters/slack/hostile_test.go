package slack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/petrelops/petrel/adapters/slack"
	"github.com/petrelops/petrel/bot"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// press is the payload of a button that says approve, as whoever forges it would write it.
func press(team, user, more string) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"type":"block_actions","team":{"id":%q},"user":{"id":%q%s},"trigger_id":"1.2","channel":{"id":"C0OPS"},
		"container":{"type":"message","message_ts":"1800000000.000100","channel_id":"C0OPS"},
		"actions":[{"type":"button","block_id":"b0","value":"approve 1a1f9287b336","action_ts":"1800000000.000200"}]}`, team, user, more))
}

// A press is of the account that Slack vouches for, whatever else stands in its payload, and the same press twice is one delivery.
func TestHostilePresses(t *testing.T) {
	var mu sync.Mutex
	var heard []bot.Message
	people := append(simslack.DemoPeople(), simslack.Person{ID: "U0FAKE", Name: "bob", Email: "bob@example.com"}, simslack.Person{ID: "U0ROLE", Name: "approver"})
	h := run(t, simslack.Options{People: people}, slack.Options{}, receiver(func(ctx context.Context, m bot.Message) (bot.Answer, error) {
		mu.Lock()
		heard = append(heard, m)
		mu.Unlock()
		return parrot(ctx, m)
	}))
	for name, try := range map[string]struct {
		payload json.RawMessage
		account string // who is heard; empty: nobody
	}{
		"a display name that spoofs":           {press(simslack.Team, "U0FAKE", `,"name":"bob","username":"bob"`), "slack:T0SIM/U0FAKE"},
		"an account that is named like a role": {press(simslack.Team, "U0ROLE", `,"name":"approver"`), "slack:T0SIM/U0ROLE"},
		"fields that Slack does not send":      {press(simslack.Team, "U0FAKE", `,"account":"slack:T0SIM/U0BOB","roles":["approver"],"is_admin":true`), "slack:T0SIM/U0FAKE"},
		"another workspace":                    {press("T9", "U0BOB", ""), ""},
		"a person of another workspace":        {press(simslack.Team, "U0BOB", `,"team_id":"T9"`), ""},
		"a workspace in the user id":           {press(simslack.Team, "T0SIM/U0BOB", ""), ""},
		"another case of the user id":          {press(simslack.Team, "u0bob", ""), ""},
		"nobody":                               {press(simslack.Team, "", ""), ""},
		"the bot itself":                       {press(simslack.Team, simslack.BotUser, ""), ""},
	} {
		before := h.ledger.Count(kind(simslack.LineAck, "interactive"))
		h.sim.Raw("interactive", try.payload)
		h.until(before+1, kind(simslack.LineAck, "interactive"))
		// What comes after is heard after it.
		h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "after " + name})
		h.sees("said after " + name)
		mu.Lock()
		accounts := []string{}
		for _, m := range heard {
			if strings.HasPrefix(m.Text, "approve") {
				accounts = append(accounts, m.Account())
			}
		}
		heard = nil
		mu.Unlock()
		if try.account == "" && len(accounts) > 0 || try.account != "" && !slices.Equal(accounts, []string{try.account}) {
			t.Errorf("%s: %q are heard, want %q", name, accounts, try.account)
		}
	}
	h.sees("I take commands from members of this workspace only.") // which is told after it is acknowledged

	// A replayed payload names the same delivery, by which the bot knows it.
	before := h.ledger.Count(kind(simslack.LineAck, "interactive"))
	for range 2 {
		h.sim.Raw("interactive", press(simslack.Team, "U0BOB", ""))
	}
	h.until(before+2, kind(simslack.LineAck, "interactive"))
	h.does(h.sim.Say, simslack.Said{User: "U0ANN", Channel: "D0ANN", Text: "the end"})
	h.sees("said the end")
	mu.Lock()
	defer mu.Unlock()
	for _, m := range heard {
		if strings.HasPrefix(m.Text, "approve") && m.DedupeKey() != "slack/T0SIM/a/1800000000.000200/U0BOB" {
			t.Errorf("a replayed press is the delivery %q", m.DedupeKey())
		}
	}
}
