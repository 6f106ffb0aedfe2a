package chat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

func TestUnacknowledgedComesAgain(t *testing.T) {
	r := newRig(t)
	e := r.listen()
	m := r.say("hello", 0)
	for retry := range 4 {
		if got := e.wait("message"); got.Delivery != m.Delivery || got.Retry != retry || got.Message.Text != "hello" || got.Message.ID != m.ID {
			t.Fatalf("delivery %d is %+v", retry, got)
		}
	}
	lines := r.lines(chat.LineDelivery)
	if len(lines) != 4 {
		t.Fatalf("%d deliveries are in the ledger, want 4", len(lines))
	}
	for i, least := range []time.Duration{3 * time.Second, 3*time.Second + time.Second, 3*time.Second + 5*time.Second} {
		if waited := lines[i+1].Time.Sub(lines[i].Time); waited < least {
			t.Errorf("redelivery %d came after %s, want at least %s", i+1, waited, least)
		}
	}
}

func TestAcknowledgedDoesNotComeAgain(t *testing.T) {
	r := newRig(t)
	e := r.listen()
	m := r.say("hello", 0)
	e.hear("message")
	r.call("POST", "/v1/acks", `{"delivery":"`+m.Delivery+`"}`, http.StatusNoContent)
	r.call("POST", "/v1/acks", `{"delivery":"`+m.Delivery+`"}`, http.StatusNoContent)
	other := r.say("next", 0)
	if got := e.hear("message"); got.Delivery != other.Delivery {
		t.Errorf("heard %+v", got)
	}
	if acks := r.lines(chat.LineAck); len(acks) != 2 || acks[0].Message != m.ID {
		t.Errorf("acks in the ledger: %+v", acks)
	}
}

// Any one of several sockets gets a message, and copies come whether acknowledged or not.
func TestSocketsShare(t *testing.T) {
	r := newRig(t)
	first, second := r.listen(), r.listen()
	m := r.say("hello", 2)
	for _, e := range []*ear{first, second} {
		if got := e.hear("message"); got.Delivery != m.Delivery {
			t.Errorf("heard %+v", got)
		}
	}
}

func TestCut(t *testing.T) {
	r := newRig(t)
	closed := r.listen()
	r.sim.Cut(false)
	closed.hear("bye")
	deaf := r.listen()
	r.sim.Cut(true)
	r.say("unheard", 0)
	hears := r.listen()
	r.say("first", 1)
	r.say("second", 1)
	hears.hear("message")
	if n := len(deaf.events); n != 0 {
		t.Errorf("a deaf socket heard %d events", n)
	}
	if r.sim.Sockets() != 2 {
		t.Errorf("%d sockets are open, want the deaf one and the good one", r.sim.Sockets())
	}
}

func TestPostsMarksAndHistory(t *testing.T) {
	r := newRig(t)
	m := r.say("set it", 0)
	r.clock.Advance(time.Second)
	body := `{"channel":"ops","thread":"` + m.ID + `","key":"k1","text":"Done.","execution":"e1","status":"succeeded","final":true}`
	r.call("POST", "/v1/messages", body, http.StatusCreated)
	r.call("POST", "/v1/messages", body, http.StatusCreated) // twice is twice
	if found := r.call("GET", "/v1/messages?key=k1", "", http.StatusOK); strings.Count(found, `"key":"k1"`) != 2 {
		t.Errorf("found %s", found)
	}
	r.call("PUT", "/v1/messages/"+m.ID+"/marks", `{"mark":"accepted"}`, http.StatusNoContent)
	r.call("PUT", "/v1/messages/"+m.ID+"/marks", `{"mark":"accepted"}`, http.StatusNoContent)
	posted := r.lines(chat.LinePost)[0]
	r.call("PATCH", "/v1/messages/"+posted.Message, `{"text":"Better."}`, http.StatusNoContent)
	history := r.call("GET", "/v1/history?since="+start.Format(time.RFC3339), "", http.StatusOK)
	if !strings.Contains(history, `"marks":["accepted"]`) || !strings.Contains(history, "Better.") {
		t.Errorf("history is %s", history)
	}
	later := r.call("GET", "/v1/history?since="+start.Add(time.Second).Format(time.RFC3339), "", http.StatusOK)
	if strings.Contains(later, "set it") {
		t.Errorf("history since then is %s", later)
	}
	if n := len(r.lines(chat.LineMark)); n != 1 {
		t.Errorf("%d marks are in the ledger, want 1", n)
	}
}

func TestStrict(t *testing.T) {
	r := newRig(t)
	m := r.say("set it", 0)
	post := func(member string) string { return `{"channel":"ops","key":"k","text":"x",` + member + `}` }
	for i, tt := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/messages", post(`"colour":"red"`), 422},
		{"POST", "/v1/messages", post(`"thread":"m99"`), 404},
		{"POST", "/v1/messages", `{"channel":"ops","key":"k","text":" "}`, 422},
		{"POST", "/v1/messages", `{"channel":"ops","key":"k","text":"a\u001b[2Jb"}`, 422},
		{"POST", "/v1/messages", `{"channel":"ops","key":"k","text":"a\u202eb"}`, 422},
		{"POST", "/v1/messages", `{"channel":"ops","key":"k","text":"` + strings.Repeat("x", 40001) + `"}`, 422},
		{"POST", "/v1/messages", `{"channel":"ops","text":"x"}`, 422},
		{"POST", "/v1/messages", `{"key":"k","text":"x"}`, 422},
		{"PATCH", "/v1/messages/m99", `{"text":"x"}`, 404},
		{"PATCH", "/v1/messages/" + m.ID, `{"text":"x"}`, 403},
		{"PUT", "/v1/messages/m99/marks", `{"mark":"accepted"}`, 404},
		{"PUT", "/v1/messages/" + m.ID + "/marks", `{}`, 422},
		{"POST", "/v1/acks", `{"delivery":"d99"}`, 404},
		{"GET", "/v1/history?since=yesterday", "", 422},
		{"DELETE", "/v1/messages/" + m.ID, "", 404},
	} {
		r.call(tt.method, tt.path, tt.body, tt.status)
		if n := len(r.lines(chat.LineRefused)); n != i+1 {
			t.Errorf("after %s %s %d refusals are in the ledger, want %d", tt.method, tt.path, n, i+1)
		}
	}
	if n := len(r.lines(chat.LinePost)) + len(r.lines(chat.LineEdit)); n != 0 {
		t.Errorf("%d effects", n)
	}
}

func TestFaults(t *testing.T) {
	const body = `{"channel":"ops","key":"k","text":"x"}`
	t.Run("too many requests", func(t *testing.T) {
		r := newRig(t)
		r.call("POST", "/_sim/faults", `{"kind":"post","effect":"status","status":429,"retry_after":7}`, 200)
		r.call("POST", "/v1/messages", body, 429)
		r.clock.Advance(6 * time.Second)
		r.call("POST", "/v1/messages", body, 429)
		r.clock.Advance(time.Second)
		r.call("POST", "/v1/messages", body, 201)
		refused := r.lines(chat.LineRefused)
		if len(refused) != 2 || refused[1].Code != "early" {
			t.Errorf("refused: %+v", refused)
		}
	})
	t.Run("stored, and the answer lost", func(t *testing.T) {
		r := newRig(t)
		r.call("POST", "/_sim/faults", `{"kind":"post","effect":"drop","after":true}`, 200)
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+"/v1/messages", strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		if answer, err := r.client.Do(request); err == nil {
			answer.Body.Close()
			t.Errorf("it was answered with %s", answer.Status)
		}
		posts := r.lines(chat.LinePost)
		if len(posts) != 1 || posts[0].Fault != chat.EffectDrop {
			t.Errorf("posts: %+v", posts)
		}
		if rules := r.sim.Faults(); rules[0].Fired != 1 {
			t.Errorf("rules: %+v", rules)
		}
	})
	t.Run("wrong rules", func(t *testing.T) {
		r := newRig(t)
		for _, rule := range []string{`{"kind":"nothing","effect":"drop"}`, `{"kind":"post","effect":"explode"}`, `{"kind":"post","effect":"status"}`, `{"kind":"post","effect":"drop","retry_after":3}`} {
			r.call("POST", "/_sim/faults", rule, 400)
		}
	})
}

// Without a witness there must be no effect.
func TestLedgerFailureStopsEverything(t *testing.T) {
	sim := chat.New(chat.Options{Ledger: broken{}})
	defer sim.Close()
	if _, err := sim.Say(chat.Message{User: "ann", Channel: "ops", Text: "x"}, 0); err == nil {
		t.Error("a message was written although the ledger cannot be")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }
