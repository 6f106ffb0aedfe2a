package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/bot"
)

// request is one call of the REST API.
type request struct {
	name   string // area.verb, for errors
	method string
	path   string // below the API's address
	major  string // the channel, server or interaction that Discord counts the calls by, empty for none
	body   any    // nil is none
	files  []bot.File
	// free says that the call answers an interaction: its token is in the path, and it is not counted among the calls of a second.
	free bool
}

// observed is what is seen of an answer before discordgo reads it.
type observed struct {
	status int
	header http.Header
}

// observedKey is where observing finds where to write.
type observedKey struct{}

// observing notes status and headers of answers: discordgo does not tell them of an answer that is good, and sleeps over those of others.
type observing struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t observing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.next.RoundTrip(r)
	if seen, ok := r.Context().Value(observedKey{}).(*observed); ok && answer != nil {
		seen.status, seen.header = answer.StatusCode, answer.Header
	}
	return answer, err
}

// call makes one call and decodes the answer into into, where that is not nil. It does not make it while Discord wants the bucket left
// alone, and it never repeats it: discordgo gets a rate limiter of its own each time, so that it finds nothing to sleep over.
func (a *Adapter) call(ctx context.Context, r request, into any) error {
	kind, body, err := r.encode()
	if err != nil {
		return bot.E(bot.CodeInternal, op(r.name), "", err)
	}
	room, wait := a.gate.enter(ctx, r)
	if wait > 0 {
		return platform.Limited(op(r.name), wait, nil)
	}
	seen := &observed{}
	unlimited := discordgo.NewRatelimiter().LockBucket(r.name)
	answer, err := a.rest.RequestWithLockedBucket(r.method, a.opts.URL+r.path, kind, body, unlimited, 0,
		discordgo.WithContext(context.WithValue(ctx, observedKey{}, seen)), discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
	heard := listen(seen, err)
	a.gate.leave(r, room, heard)
	var failed error
	if heard.wait > 0 {
		failed = platform.Limited(op(r.name), heard.wait, err)
	} else if err != nil {
		failed = fault(r.name, seen.status, err)
	}
	switch {
	case failed != nil:
		return failed
	case into == nil:
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return bot.E(bot.CodeBadAnswer, op(r.name), "Discord answered something that cannot be read. Try again in a moment.", err)
	}
	return nil
}

func (r request) encode() (kind string, body []byte, err error) {
	if len(r.files) > 0 {
		var files []*discordgo.File
		for _, f := range r.files {
			files = append(files, &discordgo.File{Name: f.Name, ContentType: f.Type, Reader: bytes.NewReader(f.Content)})
		}
		return discordgo.MultipartBodyWithJSON(r.body, files)
	}
	if r.body == nil {
		return "", nil, nil
	}
	body, err = json.Marshal(r.body)
	return "application/json", body, err
}

// limits are what an answer says about them.
type limits struct {
	answered bool   // by Discord itself, which would have said what there is to say
	bucket   string // Discord's name of it
	limit    int    // calls in a window; zero where it is not said
	left     int
	after    time.Duration // until the window ends
	window   time.Duration // when it ends by Discord's clock, since 1970
	wait     time.Duration // how long an answer of 429 asks to wait
	global   bool          // for everything
	refused  bool          // it counts among those of which too many have Discord shut out the address
}

// listen reads what an answer says about limits.
func listen(seen *observed, err error) limits {
	h := seen.header
	l := limits{answered: seen.status != 0 && seen.status < http.StatusInternalServerError, bucket: h.Get("X-RateLimit-Bucket"), after: seconds(h.Get("X-RateLimit-Reset-After"))}
	l.limit, _ = strconv.Atoi(h.Get("X-RateLimit-Limit")) // no number is not said
	l.left, _ = strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if end, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset"), 64); err == nil && end > 0 && end < 1e10 {
		l.window = time.Duration(end * float64(time.Second))
	}
	scope := h.Get("X-RateLimit-Scope")
	switch seen.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		l.refused = true
	case http.StatusTooManyRequests:
		l.refused = scope != "shared"
		l.global = h.Get("X-RateLimit-Global") != "" || scope == "" // without a scope it is Cloudflare that speaks
		if l.wait = max(seconds(h.Get("Retry-After")), retryAfter(err)); l.wait <= 0 {
			l.wait = defaultWait
		}
	}
	return l
}

// seconds reads a header; what is no number is zero.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 86400 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}
