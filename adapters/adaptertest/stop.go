package adaptertest

import "github.com/petrelops/petrel/bot"

// contextEndsRun ends an adapter that waits for a message; the session checks that Run returns and leaves nothing.
func contextEndsRun(s *session) {
	s.mustEnd()
	s.ended <- nil // for the session, which asks again
}

// contextEndsWork ends an adapter whose message was accepted but has not come to its end.
func contextEndsWork(s *session) {
	s.say("pause")
	s.next().accept(execution)
	s.post(reply(bot.Running, "At work."))
	s.mustEnd()
	s.ended <- nil
}
