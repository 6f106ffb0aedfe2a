package web_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/event"
)

const (
	hooks   = "/api/v1/webhooks/"
	withKey = "St2-Api-Key: " + key
	asJSON  = "Content-Type: application/json"
	asForm  = "Content-Type: application/x-www-form-urlencoded"
)

func TestWebhookBecomesAnEvent(t *testing.T) {
	w := newWorld(t)
	got := w.post(hooks+"ci/build?x=1", `{"n": 1, "f": 1.5, "big": 9007199254740993, "l": [null]}`, withKey, asJSON, "X-Two: a", "X-Two: b", "Cookie: c=d",
		"Authorization: Basic eA==", "X-Hub-Signature: sha1=00")
	if got.Code != http.StatusAccepted || got.Header().Get("X-Petrel-Event") != "event-1" {
		t.Fatalf("%d %v %s", got.Code, got.Header(), got.Body)
	}
	if diff := cmp.Diff(`{"big":9007199254740993,"f":1.5,"l":[null],"n":1}`+"\n", got.Body.String()); diff != "" {
		t.Errorf("the body is not echoed:\n%s", diff)
	}
	want := []event.Event{{
		Trigger: "core.st2.webhook", With: map[string]any{"url": "ci/build"}, Source: "webhook:ci", Payload: map[string]any{
			"headers":       map[string]any{"Host": "example.com", "Content-Type": "application/json", "X-Two": "a, b"},
			"headers_lower": map[string]any{"host": "example.com", "content-type": "application/json", "x-two": "a, b"},
			"body":          map[string]any{"n": int64(1), "f": 1.5, "big": int64(9007199254740993), "l": []any{nil}},
		},
	}}
	if diff := cmp.Diff(want, w.events); diff != "" {
		t.Error(diff)
	}
}

// What proves who sent a request, or does not, and where he may post to.
func TestSenders(t *testing.T) {
	const body = `{"a": 1}`
	for _, test := range []struct {
		name, hook string
		headers    []string
		status     int
		from       string
	}{
		{"key", "push", []string{"St2-Api-Key: " + key}, 202, "ci"},
		{"other header", "push", []string{"X-Api-Key: " + key}, 202, "ci"},
		{"token", "push", []string{"Authorization: Bearer " + token}, 202, "watch"},
		{"token, small letters", "push", []string{"authorization: bearer " + token}, 202, "watch"},
		{"signature", "push", []string{signed(secret, body)}, 202, "github"},
		{"wrong signature and key", "push", []string{signed("x", body), "X-Api-Key: " + key}, 202, "ci"},
		{"signature, other hook", "ci/build", []string{signed(secret, body)}, 403, ""},
		{"signature, no such hook", "nowhere", []string{signed(secret, body)}, 403, ""},
		{"nothing", "push", nil, 401, ""},
		{"nothing, no such hook", "nowhere", nil, 401, ""},
		{"empty key", "push", []string{"X-Api-Key: "}, 401, ""},
		{"wrong key", "push", []string{"X-Api-Key: " + key + "x"}, 401, ""},
		{"part of the key", "push", []string{"X-Api-Key: " + key[1:]}, 401, ""},
		{"token as key", "push", []string{"X-Api-Key: " + token}, 401, ""},
		{"key as token", "push", []string{"Authorization: Bearer " + key}, 401, ""},
		{"secret as key", "push", []string{"X-Api-Key: " + secret}, 401, ""},
		{"secret as token", "push", []string{"Authorization: Bearer " + secret}, 401, ""},
		{"basic", "push", []string{"Authorization: Basic " + token}, 401, ""},
		{"bare token", "push", []string{"Authorization: " + token}, 401, ""},
		{"signed with the key", "push", []string{signed(key, body)}, 401, ""},
		{"signature of another body", "push", []string{signed(secret, body+" ")}, 401, ""},
		{"signature without sha256", "push", []string{strings.Replace(signed(secret, body), "sha256=", "", 1)}, 401, ""},
		{"signature as sha1", "push", []string{strings.Replace(signed(secret, body), "sha256=", "sha1=", 1)}, 401, ""},
		{"half a signature", "push", []string{signed(secret, body)[:60]}, 401, ""},
		{"signature that is no hex", "push", []string{"X-Hub-Signature-256: sha256=zz"}, 401, ""},
		{"empty signature", "push", []string{"X-Hub-Signature-256: sha256="}, 401, ""},
		{"key in the address", "push?st2-api-key=" + key, nil, 401, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			got := w.post(hooks+test.hook, body, append(test.headers, asJSON)...)
			if got.Code != test.status {
				t.Fatalf("%d %s, want %d", got.Code, got.Body, test.status)
			}
			if test.from == "" {
				if len(w.events) > 0 || !strings.HasPrefix(got.Body.String(), `{"faultstring":"`) || got.Header().Get("X-Petrel-Event") != "" {
					t.Errorf("refused, but: %v %s", w.events, got.Body)
				}
				return
			}
			if len(w.events) != 1 || w.events[0].Source != "webhook:"+test.from {
				t.Errorf("%+v", w.events)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	for _, test := range []struct {
		name, kind, body string
		status           int
		want             any
	}{
		{"object", asJSON, `{}`, 202, map[string]any{}},
		{"list", asJSON, `[1]`, 202, []any{int64(1)}},
		{"null", asJSON, `null`, 202, nil},
		{"charset", asJSON + "; charset=utf-8", `"x"`, 202, "x"},
		{"suffix", "Content-Type: application/cloudevents+json", `1`, 202, int64(1)},
		{"no type", "X: y", `{"a": "<b>"}`, 202, map[string]any{"a": "<b>"}},
		{"no body", "X: y", "", 202, map[string]any{}},
		{"no body but a type", asJSON, " \n", 202, map[string]any{}},
		{"form", asForm, "a=1&b=x+y&a=2&c=", 202, map[string]any{"a": []any{"1", "2"}, "b": "x y", "c": ""}},
		{"largest", asJSON, `"` + strings.Repeat("x", 1<<20-2) + `"`, 202, strings.Repeat("x", 1<<20-2)},
		{"too large", asJSON, `"` + strings.Repeat("x", 1<<20-1) + `"`, 413, nil},
		{"cut off", asJSON, `{"a": `, 400, nil},
		{"two values", asJSON, `{} {}`, 400, nil},
		{"no JSON", asJSON, `a=1`, 400, nil},
		{"too deep", asJSON, strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), 400, nil},
		{"bad form", asForm, "a=%zz", 400, nil},
		{"semicolons", asForm, "a=1;b=2", 400, nil},
		{"text", "Content-Type: text/plain", "x", 415, nil},
		{"multipart", "Content-Type: multipart/form-data; boundary=x", "x", 415, nil},
		{"XML", "Content-Type: application/xml", "<a/>", 415, nil},
		{"type that is none", "Content-Type: ;;", "x", 415, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			got := w.post(hooks+"push", test.body, withKey, test.kind)
			if got.Code != test.status {
				t.Fatalf("%d, want %d: %.200s", got.Code, test.status, got.Body)
			}
			if (len(w.events) == 1) != (test.status == http.StatusAccepted) {
				t.Fatalf("%d events", len(w.events))
			}
			if test.status == http.StatusAccepted {
				if diff := cmp.Diff(test.want, w.events[0].Payload.(map[string]any)["body"]); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestBodyThatBreaksOff(t *testing.T) {
	w := newWorld(t)
	got := w.send(http.MethodPost, hooks+"push", iotest.ErrReader(errors.New("hung up")), withKey, asJSON)
	if got.Code != http.StatusBadRequest || len(w.events) > 0 {
		t.Errorf("%d %v", got.Code, w.events)
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"POST", hooks + "push", 202},
		{"POST", hooks + "push/", 202},
		{"POST", hooks + "ci/build", 202},
		{"POST", hooks + "ci%2Fbuild", 202},
		{"POST", hooks + "ci", 404},
		{"POST", hooks + "ci/build/x", 404},
		{"POST", hooks + "PUSH", 404},
		{"POST", hooks + "off", 404},   // its rule is
		{"POST", hooks + "timer", 404}, // waits for something else
		{"POST", hooks, 404},
		{"POST", hooks + strings.Repeat("x", 5000), 404},
		{"POST", hooks + "%00%ff", 404},
		{"GET", hooks + "push", 405},
		{"PUT", hooks + "push", 405},
		{"POST", "/healthz", 405},
		{"POST", "/api/v1/executions", 404},
		{"GET", "/", 404},
	} {
		t.Run(test.method+" "+test.path[:min(len(test.path), 40)], func(t *testing.T) {
			w := newWorld(t)
			if got := w.send(test.method, test.path, strings.NewReader("{}"), withKey, asJSON); got.Code != test.status || (len(w.events) == 1) != (test.status == 202) {
				t.Errorf("%d and %d events, want %d: %s", got.Code, len(w.events), test.status, got.Body)
			}
		})
	}
}

// The same delivery again is the same event; anything else is another.
func TestDeliveriesThatComeAgain(t *testing.T) {
	const first = "X-Github-Delivery: 1"
	for _, test := range []struct {
		name, hook string
		headers    []string
		again      bool
	}{
		{"same", "push", []string{withKey, first}, true},
		{"same, and another key beside it", "push", []string{withKey, first, "Idempotency-Key: 9"}, true},
		{"other delivery", "push", []string{withKey, "X-Github-Delivery: 2"}, false},
		{"very long", "push", []string{withKey, "X-Github-Delivery: " + strings.Repeat("1", 10_000)}, false},
		{"other header", "push", []string{withKey, "Idempotency-Key: 1"}, false},
		{"other webhook", "ci/build", []string{withKey, first}, false},
		{"other sender", "push", []string{"Authorization: Bearer " + token, first}, false},
		{"no name", "push", []string{withKey}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.post(hooks+"push", "{}", withKey, first)
			got := w.post(hooks+test.hook, "{}", test.headers...)
			if id := got.Header().Get("X-Petrel-Event"); got.Code != 202 || (id == "event-1") != test.again || (len(w.events) == 1) != test.again {
				t.Errorf("%d %q, %d events", got.Code, id, len(w.events))
			}
			for _, e := range w.events {
				if len(e.Dedupe) > 100 {
					t.Errorf("a key of %d bytes", len(e.Dedupe))
				}
			}
		})
	}
	w := newWorld(t)
	w.post(hooks+"push", "{}", withKey)
	w.post(hooks+"push", "{}", withKey)
	if len(w.events) != 2 {
		t.Errorf("two deliveries without a name are %d events", len(w.events))
	}
}

// What goes wrong behind the server: whether to try again, and what nobody outside needs to know.
func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name        string
		rules, emit error
		status      int
		text        string
	}{
		{"rules cannot be read", bot.E(bot.CodeUnavailable, "x.y.z", "The store is away.", nil), nil, 503, "The store is away."},
		{"not accepted", nil, bot.E(bot.CodeUnavailable, "x.y.z", "The store is away.", nil), 503, "The store is away."},
		{"too slow", nil, bot.E(bot.CodeTimeout, "x.y.z", "", context.DeadlineExceeded), 503, "Something unexpected happened. The log has the rest."},
		{"payload", nil, bot.E(bot.CodeInvalid, "x.y.z", "The payload is wrong.", nil), 400, "The payload is wrong."},
		{"ours", nil, bot.E(bot.CodeInternal, "x.y.z", "secret path", nil), 500, "Something unexpected happened. The log has the rest."},
		{"unknown", nil, errors.New("secret path"), 500, "Something unexpected happened. The log has the rest."},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.ruleErr, w.fault = test.rules, test.emit
			got := w.post(hooks+"push", "{}", withKey)
			if want := `{"faultstring":"` + test.text + `"}` + "\n"; got.Code != test.status || got.Body.String() != want {
				t.Errorf("%d %s, want %d %s", got.Code, got.Body, test.status, want)
			}
			if (got.Header().Get("Retry-After") != "") != (test.status == 503) {
				t.Errorf("Retry-After: %q", got.Header().Get("Retry-After"))
			}
		})
	}
}

// A sender that floods is told when to come again, and others do not notice.
func TestSenderThatFloods(t *testing.T) {
	w := newWorld(t)
	post := func(header string) (status int, wait string) {
		got := w.post(hooks+"push", "{}", header)
		return got.Code, got.Header().Get("Retry-After")
	}
	watch := "Authorization: Bearer " + token
	for n, want := range []int{202, 202, 429, 429} {
		if status, _ := post(watch); status != want {
			t.Errorf("request %d: %d, not %d", n+1, status, want)
		}
	}
	if status, wait := post(watch); status != http.StatusTooManyRequests || wait != "30" {
		t.Errorf("got %d, wait %q: two a minute are one each 30 seconds", status, wait)
	}
	if status, _ := post("X-Api-Key: " + key); status != http.StatusAccepted {
		t.Errorf("another sender got %d", status)
	}
	w.clock.Advance(30 * time.Second)
	if status, _ := post(watch); status != http.StatusAccepted {
		t.Errorf("after the wait: %d", status)
	}
	if status, _ := post(watch); status != http.StatusTooManyRequests {
		t.Errorf("after the one of the wait: %d", status)
	}
}
