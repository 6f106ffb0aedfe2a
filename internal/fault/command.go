//go:build fault

package fault

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
	"github.com/petrelops/petrel/internal/sim/clary"
)

// Kind is what a command does.
type Kind string

// The kinds of the mix.
const (
	Set     Kind = "set"     // idempotent, three nodes
	Ensure  Kind = "ensure"  // idempotent, several effects on a node, which others want too
	Comment Kind = "comment" // once
	Echo    Kind = "echo"    // read, no target
	Get     Kind = "get"     // read
	Pause   Kind = "pause"   // read, long
	Ask     Kind = "ask"     // asks a person
)

// Command is one wish of a person with all that the witnesses saw of it.
type Command struct {
	Tag      string // unique; it is in the text, and so in every effect
	Kind     Kind
	Text     string
	Hosts    []string
	Message  string // the chat's id
	Delivery string
	Said     time.Time
	Thread   string // the message in whose thread it was written; empty where it begins one
	Slash    bool   // it was typed as a slash command
	Must     bool   // the chat keeps it for the bot, so it must be taken
	Silent   bool   // the chat wants no acknowledgement of it
	Late     bool   // it was written while nobody listened, and is to be marked so

	Deliveries []chat.Line
	Acks       []chat.Line
	Marks      []chat.Line
	Posts      []chat.Line // posts and edits in its thread
	Effects    []clary.Line
}

// number is the one in its tag.
func (c *Command) number() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(c.Tag, "c")) // zero for a tag without one
	return n
}

// say writes a command as a person does. Each person says little, so nobody waits for another.
func (l *lab) say(ctx context.Context, kind Kind, hosts, copies int) (*Command, error) {
	c := l.command(kind, hosts)
	return c, l.write(ctx, c, fmt.Sprintf("u%d", c.number()%64), copies)
}

// command makes a command of its own hosts.
func (l *lab) command(kind Kind, hosts int) *Command {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	c := &Command{Tag: fmt.Sprintf("c%06d", l.number), Kind: kind, Slash: l.Slash > 0 && l.number%l.Slash == 0}
	for range hosts {
		l.host++
		c.Hosts = append(c.Hosts, fmt.Sprintf("n%d", l.host))
	}
	switch kind {
	case Set:
		c.Text = fmt.Sprintf("clary set %s draining %q concurrency=1", strings.Join(c.Hosts, ","), c.Tag)
	case Comment:
		c.Text = fmt.Sprintf("clary comment %s %q concurrency=1", strings.Join(c.Hosts, ","), c.Tag)
	case Get:
		c.Text = "clary status " + c.Hosts[0]
	case Pause:
		c.Text = fmt.Sprintf("pause %d", hosts)
	default:
		c.Text = "echo " + c.Tag
	}
	return c
}

// write has a person write a command.
func (l *lab) write(ctx context.Context, c *Command, user string, copies int) error {
	if err := l.room.write(ctx, c, user, copies); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commands = append(l.commands, c)
	return nil
}

// mix says one command of the mix, drawn by the run's seed.
func (l *lab) mix(ctx context.Context, copies int) (*Command, error) {
	switch l.random.upTo(6) {
	case 0, 1:
		return l.say(ctx, Set, 3, copies)
	case 2, 3:
		return l.say(ctx, Comment, 1, copies)
	case 4:
		return l.say(ctx, Get, 1, copies)
	}
	return l.say(ctx, Echo, 0, copies)
}
