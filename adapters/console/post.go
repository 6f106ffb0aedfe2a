package console

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// keptMessages bounds how many messages are remembered. Editing one that was forgotten shows it anew.
const keptMessages = 256

// messages remembers what was last shown of each message, by reference.
type messages struct {
	shown map[string]bot.Reply
	order []string // oldest first
	count int      // references given to postings without a key
}

func newMessages() *messages { return &messages{shown: map[string]bot.Reply{}} }

// remember keeps what is shown of the message now.
func (m *messages) remember(ref string, r bot.Reply) {
	if _, known := m.shown[ref]; !known {
		m.order = append(m.order, ref)
	}
	m.shown[ref] = r
	if len(m.order) > keptMessages {
		delete(m.shown, m.order[0])
		m.order = m.order[1:]
	}
}

// ref returns the reference of a posting: its key, so that one delivered twice is recognised.
func (m *messages) ref(p bot.Posting) string {
	if p.Key != "" {
		return p.Key
	}
	m.count++
	return name + "-" + strconv.Itoa(m.count)
}

// Post shows a new message. A posting whose key was posted before changes that message instead.
func (c *Adapter) Post(_ context.Context, p bot.Posting) (ref string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ref = c.messages.ref(p)
	return ref, c.show(ref, p)
}

// Edit shows what the message says now. What was printed stays: a terminal takes nothing back.
func (c *Adapter) Edit(_ context.Context, ref string, p bot.Posting) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.show(ref, p)
}

// show prints what is new and passes the end of an execution on. It is called with mu held. The end is passed on last, so
// that a script reads its next line only after the answer to this one is out. A living state that arrives behind the end is
// dropped.
func (c *Adapter) show(ref string, p bot.Posting) error {
	before, known := c.messages.shown[ref]
	stale := before.Execution != "" && before.Final() && !p.Reply.Final()
	if known && (stale || reflect.DeepEqual(before, p.Reply)) {
		return nil
	}
	if text := c.text(before, p); text != "" {
		if err := c.out.print(text); err != nil {
			return err
		}
	}
	c.messages.remember(ref, p.Reply)
	if p.Reply.Final() || waits(p.Reply) && !waits(before) {
		c.outcomes.end(p.Reply.Execution, p.Reply.Status)
	}
	return nil
}

// text returns what to print when a message that said before becomes p: all of a final reply; of a living one the news in a
// terminal and nothing in a script.
func (c *Adapter) text(before bot.Reply, p bot.Posting) string {
	switch {
	case p.Reply.Final(), waits(p.Reply) && !c.opts.Terminal:
		return announced(p, c.rendered(p.Reply))
	case c.opts.Terminal:
		if news, some := news(before, p.Reply); some {
			return c.rendered(news)
		}
	}
	return ""
}

// waits reports whether an execution waits for people. A script reads on then: its next line may be the answer.
func waits(r bot.Reply) bool { return r.Status == bot.Pending }

// news returns the reply without the blocks that were already shown, and whether anything is left to say.
func news(before, now bot.Reply) (bot.Reply, bool) {
	changed := before.Title != now.Title || before.Status != now.Status
	shown := func(b bot.Block) bool {
		return slices.ContainsFunc(before.Blocks, func(old bot.Block) bool { return reflect.DeepEqual(old, b) })
	}
	now.Blocks = slices.DeleteFunc(slices.Clone(now.Blocks), shown)
	return now, changed || len(now.Blocks) > 0
}

// announced puts the channel before a message that belongs to no execution: a terminal has one window for all channels.
func announced(p bot.Posting, text string) string {
	channel := strings.TrimPrefix(plain.Line(p.Origin.Channel), "#")
	if p.Reply.Execution != "" || channel == "" {
		return text
	}
	return "#" + channel + ": " + text
}
