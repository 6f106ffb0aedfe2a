// Package adaptertest is the definition of what an adapter promises: one suite that drives any bot.Adapter against a stand-in
// of its platform. What only some platforms can do is found by optional interfaces, so the suite grows with the platforms.
package adaptertest

import (
	"context"
	"testing"

	"github.com/petrelops/petrel/bot"
)

// Harness is one fresh adapter with a stand-in of its platform behind it.
type Harness interface {
	// Adapter returns the adapter. The suite calls its Run, once.
	Adapter() bot.Adapter
	// Say writes a line on the platform as the person. It does not wait for the adapter to read it.
	Say(ctx context.Context, person, line string) error
	// Place returns where a posting goes so that the person of Say sees it.
	Place() bot.Origin
	// Seen returns all that people can read now, oldest first, attached files opened.
	Seen() string
	// Changed returns a channel that is closed when Seen next returns something else. It is asked for before Seen.
	Changed() <-chan struct{}
}

// Redeliverer is a harness whose platform delivers again what it believes was not taken.
type Redeliverer interface {
	// Redeliver delivers the last line of Say once more, with the same delivery id.
	Redeliver(ctx context.Context) error
}

// Unordered is a harness whose platform may deliver lines that are written at the same moment in any order, as one that makes a request
// for each does.
type Unordered interface {
	Unordered() bool
}

// Replacer is a harness whose platform replaces what a message said when it is edited. Where the platform cannot, as in a
// terminal, the old text stays above the new one.
type Replacer interface {
	// Messages returns the bot's messages as they read now, oldest first.
	Messages() []string
}

// Run checks the adapters that fresh makes. Each check gets a fresh one; fresh registers what must be cleaned up with t.
func Run(t *testing.T, fresh func(t *testing.T) Harness) {
	t.Helper()
	checks := []struct {
		name  string
		check func(s *session)
	}{
		{"messages keep their order", messagesKeepOrder},
		{"a message tells where it came from", messageHasOrigin},
		{"delivery ids differ", deliveryIDsDiffer},
		{"a redelivery has the same id", redeliveryHasSameID},
		{"an answer without work is shown", answerIsShown},
		{"a refused message is answered and the next one read", refusalIsAnswered},
		{"a message is posted, edited and ended", postThenEdit},
		{"an end before Receive returns is not missed", endBeforeReceiveReturns},
		{"a posting delivered twice is shown once", postingIsRecognised},
		{"an edit of a forgotten message is shown", forgottenMessageIsShown},
		{"long output is shown whole", longOutput},
		{"output cannot steer the platform", hostileOutput},
		{"concurrent posts stay whole", concurrentPosts},
		{"the end of the context ends Run", contextEndsRun},
		{"the end of the context ends Run in the middle of work", contextEndsWork},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { within(t, fresh, c.check) })
	}
}
