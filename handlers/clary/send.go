package clary

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/random"
)

const (
	maxAnswer  = 1 << 20 // bytes of an answer that are read
	maxRetries = 3
	firstPause = 250 * time.Millisecond
	// maxPause bounds the pause that Clary may ask for. A longer one is told to the person instead.
	maxPause = time.Minute
)

// request is one call. A write runs to its end once it is on its way, so that a cancel leaves no doubt about its effect.
type request struct {
	method string
	path   string
	id     string         // the execution, sent as X-Request-Id
	body   map[string]any // nil for none
}

// answer is what Clary said.
type answer struct {
	status     int
	media      string
	body       []byte
	retryAfter time.Duration
}

// at fills a path of the configuration.
func at(path, holder, name string) string {
	return strings.ReplaceAll(strings.TrimPrefix(path, "/"), holder, url.PathEscape(name))
}

// send makes one call and no second one. It returns a fault for everything but a success.
func (c *Client) send(ctx context.Context, q request) (answer, *fault) {
	select {
	case c.parallel <- struct{}{}:
		defer func() { <-c.parallel }()
	case <-ctx.Done():
		return answer{}, stopped(ctx, "")
	}
	if ctx.Err() != nil {
		return answer{}, stopped(ctx, "")
	}
	call := ctx
	if q.body != nil {
		call = context.WithoutCancel(ctx)
	}
	call, cancel := context.WithTimeout(call, c.config.Timeout)
	defer cancel()
	a, err := c.roundTrip(call, q)
	switch {
	case err != nil && ctx.Err() != nil && q.body == nil:
		return answer{}, stopped(ctx, "")
	case err != nil:
		return answer{}, unanswered(c.place, c.config.Timeout, err)
	case a.status < 200 || a.status > 299:
		return a, c.refusal(a)
	case len(a.body) > maxAnswer:
		return a, unreadable("is larger than "+strconv.Itoa(maxAnswer)+" bytes", nil)
	case a.media != "" && !strings.HasSuffix(a.media, "json"):
		return a, unreadable("is "+a.media+" and not JSON", nil)
	}
	return a, nil
}

func (c *Client) roundTrip(ctx context.Context, q request) (answer, error) {
	var body io.Reader
	if q.body != nil {
		text, err := json.Marshal(q.body)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, c.base+q.path, body)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.config.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.config.Token)
	}
	if q.id != "" {
		r.Header.Set("X-Request-Id", q.id)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode}
	a.media, _, _ = mime.ParseMediaType(response.Header.Get("Content-Type")) // a label that cannot be read counts as none
	a.retryAfter = c.retryAfter(response.Header.Get("Retry-After"))
	a.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	return a, err
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3). Zero when there is none.
func (c *Client) retryAfter(text string) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(c.clock.Now()))
	}
	return 0
}

// retry calls do until it succeeds, its fault is not worth another try, or all tries are used up. It waits between tries.
func (c *Client) retry(ctx context.Context, worth func(*fault) bool, do func() *fault) *fault {
	pause := firstPause
	for tries := 0; ; tries++ {
		f := do()
		if f == nil || tries == maxRetries || !worth(f) || f.wait > maxPause {
			return f
		}
		if clock.Wait(ctx, c.clock, max(f.wait, random.Jitter(c.random, pause))) != nil {
			return f
		}
		pause *= 2
	}
}

// read makes a GET, which may be repeated.
func (c *Client) read(ctx context.Context, q request) (object, *fault) {
	var found object
	f := c.retry(ctx, func(f *fault) bool { return f.again }, func() *fault {
		a, f := c.send(ctx, q)
		if f == nil {
			found, f = decode(a)
		}
		return f
	})
	return found, f
}

// object is a JSON object whose fields are looked up by their configured names.
type object map[string]json.RawMessage

func decode(a answer) (object, *fault) {
	var o object
	if err := json.Unmarshal(a.body, &o); err != nil || o == nil {
		return nil, unreadable("is not a JSON object", err)
	}
	return o, nil
}

// optional returns a text field, or "" when there is none.
func (o object) optional(field string) string {
	var s string
	if json.Unmarshal(o[field], &s) != nil {
		return ""
	}
	return s
}

func (c *Client) errorName(a answer) string {
	var o object
	if json.Unmarshal(a.body, &o) != nil {
		return ""
	}
	return o.optional(c.config.Fields.Error)
}

func (c *Client) allowed(a answer) []string {
	var o object
	var list []string
	if json.Unmarshal(a.body, &o) != nil || json.Unmarshal(o[c.config.Fields.Allowed], &list) != nil {
		return nil
	}
	return list
}

// oldest is the id of the first event that is left, 0 when Clary does not say.
func (c *Client) oldest(a answer) int64 {
	var said struct{ Oldest int64 }
	if json.Unmarshal(a.body, &said) != nil {
		return 0
	}
	return said.Oldest
}

// refused reports whether Clary answered that it did not do what a write asked for, so that another try cannot double it.
func refused(f *fault) bool { return f.code == bot.CodeRateLimited }
