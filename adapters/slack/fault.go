package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/remote"
)

// gate keeps calls back until the wait that Slack asked for is over.
type gate struct {
	clock clock.Clock

	// mu guards until.
	mu    sync.Mutex
	until map[string]time.Time // by method
}

func newGate(c clock.Clock) *gate { return &gate{clock: c, until: map[string]time.Time{}} }

// wait returns how long the method must not be called yet.
func (g *gate) wait(method string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.until[method].Sub(g.clock.Now())
}

func (g *gate) shut(method string, wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.until[method] = g.clock.Now().Add(wait)
}

// call makes one call of the Web API. It does not make it while Slack wants the method left alone, and it never repeats it.
func (w *workspace) call(ctx context.Context, method string, do func(ctx context.Context) error) error {
	if wait := w.gate.wait(method); wait > 0 {
		return platform.Limited(op(method), wait, nil)
	}
	err := do(ctx)
	if err == nil {
		return nil
	}
	failed := fault(method, err)
	if failed.Code == bot.CodeRateLimited {
		w.gate.shut(method, failed.Wait)
	}
	return failed
}

const platform remote.Platform = "Slack"

func op(method string) string { return "slack." + method }

// defaultWait stands where Slack limits without saying for how long.
const defaultWait = 5 * time.Second

// fault translates what slack-go returns.
func fault(method string, err error) *bot.Error {
	if r, ok := errors.AsType[*slackgo.RateLimitedError](err); ok {
		return platform.Limited(op(method), max(r.RetryAfter, time.Second), err)
	}
	if s, ok := errors.AsType[slackgo.StatusCodeError](err); ok {
		switch {
		case s.Code == http.StatusTooManyRequests:
			return platform.Limited(op(method), defaultWait, err)
		case s.Code < http.StatusInternalServerError:
			return bot.E(bot.CodeInternal, op(method), "", err)
		}
		return platform.Broken(op(method), s.Code, err)
	}
	if s, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		return refusal(method, s)
	}
	return platform.Unanswered(op(method), err)
}

// refusal translates an answer of the Web API that is not ok.
func refusal(method string, s slackgo.SlackErrorResponse) *bot.Error {
	code, text := bot.CodeInternal, ""
	switch s.Err {
	case "missing_scope":
		code = bot.CodeAuth
		text = fmt.Sprintf("The Slack app lacks the scope %s for %s. Add it under OAuth & Permissions at api.slack.com/apps and reinstall the app.", s.Needed, method)
	case "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type":
		code = bot.CodeAuth
		text = "Slack does not accept the bot's token (" + s.Err + "). Install the app again and put the new token where adapters.slack names it."
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return platform.Limited(op(method), defaultWait, s)
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org":
		return platform.Broken(op(method), s.Err, s)
	case "not_in_channel", "channel_not_found", "is_archived", "user_not_in_channel", "restricted_action":
		code = bot.CodeForbidden
		text = "The bot cannot write there (" + s.Err + "). Invite it to the channel."
	case "message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed":
		code = bot.CodeNotFound
	}
	return bot.E(code, op(method), text, s)
}
