package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
)

const (
	// callLimit bounds one call beside what its caller allows.
	callLimit = 10 * time.Second
	// maxAnswer is the longest answer that is read, in bytes.
	maxAnswer = 64 << 20
)

// client calls the protocol. It repeats nothing: whoever called knows whether that is safe.
type client struct {
	base  string
	clock clock.Clock
	http  *http.Client

	// mu guards quiet: until when the chat asked not to make calls of a kind.
	mu    sync.Mutex
	quiet map[string]time.Time
}

func newClient(base string, c clock.Clock) *client {
	return &client{base: strings.TrimRight(base, "/"), clock: c, http: &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: lanes, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: callLimit,
	}}, quiet: map[string]time.Time{}}
}

// call is one call of the protocol. Its kind is what Retry-After is about.
type call struct {
	kind, method, path string
	body, into         any
}

// do makes the call. CodeRateLimited when the chat asks to wait, also before that time is over and without asking it again;
// CodeUnavailable when the outcome is not known or a later try may go better; CodeNotFound; CodeBadAnswer for any other refusal.
func (c *client) do(ctx context.Context, what call) error {
	op := "relay." + what.kind + ".call"
	if wait := c.mustWait(what.kind); wait > 0 {
		return c.limited(op, wait)
	}
	body, err := json.Marshal(what.body)
	if err != nil {
		return bot.E(bot.CodeInternal, op, "", err)
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, what.method, c.base+what.path, bytes.NewReader(body))
	if err != nil {
		return bot.E(bot.CodeInternal, op, "", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.GetBody = nil // so that net/http does not send it a second time by itself
	answer, err := c.http.Do(r)
	if err != nil {
		return unanswered(op, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return unanswered(op, err)
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return c.refusal(op, what.kind, answer, text)
	}
	if what.into == nil {
		return nil
	}
	if err := json.Unmarshal(text, what.into); err != nil {
		return bot.E(bot.CodeBadAnswer, op, "", err)
	}
	return nil
}

func unanswered(op string, err error) error {
	code := bot.CodeUnavailable
	if errors.Is(err, context.DeadlineExceeded) {
		code = bot.CodeTimeout
	}
	return bot.E(code, op, "", err)
}

func (c *client) refusal(op, kind string, answer *http.Response, text []byte) error {
	cause := fmt.Errorf("%s: %.200q", answer.Status, text)
	switch status := answer.StatusCode; {
	case status == http.StatusTooManyRequests:
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			seconds = 1
		}
		wait := time.Duration(seconds) * time.Second
		c.keepQuiet(kind, wait)
		return c.limited(op, wait)
	case status >= http.StatusInternalServerError:
		return bot.E(bot.CodeUnavailable, op, "", cause)
	case status == http.StatusNotFound:
		return bot.E(bot.CodeNotFound, op, "", cause)
	}
	return bot.E(bot.CodeBadAnswer, op, "", cause)
}

func (c *client) limited(op string, wait time.Duration) error {
	return &bot.Error{Code: bot.CodeRateLimited, Op: op, Wait: wait, Err: errors.New("the chat asks to slow down")}
}

// keepQuiet notes that calls of a kind are to wait.
func (c *client) keepQuiet(kind string, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet[kind] = c.clock.Now().Add(wait)
}

// mustWait returns how long calls of a kind have to wait.
func (c *client) mustWait(kind string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.quiet[kind].Sub(c.clock.Now())
}
