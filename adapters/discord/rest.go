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
	bucket string // calls of one bucket wait for each other; empty is the name
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
	if r.bucket == "" {
		r.bucket = r.name
	}
	if wait := a.gate.enter(r.bucket, !r.free); wait > 0 {
		return limited(r.name, wait, nil)
	}
	kind, body, err := r.encode()
	if err != nil {
		return bot.E(bot.CodeInternal, op(r.name), "", err)
	}
	seen := &observed{}
	bucket := discordgo.NewRatelimiter().LockBucket(r.bucket)
	answer, err := a.rest.RequestWithLockedBucket(r.method, a.opts.URL+r.path, kind, body, bucket, 0,
		discordgo.WithContext(context.WithValue(ctx, observedKey{}, seen)), discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
	failed := a.learn(r, seen, err)
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

// learn takes what an answer says about limits, and returns the fault that it is.
func (a *Adapter) learn(r request, seen *observed, err error) error {
	after := seconds(seen.header.Get("X-RateLimit-Reset-After"))
	if seen.header.Get("X-RateLimit-Remaining") == "0" && after > 0 {
		a.gate.shut(r.bucket, after)
	}
	shared := seen.header.Get("X-RateLimit-Scope") == "shared"
	switch seen.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		if !shared {
			a.gate.refused()
		}
	}
	if err == nil {
		return nil
	}
	if seen.status != http.StatusTooManyRequests {
		return fault(r.name, seen.status, err)
	}
	wait := max(seconds(seen.header.Get("Retry-After")), after, retryAfter(err))
	if wait <= 0 {
		wait = defaultWait
	}
	bucket := r.bucket
	if seen.header.Get("X-RateLimit-Global") != "" || seen.header.Get("X-RateLimit-Scope") == "" {
		bucket = everywhere // without a scope it is Cloudflare that speaks
	}
	a.gate.shut(bucket, wait)
	return limited(r.name, wait, err)
}

// seconds reads a header; what is no number is zero.
func seconds(text string) time.Duration {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 86400 {
		return 0
	}
	return time.Duration(n * float64(time.Second))
}
