package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/petrelops/petrel/bot"
)

// Kind is how a sender shows its secret.
type Kind string

// The kinds.
const (
	APIKey Kind = "api_key" // in St2-Api-Key or X-Api-Key
	Bearer Kind = "bearer"  // in Authorization
	HMAC   Kind = "hmac"    // not at all: X-Hub-Signature-256 has the body signed with it, as GitHub does
)

// Sender is somebody who may post to webhooks.
type Sender struct {
	Name   string // tells events and log lines who it was
	Kind   Kind
	Secret string
	Hooks  []string // the webhooks that it may post to; empty is all
	// PerMinute is how many requests of it are taken in a minute, all at once or spread; 600 where it is zero.
	PerMinute int
}

const (
	perMinute    = 600
	maxPerMinute = 1_000_000
)

func limit(n int) *rate.Limiter {
	n = cmp.Or(n, perMinute)
	return rate.NewLimiter(rate.Every(time.Minute/time.Duration(n)), n)
}

const (
	headerKey       = "X-Api-Key"
	headerSt2Key    = "St2-Api-Key"
	headerSignature = "X-Hub-Signature-256"
	headerBearer    = "Authorization"
)

// secretHeaders prove who sent a request. Whoever may read events must not be able to send them.
var secretHeaders = []string{
	headerKey, headerSt2Key, headerSignature, headerBearer, "X-Hub-Signature", "X-Auth-Token", "Proxy-Authorization", "Cookie",
}

// checkSenders refuses what would let anybody in, or nobody.
func checkSenders(list []Sender) error {
	var wrong []string
	seen := map[string]bool{}
	for i, s := range list {
		name := s.Name
		if name == "" {
			name = fmt.Sprintf("number %d", i+1)
			wrong = append(wrong, "the sender "+name+" has no name")
		}
		if s.Secret == "" {
			wrong = append(wrong, "the secret of the sender "+name+" is empty")
		}
		if s.Kind != APIKey && s.Kind != Bearer && s.Kind != HMAC {
			wrong = append(wrong, fmt.Sprintf("the kind of the sender %s is %s, %s or %s, not %q", name, APIKey, Bearer, HMAC, s.Kind))
		}
		if s.PerMinute < 0 || s.PerMinute > maxPerMinute {
			wrong = append(wrong, fmt.Sprintf("per_minute of the sender %s is not from 1 to %d", name, maxPerMinute))
		}
		if seen[name] {
			wrong = append(wrong, "two senders have the name "+name)
		}
		seen[name] = true
	}
	if len(wrong) == 0 {
		return nil
	}
	return bot.E(bot.CodeInvalid, "web.senders.check", "In http.senders "+strings.Join(wrong, "; ")+".", nil)
}

// sender returns who sent a request, for a webhook that he may post to. CodeAuth: nobody known. CodeDenied: somebody, but not there.
// CodeRateLimited: more than he may in a minute.
func (s *Server) sender(h http.Header, body []byte, hook string) (string, error) {
	const op = "web.sender.find"
	denied := ""
	for n, known := range s.o.Senders {
		switch {
		case !known.vouches(h, body):
		case len(known.Hooks) == 0 || slices.Contains(known.Hooks, hook):
			return known.Name, s.take(n)
		default:
			denied = known.Name
		}
	}
	if denied != "" {
		return "", bot.E(bot.CodeDenied, op, "The sender "+denied+" may not post to this webhook. Add it to its hooks in http.senders.", nil)
	}
	return "", bot.E(bot.CodeAuth, op, "Nobody vouches for this request. Send a key in "+headerSt2Key+" or "+headerKey+", a bearer token, or a signature in "+
		headerSignature+".", nil)
}

// take counts a request of the nth sender.
func (s *Server) take(n int) error {
	now := s.Clock.Now()
	r := s.limits[n].ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	r.CancelAt(now)
	known := s.o.Senders[n]
	return &bot.Error{
		Code: bot.CodeRateLimited, Op: "web.sender.take", Wait: wait,
		Text: fmt.Sprintf("The sender %s may post %d times a minute. Send it again later, or raise per_minute in http.senders.", known.Name, cmp.Or(known.PerMinute, perMinute)),
	}
}

// vouches reports whether the request came from somebody with the secret.
func (s Sender) vouches(h http.Header, body []byte) bool {
	switch s.Kind {
	case APIKey:
		return s.same(h.Get(headerSt2Key)) || s.same(h.Get(headerKey))
	case Bearer:
		scheme, token, _ := strings.Cut(h.Get(headerBearer), " ")
		return strings.EqualFold(scheme, "bearer") && s.same(strings.TrimSpace(token))
	case HMAC:
		text, ok := strings.CutPrefix(h.Get(headerSignature), "sha256=")
		signature, err := hex.DecodeString(text)
		sum := hmac.New(sha256.New, []byte(s.Secret))
		sum.Write(body)
		return ok && err == nil && hmac.Equal(signature, sum.Sum(nil))
	}
	return false
}

// same compares in a time that tells nothing, not even how long the secret is.
func (s Sender) same(given string) bool {
	a, b := sha256.Sum256([]byte(s.Secret)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
