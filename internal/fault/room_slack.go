//go:build fault

package fault

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/sim/chat"
	simslack "github.com/petrelops/petrel/internal/sim/slack"
)

// slackRoom is a simulated Slack workspace in the harness, outside the bot. Each process of the bot reaches it at an address of its own, so that
// the ledger tells who called.
type slackRoom struct {
	doors
	l    *lab
	sim  *simslack.Server
	file string // the ledger
}

const (
	slackPeople   = 64
	slackChannels = 20
)

func newSlackRoom(ctx context.Context, l *lab) (room, error) {
	r := &slackRoom{l: l, file: filepath.Join(l.dir, "slack.jsonl")}
	var err error
	if r.ledger, err = os.OpenFile(r.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	members := []string{simslack.BotUser}
	var people []simslack.Person
	for i := range slackPeople {
		id := fmt.Sprintf("UU%d", i)
		people, members = append(people, simslack.Person{ID: id, Name: id}), append(members, id)
	}
	var channels []simslack.Channel
	for i := range slackChannels {
		channels = append(channels, simslack.Channel{ID: fmt.Sprintf("COPS%d", i), Name: fmt.Sprintf("ops%d", i), Members: members})
	}
	r.sim = simslack.New(ctx, simslack.Options{
		Clock: l.clock, Ledger: r.ledger, People: people, Channels: channels, Unlimited: !l.Limits, Scale: l.Scale, Random: &seeded{l.Seed}, Reads: true,
	})
	r.handler = r.sim
	for name, token := range map[string]string{"bot": simslack.DefaultBotToken, "app": simslack.DefaultAppToken} {
		if err := os.WriteFile(filepath.Join(l.dir, "slack-"+name), []byte(token), 0o600); err != nil {
			return r, err
		}
	}
	if r.address, err = r.listen(ctx); err == nil && l.Half {
		err = r.half(ctx, l)
	}
	return r, err
}

func (r *slackRoom) settings(ctx context.Context) (string, error) {
	address, err := r.open(ctx)
	tokens := filepath.Join(r.l.dir, "slack-")
	return fmt.Sprintf("adapters: {slack: {workspaces: [{bot_token: \"file:%sbot\", app_token: \"file:%sapp\", api_url: \"http://%s/api/\"}]}}\n", tokens, tokens, address), err
}

// write has somebody mention the bot, or type a slash command where the command asks for it. Copies come at once, after a minute and after six.
func (r *slackRoom) write(_ context.Context, c *Command, user string, copies int) error {
	said := simslack.Said{User: "U" + strings.ToUpper(user), Channel: r.channel(c), Text: "@petrel " + c.Text}
	if c.Slash {
		said.Text, said.Command, said.Origin = c.Text, "/petrel", "http://"+r.address
		id, err := r.sim.Slash(said)
		c.Message, c.Delivery = id, id
		return err
	}
	if copies > 0 {
		said.Again = r.l.again()[:copies-1]
	}
	_, said.Thread, _ = strings.Cut(c.Thread, "/")
	ts, err := r.sim.Say(said)
	c.Message = said.Channel + "/" + ts
	c.Delivery = c.Message
	return err
}

// channel spreads the commands over the channels, because Slack takes about one post a second in each. What belongs to a thread goes there.
func (r *slackRoom) channel(c *Command) string {
	if at, _, ok := strings.Cut(c.Thread, "/"); ok {
		return at
	}
	return fmt.Sprintf("COPS%d", c.number()%slackChannels)
}

func (r *slackRoom) sockets(context.Context) int { return r.sim.Sockets() }

func (r *slackRoom) witness(h *History) error {
	raw, err := parse[simslack.Line](r.file)
	if err == nil {
		h.Hasty, h.Others = hasty(raw)
		for _, line := range raw {
			h.Limited += one(line.Wait > 0)
		}
	}
	return err
}

func (*slackRoom) wanted(processes int) int { return 2 * processes }

func (r *slackRoom) close() error {
	r.sim.Close()
	return r.shut()
}

func (r *slackRoom) lines() ([]chat.Line, error) {
	raw, err := parse[simslack.Line](r.file)
	var list []chat.Line
	for _, line := range raw {
		list = append(list, translateSlack(line)...)
	}
	return list, err
}

// translateSlack says a line of Slack's ledger in the words of the harness's own chat; nothing for what is of no interest.
func translateSlack(line simslack.Line) []chat.Line {
	t := chat.Line{Time: line.Time, Delivery: line.Delivery, Channel: line.Channel, User: line.User, Text: line.Text}
	t.Message = line.Channel + "/" + line.TS
	if line.Type != "" && line.Type != "events_api" {
		t.Message = line.Delivery // it stands nowhere
	}
	told := line.Event != "message" // a mention comes as an app_mention too, and that one counts
	switch {
	case line.Kind == simslack.LineSaid:
		t.Kind = chat.LineSaid
	case line.Kind == simslack.LineDelivery && told:
		t.Kind, t.Retry, t.Socket = chat.LineDelivery, line.Attempt-1, line.Envelope
		if line.Type != "events_api" && line.Attempt == 1 {
			typed := t
			typed.Kind = chat.LineSaid
			return []chat.Line{typed, t}
		}
	case line.Kind == simslack.LineAck && told:
		t.Kind = chat.LineAck
	case line.Kind == simslack.LineReaction:
		t.Kind, t.Mark, t.Text = chat.LineMark, line.Text, ""
	case line.Kind == simslack.LineRefused:
		t.Kind, t.Code = chat.LineRefused, line.Code
	case line.Kind == simslack.LinePost, line.Kind == simslack.LineUpdate, line.Kind == simslack.LineEphemeral:
		t.Kind, t.Thread, t.Key = chat.LinePost, line.Channel+"/"+line.Thread, harnessKey(line)
		if line.Kind == simslack.LineUpdate {
			t.Kind = chat.LineEdit
		}
		t.Result = shownResult(line.Key, line.Text)
	default:
		return nil
	}
	return []chat.Line{t}
}

// harnessKey names a post as the harness's own chat would.
func harnessKey(line simslack.Line) string {
	delivery, refused := strings.CutSuffix(line.Key, "/refused")
	switch {
	case refused:
		return "refused/" + delivery
	case line.Key == "":
		return "private/" + line.TS
	case strings.HasPrefix(line.Key, line.Channel+"/"):
		return "answer/" + line.Key
	}
	return line.Key
}

var (
	executionForm = regexp.MustCompile(`^[0-9a-f]{24}$`)
	statusForm    = regexp.MustCompile(`(?m)^\S+ (requested|scheduled|delayed|running|pausing|paused|resuming|pending|canceling|canceled|succeeded|failed|timeout|abandoned)\b`)
)

// shownResult reads how an execution stands from what people see: an icon, then the status.
func shownResult(key, text string) chat.Result {
	found := statusForm.FindStringSubmatch(text)
	if !executionForm.MatchString(key) || found == nil {
		return chat.Result{}
	}
	return chat.Result{Execution: key, Status: found[1], Final: bot.Status(found[1]).Ended()}
}

// inFlight is how long a call may have been on its way already when the answer came that asked to wait.
const inFlight = 250 * time.Millisecond

// hasty returns the calls that a process made before the time was over for which it had been asked to leave the method alone, and counts those
// of others: Slack tells one process, and means all of them.
func hasty(lines []simslack.Line) (own []string, others int) {
	type asked struct {
		via         string
		since, over time.Time
	}
	waits := map[string][]asked{}
	for _, line := range lines {
		if line.Via == "" {
			continue
		}
		var early []asked
		for _, w := range waits[line.Method] {
			if line.Time.After(w.since.Add(inFlight)) && line.Time.Before(w.over) {
				early = append(early, w)
			}
		}
		mine := slices.IndexFunc(early, func(w asked) bool { return w.via == line.Via })
		switch {
		case mine >= 0:
			own = append(own, fmt.Sprintf("%s was called %.1f s before the end of the wait that was asked for", line.Method, early[mine].over.Sub(line.Time).Seconds()))
		case len(early) > 0:
			others++
		}
		if line.Wait > 0 {
			waits[line.Method] = append(waits[line.Method], asked{line.Via, line.Time, line.Time.Add(time.Duration(line.Wait) * time.Second)})
		}
	}
	return own, others
}
