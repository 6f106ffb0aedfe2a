package adaptertest

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/petrelops/petrel/bot"
)

func messagesKeepOrder(s *session) {
	if u, ok := s.Harness.(Unordered); ok && u.Unordered() {
		s.Skip("this platform has no order")
	}
	const count = 5
	for i := range count {
		s.say(fmt.Sprintf("line %d", i))
	}
	for i := range count {
		c := s.next()
		if want := fmt.Sprintf("line %d", i); c.message.Text != want {
			s.Fatalf("message %d is %q, want %q", i, c.message.Text, want)
		}
		c.reply(bot.Reply{Title: fmt.Sprintf("answer %d.", i)})
	}
	s.sees(fmt.Sprintf("answer %d.", count-1))
	rest := s.Seen()
	for i := range count {
		_, after, found := strings.Cut(rest, fmt.Sprintf("answer %d.", i))
		if !found {
			s.Fatalf("answer %d is missing or too early; the person sees:\n%s", i, s.Seen())
		}
		rest = after
	}
}

func messageHasOrigin(s *session) {
	s.say("who am i")
	c := s.next()
	c.reply(bot.Reply{Title: "Well."})
	if got, want := c.message.Adapter, s.Adapter().Name(); got != want {
		s.Errorf("origin names adapter %q, want %q", got, want)
	}
	if c.message.User == "" {
		s.Error("origin names no user")
	}
	if c.message.Delivery == "" {
		s.Error("the message has no delivery id")
	}
}

func deliveryIDsDiffer(s *session) {
	seen := map[string]bool{}
	for range 3 {
		s.say("the same line")
		c := s.next()
		c.reply(bot.Reply{Title: "Well."})
		if seen[c.message.Delivery] {
			s.Errorf("delivery id %q was used twice", c.message.Delivery)
		}
		seen[c.message.Delivery] = true
	}
}

func redeliveryHasSameID(s *session) {
	again, ok := s.Harness.(Redeliverer)
	if !ok {
		s.Skip("this platform delivers once")
	}
	s.say("set it once")
	first := s.next()
	first.reply(bot.Reply{Title: "Well."})
	if err := again.Redeliver(s.Context()); err != nil {
		s.Fatalf("Redeliver: %v", err)
	}
	second := s.next()
	second.reply(bot.Reply{Title: "Well."})
	if !reflect.DeepEqual(first.message, second.message) {
		s.Errorf("the redelivery reads %+v, want %+v", second.message, first.message)
	}
}

func answerIsShown(s *session) {
	s.say("help")
	s.next().reply(bot.Reply{Title: "Type a command.", Blocks: []bot.Block{bot.TextBlock("There are two.")}})
	s.sees("Type a command.")
	s.sees("There are two.")
}

func refusalIsAnswered(s *session) {
	s.say("first")
	s.next().refuse(bot.E(bot.CodeUnavailable, "test.store.write", "The store is full. Try again later.", nil))
	s.sees("The store is full. Try again later.")
	s.say("second")
	s.next().reply(bot.Reply{Title: "Read on."})
	s.sees("Read on.")
}
