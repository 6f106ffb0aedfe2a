//go:build fault

package fault

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// discordRoom is a simulated Discord guild in the harness, outside the bot.
type discordRoom struct {
	doors
	l    *lab
	sim  *simdiscord.Server
	file string // the ledger
}

const (
	discordPeople   = 64
	discordChannels = 20
)

// discordID is an id that nobody else has.
func discordID(kind, n int) string { return fmt.Sprintf("2000000000000%d%04d", kind, n) }

func newDiscordRoom(ctx context.Context, l *lab) (room, error) {
	r := &discordRoom{l: l, file: filepath.Join(l.dir, "discord.jsonl")}
	var err error
	if r.ledger, err = os.OpenFile(r.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	members := []string{simdiscord.App}
	var people []simdiscord.Person
	for i := range discordPeople {
		id := discordID(1, i)
		people, members = append(people, simdiscord.Person{ID: id, Name: fmt.Sprintf("u%d", i)}), append(members, id)
	}
	var channels []simdiscord.Channel
	for i := range discordChannels {
		channels = append(channels, simdiscord.Channel{ID: discordID(2, i), Name: fmt.Sprintf("ops%d", i), Members: members})
	}
	r.sim = simdiscord.New(ctx, simdiscord.Options{
		Clock: l.clock, Ledger: r.ledger, People: people, Channels: channels, Unlimited: !l.Limits, Random: &seeded{l.Seed},
	})
	r.handler = r.sim
	return r, os.WriteFile(filepath.Join(l.dir, "discord-token"), []byte(simdiscord.DefaultToken), 0o600)
}

func (r *discordRoom) settings(ctx context.Context) (string, error) {
	address, err := r.open(ctx)
	return fmt.Sprintf("adapters: {discord: {token: \"file:%s\", api_url: \"http://%s/api/v10/\"}}\n", filepath.Join(r.l.dir, "discord-token"), address), err
}

// write has somebody mention the bot, or type its command where c asks for it. Copies come at once, after a minute and after six.
func (r *discordRoom) write(ctx context.Context, c *Command, user string, copies int) error {
	var n int
	if _, err := fmt.Sscanf(user, "u%d", &n); err != nil {
		return err
	}
	said := simdiscord.Said{User: discordID(1, n), Channel: discordID(2, c.number()%discordChannels), Text: "@petrel " + c.Text}
	if copies > 0 {
		said.Again = r.l.again()[:copies-1]
	}
	var err error
	if c.Slash {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := r.sim.WaitCommand(ctx, "petrel"); err != nil {
			return err
		}
		said.Command, said.Text = "petrel", c.Text
		c.Message, err = r.sim.Slash(said)
	} else {
		c.Silent = true
		c.Message, err = r.sim.Say(said)
	}
	c.Delivery = c.Message
	return err
}

func (r *discordRoom) sockets(context.Context) int { return r.sim.Listening() }

func (*discordRoom) wanted(processes int) int { return min(processes, 1) } // one holds the gateway for all

func (r *discordRoom) witness(*History) error { return nil }

func (r *discordRoom) close() error {
	r.sim.Close()
	return r.shut()
}

func (r *discordRoom) lines() ([]chat.Line, error) {
	raw, err := parse[simdiscord.Line](r.file)
	t := discordTranslator{posted: map[string]string{}, typed: map[string]bool{}}
	var list []chat.Line
	for _, line := range raw {
		list = append(list, t.translate(line)...)
	}
	return list, err
}

// discordTranslator says the lines of Discord's ledger in the words of the harness's own chat.
type discordTranslator struct {
	posted map[string]string // the key of a message of the bot
	typed  map[string]bool   // the interactions that were delivered before
}

func (t discordTranslator) translate(line simdiscord.Line) []chat.Line {
	seen := chat.Line{Time: line.Time, Message: line.Delivery, Delivery: line.Delivery, Channel: line.Channel, User: line.User, Text: line.Text}
	switch line.Kind {
	case simdiscord.LineSaid:
		seen.Kind, seen.Message = chat.LineSaid, line.Message
	case simdiscord.LineDelivery:
		if line.Code != "" {
			return nil // nobody listened
		}
		seen.Kind = chat.LineDelivery
		if line.Type == "INTERACTION_CREATE" && !t.typed[line.Delivery] { // it stands nowhere
			t.typed[line.Delivery] = true
			typed := seen
			typed.Kind = chat.LineSaid
			return []chat.Line{typed, seen}
		}
	case simdiscord.LineAck:
		seen.Kind = chat.LineAck
	case simdiscord.LineReaction:
		seen.Kind, seen.Message, seen.Mark = chat.LineMark, line.Message, line.Text
	case simdiscord.LineRefused:
		seen.Kind, seen.Code = chat.LineRefused, line.Code
	case simdiscord.LinePost, simdiscord.LineUpdate, simdiscord.LinePrivate:
		return []chat.Line{t.post(line, seen)}
	default:
		return nil
	}
	return []chat.Line{seen}
}

var footerForm = regexp.MustCompile(`(?m)^[0-9a-f]{24}$`)

// post is a message of the bot, or what it says now. The room that an interaction keeps is a post when something stands in it.
func (t discordTranslator) post(line simdiscord.Line, seen chat.Line) chat.Line {
	seen.Thread = cmp.Or(line.Reply, line.Delivery, line.Channel) // a thread has the id of the message that it began with
	seen.Kind = chat.LineEdit
	if t.posted[line.Message] == "" {
		seen.Kind = chat.LinePost
		t.posted[line.Message] = "answer/" + line.Message
	}
	if id := footerForm.FindString(line.Text); id != "" {
		t.posted[line.Message] = id
	}
	seen.Key = t.posted[line.Message]
	seen.Result = shownResult(seen.Key, line.Text)
	return seen
}
