package remote_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/remote"
)

func TestFaults(t *testing.T) {
	const op = "test.message.post"
	chat := remote.Platform("Chat")
	cause := errors.New("why")
	for name, tt := range map[string]struct {
		err              error
		code             bot.Code
		wait             time.Duration
		text             string
		undecided, again bool
	}{
		"limited":       {chat.Limited(op, 90*time.Second, cause), bot.CodeRateLimited, 90 * time.Second, "Chat asks to slow down. Try again in 1m30s.", false, true},
		"limited a bit": {chat.Limited(op, time.Millisecond, cause), bot.CodeRateLimited, time.Millisecond, "Chat asks to slow down. Try again in 1s.", false, true},
		"broken":        {chat.Broken(op, 502, cause), bot.CodeUnavailable, 0, "Chat has a fault of its own (502). Try again in a moment.", true, true},
		"late":          {chat.Unanswered(op, fmt.Errorf("%w: %w", cause, context.DeadlineExceeded)), bot.CodeTimeout, 0, "Chat did not answer in time. Try again in a moment.", true, true},
		"given up":      {chat.Unanswered(op, fmt.Errorf("%w: %w", cause, context.Canceled)), bot.CodeCanceled, 0, "", true, true},
		"away":          {chat.Unanswered(op, cause), bot.CodeUnavailable, 0, "Chat cannot be reached. Try again when it is back.", true, true},
		"unreadable":    {bot.E(bot.CodeBadAnswer, op, "", cause), bot.CodeBadAnswer, 0, "", true, true},
		"refused":       {bot.E(bot.CodeForbidden, op, "", cause), bot.CodeForbidden, 0, "", false, false},
		"gone":          {bot.E(bot.CodeNotFound, op, "", cause), bot.CodeNotFound, 0, "", false, false},
		"of ours":       {cause, bot.CodeInternal, 0, "", false, false},
		"none":          {nil, "", 0, "", false, false},
	} {
		if code, wait, text := bot.ErrorCode(tt.err), bot.ErrorWait(tt.err), bot.ErrorText(tt.err); code != tt.code || wait != tt.wait || text != tt.text {
			t.Errorf("%s: %s, wait %s, %q", name, code, wait, text)
		}
		if undecided, again := remote.Undecided(tt.err), remote.WorthAnotherTry(tt.err); undecided != tt.undecided || again != tt.again {
			t.Errorf("%s: undecided %v, worth another try %v", name, undecided, again)
		}
		if tt.err != nil && !errors.Is(tt.err, cause) {
			t.Errorf("%s: the cause is lost", name)
		}
	}
}
