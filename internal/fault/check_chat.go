//go:build fault

package fault

import (
	"fmt"
	"slices"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// The invariants of chats that limit, fail and cannot be heard.
const (
	NothingMissed = "10: what the chat keeps for the bot is taken and answered, and marked where it comes late"
	InOrder       = "12: what was asked first in a thread is answered first"
	LeftAlone     = "13: a chat that asks to wait is left alone for that long"
)

// longestTurn is how long a first message waits for the one before it, at most.
const longestTurn = 2 * time.Minute

// checkMissed demands an answer of what the chat keeps, and a mark of what was said while nobody listened.
func checkMissed(c *Command, report reporter) {
	if _, ended := c.End(); c.Must && !ended {
		report(NothingMissed, "it has no final answer")
	}
	if c.Late && !c.marked(lateMarks()) {
		report(NothingMissed, "it is not marked as late")
	}
}

// lateMarks are what the adapters put on a message that was heard late.
func lateMarks() []string { return []string{"hourglass_flowing_sand", "🕒"} }

func (c *Command) marked(marks []string) bool {
	return slices.ContainsFunc(c.Marks, func(m chat.Line) bool { return slices.Contains(marks, m.Mark) })
}

// first returns when the thread showed the first message of the command.
func (c *Command) first() (time.Time, bool) {
	for _, p := range c.Posts {
		if p.Kind == chat.LinePost && p.Execution != "" {
			return p.Time, true
		}
	}
	return time.Time{}, false
}

// checkOrder looks at threads in which several commands were written: one that was taken before the next was even written is answered before it.
func checkOrder(h *History) []Violation {
	var found []Violation
	threads := map[string][]*Command{}
	for _, c := range h.Commands {
		thread := c.Thread
		if thread == "" {
			thread = c.Message
		}
		at, shown := c.first()
		for _, before := range threads[thread] {
			earlier, told := before.first()
			taken := len(before.Acks) > 0 && before.Acks[0].Time.Before(c.Said)
			if taken && shown && at.Sub(c.Said) < longestTurn && (!told || at.Before(earlier)) {
				found = append(found, Violation{InOrder, fmt.Sprintf("%s: it was answered before %s, which was taken first", c.Text, before.Text), c})
			}
		}
		threads[thread] = append(threads[thread], c)
	}
	return found
}

// checkHaste looks at the calls that the chat had asked not to be made yet.
func checkHaste(h *History) []Violation {
	var found []Violation
	for _, what := range h.Hasty {
		found = append(found, Violation{LeftAlone, what, &Command{Text: what}})
	}
	return found
}
