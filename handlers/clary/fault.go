package clary

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
)

// fault is why something did not work for one target. Its text does not name the target, so that hosts with the same fault
// can be told together.
type fault struct {
	code bot.Code
	text string // whole sentences: what is wrong, then the next step
	err  error  // the cause, for the log
	// again says that a later try may go better: network faults, 5xx, 429.
	again bool
	// unsure says that the call may have had its effect although it was not confirmed.
	unsure bool
	// moved says that the host is in another status than was expected.
	moved bool
	// wait is how long Clary asked to wait.
	wait time.Duration
	// allowed is what Clary said may follow, nil when it said nothing.
	allowed []string
	// oldest is the first event that is left, where Clary said that those before it were purged.
	oldest int64
}

// about makes the error for the border, naming the target.
func (f *fault) about(op, target string) error {
	return bot.E(f.code, op, target+": "+f.text, f.err)
}

func unanswered(place string, timeout time.Duration, err error) *fault {
	f := &fault{code: bot.CodeUnavailable, err: err, again: true, unsure: true}
	f.text = fmt.Sprintf("Clary cannot be reached at %s. Try again when it is back, or ask whoever runs the bot to check clary.url.", place)
	if errors.Is(err, context.DeadlineExceeded) {
		f.code = bot.CodeTimeout
		f.text = fmt.Sprintf("Clary did not answer within %s. Try again, or ask whoever runs Clary whether it is overloaded.", timeout)
	}
	return f
}

// unreadable is an answer of success that does not say what it should; what says how it is wrong.
func unreadable(what string, err error) *fault {
	return &fault{
		code: bot.CodeBadAnswer, err: err, unsure: true,
		text: "Clary's answer " + what + ". Ask whoever runs the bot to check clary.url, clary.paths and clary.fields.",
	}
}

// stopped is for a host whose work ended because ctx did.
func stopped(ctx context.Context, at string) *fault {
	f := &fault{code: bot.CodeCanceled, err: context.Cause(ctx)}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		f.code = bot.CodeTimeout
	}
	f.text = "Not started."
	if at != "" {
		f.text = "Stopped between two steps; it is " + at + " now."
	}
	if errors.Is(f.err, errGaveUp) {
		f.code = bot.CodeUnavailable
		f.text += fmt.Sprintf(" Clary failed for %d hosts in a row; try again when it is back.", giveUpAfter)
	}
	return f
}

// refusal explains an answer that is not a success.
func (c *Client) refusal(a answer) *fault {
	f := &fault{code: bot.CodeBadAnswer, err: fmt.Errorf("HTTP status %d: %.200q", a.status, a.body)}
	refused := c.errorName(a)
	switch {
	case a.status == http.StatusUnauthorized:
		f.code = bot.CodeAuth
		f.text = "Clary does not accept the bot's token (401). Ask whoever runs the bot to check clary.token."
	case a.status == http.StatusForbidden:
		f.code = bot.CodeAuth
		f.text = "Clary does not let the bot do this (403). Ask whoever runs Clary to give the bot's account the right."
	case a.status == http.StatusTooManyRequests:
		f.code, f.again, f.wait = bot.CodeRateLimited, true, a.retryAfter
		f.text = "Clary asks to slow down (429). " + waitText(a.retryAfter) + ", or with a lower concurrency."
	case a.status >= 500:
		f.code, f.again, f.unsure = bot.CodeUnavailable, true, true
		f.wait = a.retryAfter
		f.text = fmt.Sprintf("Clary has a fault of its own (%d). Try again in a minute; if it stays, tell whoever runs Clary.", a.status)
	case refused == "unknown_node":
		f.code = bot.CodeNotFound
		f.text = "Clary does not know this node. Check the name and try again."
	case refused == "unknown_status":
		f.code = bot.CodeInvalid
		f.text = "Clary does not know this status. Type clary next and a status that you know to see which follow it."
	case refused == "forbidden_transition":
		f.code, f.allowed = bot.CodeForbidden, c.allowed(a)
	case refused == "state_changed":
		f.code = bot.CodeConflict
	case a.status == http.StatusGone && refused == "truncated":
		f.oldest = c.oldest(a)
		f.text = "Clary has purged these events (410)."
	case a.status == http.StatusNotFound:
		f.code = bot.CodeNotFound
		f.text = "Clary has nothing there (404). Check the name, or ask whoever runs the bot to check clary.url and clary.paths."
	default:
		f.text = fmt.Sprintf("Clary refused the request (%d%s). Ask whoever runs the bot to look at its log.", a.status, quoted(refused))
	}
	return f
}

// quoted writes the error name of an answer for people; it comes from outside, so it is cut.
func quoted(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(", %.40q", name)
}

func waitText(d time.Duration) string {
	if d <= 0 {
		return "Try again later"
	}
	return "Try again in " + d.String()
}

func forbidden(from, to string, allowed []string) *fault {
	f := &fault{code: bot.CodeForbidden, allowed: allowed}
	switch {
	case from == to:
		f.text = "It is " + to + " already, and Clary does not let it be set again. Nothing needs to be done."
	case len(allowed) == 0:
		f.text = fmt.Sprintf("Clary does not allow %s -> %s. Nothing is allowed from %s; ask whoever runs Clary.", from, to, from)
	default:
		f.text = fmt.Sprintf("Clary does not allow %s -> %s. Allowed from %s: %s. Type clary ensure instead of clary set to go through other statuses.",
			from, to, from, listed(allowed))
	}
	return f
}

func changedMeanwhile(was, now string) *fault {
	return &fault{code: bot.CodeConflict, moved: true, text: fmt.Sprintf(
		"Somebody else changed it meanwhile: it is %s now, not %s. Nothing was overwritten; look at it and decide again.", now, was)}
}

// stale is for a host that is not where whoever asked believed it to be, nil where it is or nothing was believed. What they would have asked
// for, had they known, is theirs to say.
func (o order) stale(now string) *fault {
	if o.expected == "" || o.expected == now {
		return nil
	}
	return &fault{code: bot.CodeConflict, text: fmt.Sprintf(
		"It was %s when this was offered, and is %s now. Nothing was changed. Look at it; if you still want this, ask anew with expected=%s.", o.expected, now, now)}
}

// notYet is for a status that Clary lets nothing leave although the transition is allowed.
func notYet(at, to string, waited time.Duration) *fault {
	text := fmt.Sprintf("It is still %s: Clary does not let it go on to %s yet. Type the same line later, or add wait=600 to wait up to 600 s.", at, to)
	if waited > 0 {
		text = fmt.Sprintf("It is still %s after %s: Clary does not let it go on to %s yet. Type the same line later, or wait longer.", at, waited, to)
	}
	return &fault{code: bot.CodeConflict, text: text}
}

func unsettled(at string) *fault {
	return &fault{code: bot.CodeConflict, text: "Its status keeps changing; it is " + at +
		" now. Type the same line again when nobody else is working on it."}
}

func noWay(s search, reached []string) *fault {
	var text strings.Builder
	fmt.Fprintf(&text, "There is no allowed way from %s to %s", s.from, s.to)
	if len(s.avoid) > 0 {
		fmt.Fprintf(&text, " while avoiding %s", listed(s.avoid))
	}
	switch {
	case len(reached) == 0:
		fmt.Fprintf(&text, ". Nothing can follow %s", s.from)
	default:
		fmt.Fprintf(&text, ". Reachable: %s", listed(reached))
	}
	if s.maxSteps < maxSteps {
		fmt.Fprintf(&text, " in up to %d steps", s.maxSteps)
	}
	text.WriteString(". Avoid less with avoid=, allow more steps with max_steps=, or choose another status.")
	return &fault{code: bot.CodeForbidden, text: text.String()}
}

// forbiddenBlindly is forbidden when Clary did not say what is allowed instead.
func forbiddenBlindly(from, to string) *fault {
	return &fault{
		code: bot.CodeForbidden,
		text: fmt.Sprintf("Clary does not allow %s -> %s. Type clary next %s to see what is allowed.", from, to, from),
	}
}
