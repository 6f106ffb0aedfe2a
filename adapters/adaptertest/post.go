package adaptertest

import (
	"fmt"
	"strings"
	"sync"

	"github.com/petrelops/petrel/bot"
)

// The executions of the checks.
const (
	execution = "6721f0a3c5d7e9b1a2c4d6e8"
	other     = "6721f0a3c5d7e9b1a2c4d6e9"
)

func reply(status bot.Status, title string, blocks ...bot.Block) bot.Reply {
	return bot.Reply{Execution: execution, Action: "core.pause", Status: status, Title: title, Blocks: blocks}
}

func postThenEdit(s *session) {
	s.say("pause")
	s.next().accept(execution)
	ref := s.post(reply(bot.Requested, "Accepted."))
	for i := range 4 {
		s.edit(ref, reply(bot.Running, fmt.Sprintf("Step %d of 4.", i)))
	}
	s.edit(ref, reply(bot.Succeeded, "All done.", bot.TextBlock("Four steps.")))
	s.seesOnce("All done.")
	s.seesOnce("Four steps.")
	if r, ok := s.Harness.(Replacer); ok {
		if m := r.Messages(); len(m) != 1 || strings.Contains(m[0], "Step") {
			s.Errorf("edits left %q, want one message with its last text", m)
		}
	}
	s.say("more")
	s.next().reply(bot.Reply{Title: "Read on."})
}

// endBeforeReceiveReturns posts the end while Receive is still at work: the outbox is another goroutine and may be faster.
func endBeforeReceiveReturns(s *session) {
	s.say("quick one")
	c := s.next()
	s.post(reply(bot.Succeeded, "Quickly done."))
	c.accept(execution)
	s.say("next one")
	s.next().reply(bot.Reply{Title: "Read on."})
	s.seesOnce("Quickly done.")
}

func postingIsRecognised(s *session) {
	done := reply(bot.Succeeded, "Posted once.")
	first := s.post(done)
	if second := s.post(done); second != first {
		s.Errorf("the second delivery got reference %q, want %q", second, first)
	}
	s.seesOnce("Posted once.")
}

// forgottenMessageIsShown edits a message of an earlier process: after a restart the outbox still knows the reference.
func forgottenMessageIsShown(s *session) {
	if _, ok := s.Harness.(Replacer); ok {
		s.Skip("this platform keeps the message itself")
	}
	s.edit("reference-of-yesterday", reply(bot.Succeeded, "Done after a restart."))
	s.seesOnce("Done after a restart.")
}

func longOutput(s *session) {
	const rows = 2000
	table := bot.Table{Columns: []string{"node", "status"}}
	for i := range rows {
		table.Rows = append(table.Rows, []string{fmt.Sprintf("node%04d.", i), "in_service"})
	}
	code := strings.Repeat("0123456789abcdef\n", 4000) + "the last line of code"
	s.post(reply(bot.Succeeded, "Long.", bot.Block{Table: &table}, bot.Block{Code: code}))
	s.sees("the last line of code")
	for _, i := range []int{0, rows / 2, rows - 1} {
		s.seesOnce(fmt.Sprintf("node%04d.", i))
	}
}

// hostileOutput posts what a log line under a stranger's control may hold.
func hostileOutput(s *session) {
	evil := "calm \x1b]0;owned\x07\x1b[2Jtext\r\x9b31m\u202eback"
	s.post(reply(bot.Succeeded, evil, bot.TextBlock(evil), bot.Block{Code: evil},
		bot.Block{Fields: []bot.Field{{Name: evil, Value: evil}}}, bot.TableBlock([]string{evil}, [][]string{{evil}}),
		bot.Block{Buttons: []bot.Button{{Label: evil, Command: evil}}}))
	s.sees("calm")
	for _, bad := range []string{"\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e"} {
		if strings.Contains(s.Seen(), bad) {
			s.Errorf("%q reached the platform in:\n%q", bad, s.Seen())
		}
	}
}

func concurrentPosts(s *session) {
	const posters, each = 8, 8
	var all sync.WaitGroup
	for p := range posters {
		all.Go(func() {
			for i := range each {
				r := bot.Reply{Execution: other, Status: bot.Running, Title: "at work"}
				key := fmt.Sprintf("k%d-%d", p, i)
				ref, err := s.Adapter().Post(s.Context(), s.posting(key, r))
				if err != nil {
					s.Errorf("Post: %v", err)
					continue
				}
				r.Status, r.Title = bot.Succeeded, fmt.Sprintf("<poster %d says %d>", p, i)
				if err := s.Adapter().Edit(s.Context(), ref, s.posting(key, r)); err != nil {
					s.Errorf("Edit: %v", err)
				}
			}
		})
	}
	all.Wait()
	for p := range posters {
		for i := range each {
			s.seesOnce(fmt.Sprintf("<poster %d says %d>", p, i))
		}
	}
}
