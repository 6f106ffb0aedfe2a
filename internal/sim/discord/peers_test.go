package discord_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/petrelops/petrel/internal/sim/discord"
)

// What follows was found by clients that others wrote: docs/peers.md.

// TestGatewayAddress: the address of the gateway takes its query with or without a slash before it.
func TestGatewayAddress(t *testing.T) {
	r := newRig(t, discord.Options{})
	_, found := r.call(http.MethodGet, "gateway/bot", nil)
	address, _ := found["url"].(string)
	for _, slash := range []string{"", "/"} {
		conn, response, err := websocket.DefaultDialer.DialContext(r.ctx, address+slash+"?v=10&encoding=json", nil)
		if err != nil {
			t.Errorf("with %q: %v", slash, err)
			continue
		}
		response.Body.Close()
		conn.Close()
	}
}

// told is what these tests read of an event.
type told struct {
	ID          string           `json:"id"`
	Token       string           `json:"token"`
	ChannelType *int             `json:"channel_type"`
	Message     *json.RawMessage `json:"message"`
}

// next reads the next event of the kind.
func (r *rig) next(conn *websocket.Conn, kind string) told {
	r.Helper()
	for {
		p := r.read(conn)
		if p.Type != kind {
			continue
		}
		var e told
		if err := json.Unmarshal(p.Data, &e); err != nil {
			r.Fatal(err)
		}
		return e
	}
}

// TestChannelType: a message says what kind of channel it stands in, without which a library drops direct messages of a channel that is new
// to it.
func TestChannelType(t *testing.T) {
	r := newRig(t, discord.Options{})
	conn := r.dial()
	r.send(conn, identify)
	r.next(conn, "GUILD_CREATE")
	for channel, want := range map[string]int{discord.Ops: 0, discord.DirectAnn: 1} {
		if _, err := r.sim.Say(discord.Said{User: discord.Ann, Channel: channel, Text: "x"}); err != nil {
			t.Fatal(err)
		}
		if got := r.next(conn, "MESSAGE_CREATE").ChannelType; got == nil || *got != want {
			t.Errorf("the message in %s does not say that its channel is of type %d", channel, want)
		}
	}
}

// TestAnswerIsToldAndRead: an answer tells what it made where that is asked for, and can be read back; a form that a button opened comes
// with the message of the button.
func TestAnswerIsToldAndRead(t *testing.T) {
	r := newRig(t, discord.Options{})
	conn := r.dial()
	r.send(conn, identify)
	r.next(conn, "GUILD_CREATE")
	if status, body := r.call(http.MethodPut, "applications/"+discord.App+"/commands", []any{map[string]any{"name": "petrel", "description": "x"}}); status != http.StatusOK {
		t.Fatal(status, body)
	}
	act := func(do func(discord.Said) (string, error), w discord.Said, body map[string]any) (told, map[string]any) {
		t.Helper()
		w.User, w.Channel = discord.Ann, discord.Ops
		if _, err := do(w); err != nil {
			t.Fatal(err)
		}
		in := r.next(conn, "INTERACTION_CREATE")
		status, answer := r.call(http.MethodPost, "interactions/"+in.ID+"/"+in.Token+"/callback?with_response=true", body)
		if status != http.StatusOK {
			t.Fatal(status, answer)
		}
		return in, answer
	}
	row := map[string]any{"type": 1, "components": []any{map[string]any{"type": 2, "style": 1, "label": "Ask", "custom_id": "ask"}}}
	in, made := act(r.sim.Slash, discord.Said{Command: "petrel"}, map[string]any{"type": 4, "data": map[string]any{"content": "here", "components": []any{row}}})
	resource, _ := made["resource"].(map[string]any)
	message, _ := resource["message"].(map[string]any)
	if message["content"] != "here" {
		t.Errorf("the answer made %v", made)
	}
	status, back := r.call(http.MethodGet, "webhooks/"+discord.App+"/"+in.Token+"/messages/@original", nil)
	if status != http.StatusOK || back["id"] != message["id"] {
		t.Errorf("it is read back as %d %v", status, back)
	}
	if status, _ := r.call(http.MethodGet, "webhooks/"+discord.App+"/"+in.Token+"/messages/1", nil); status != http.StatusNotFound {
		t.Errorf("another message is read with status %d", status)
	}
	label := map[string]any{"type": 18, "label": "Reason", "component": map[string]any{"type": 4, "custom_id": "reason", "style": 1}}
	_, made = act(r.sim.Press, discord.Said{Label: "Ask"}, map[string]any{"type": 9, "data": map[string]any{"title": "Why", "custom_id": "why", "components": []any{label}}})
	if made["resource"] != nil {
		t.Errorf("a form made %v", made)
	}
	in, made = act(r.sim.Submit, discord.Said{Values: map[string]string{"reason": "x"}}, map[string]any{"type": 5})
	about, _ := made["interaction"].(map[string]any)
	if about["response_message_loading"] != true || made["resource"] != nil {
		t.Errorf("a deferred answer made %v", made)
	}
	if in.Message == nil || !strings.Contains(string(*in.Message), "Ask") {
		t.Error("the form came without the message of its button")
	}
}
