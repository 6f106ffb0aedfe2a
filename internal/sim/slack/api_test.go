package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/internal/sim/script"
	"github.com/petrelops/petrel/internal/sim/slack"
)

// TestRefusals has one call for each error that the simulator knows.
func TestRefusals(t *testing.T) {
	r := newRig(t, slack.Options{})
	said, err := r.sim.Say(slack.Said{User: "U0ANN", Channel: "C0OPS", Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ want, method, form string }{
		{"unknown_method", "chat.shout", ""},
		{"not_authed", "auth.test", "token="},
		{"invalid_auth", "auth.test", "token=xoxb-other"},
		{"not_allowed_token_type", "apps.connections.open", ""},
		{"not_allowed_token_type", "auth.test", "token=xapp-sim"},
		{"channel_not_found", "chat.postMessage", "channel=C0NONE&text=x"},
		{"not_in_channel", "chat.postMessage", "channel=C0QUIET&text=x"},
		{"no_text", "chat.postMessage", "channel=C0OPS"},
		{"thread_not_found", "chat.postMessage", "channel=C0OPS&text=x&thread_ts=1.000000"},
		{"invalid_blocks_format", "chat.postMessage", "channel=C0OPS&blocks={}"},
		{"invalid_metadata_format", "chat.postMessage", `channel=C0OPS&text=x&metadata={"event_type":"x"}`},
		{"message_not_found", "chat.update", "channel=C0OPS&ts=1.000000&text=x"},
		{"cant_update_message", "chat.update", "channel=C0OPS&text=x&ts=" + said},
		{"cant_delete_message", "chat.delete", "channel=C0OPS&ts=" + said},
		{"message_not_found", "chat.delete", "channel=C0OPS&ts=1.000000"},
		{"user_not_in_channel", "chat.postEphemeral", "channel=C0OPS&text=x&user=U0MAL"},
		{"not_in_channel", "chat.postEphemeral", "channel=C0QUIET&text=x&user=U0ANN"},
		{"thread_not_found", "conversations.replies", "channel=C0OPS&ts=1.000000"},
		{"not_in_channel", "conversations.history", "channel=C0QUIET"},
		{"user_not_found", "users.info", "user=U0NONE"},
		{"users_not_found", "users.lookupByEmail", "email=no@example.com"},
		{"cannot_dm_bot", "conversations.open", "users=U0BOT"},
		{"invalid_arguments", "files.getUploadURLExternal", "filename=x&length=0"},
		{"file_not_found", "files.completeUploadExternal", `channel_id=C0OPS&files=[{"id":"F1"}]`},
		{"invalid_trigger_id", "views.open", `trigger_id=x&view={"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[]}`},
		{"invalid_arguments", "views.open", `trigger_id=x&view={"type":"modal","title":{"type":"plain_text","text":"` + strings.Repeat("x", 25) + `"}}`},
		{"invalid_arguments", "views.publish", `user_id=U0ANN&view={"type":"modal"}`},
		{"message_not_found", "reactions.add", "channel=C0OPS&timestamp=1.0&name=eyes"},
	} {
		form, err := url.ParseQuery(tt.form)
		if err != nil {
			t.Fatal(err)
		}
		if a := r.call(tt.method, form); a["ok"] != false || a["error"] != tt.want {
			t.Errorf("%s %s answers %v, want %s", tt.method, tt.form, a, tt.want)
		}
	}
	r.sim.SetScopes([]string{"users:read"})
	if a := r.call("chat.postMessage", url.Values{"channel": {"C0OPS"}, "text": {"x"}}); a["error"] != "missing_scope" || a["needed"] != "chat:write" || a["provided"] != "users:read" {
		t.Errorf("without the scope: %v", a)
	}
	r.sim.Revoke()
	if a := r.call("auth.test", url.Values{}); a["error"] != "token_revoked" {
		t.Errorf("with a revoked token: %v", a)
	}
}

// TestLimits posts blocks at each limit, which is taken, and just above it, which is refused.
func TestLimits(t *testing.T) {
	r := newRig(t, slack.Options{Unlimited: true})
	plain := func(n int) string { return fmt.Sprintf(`{"type":"plain_text","text":%q}`, strings.Repeat("x", n)) }
	list := func(n int, item func(i int) string) string {
		var items []string
		for i := range n {
			items = append(items, item(i))
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	button := func(text, value int) string {
		return fmt.Sprintf(`[{"type":"actions","elements":[{"type":"button","text":%s,"value":%q}]}]`, plain(text), strings.Repeat("v", value))
	}
	cell := `{"type":"raw_text","text":"x"}`
	table := func(rows, columns int) string {
		return `[{"type":"table","rows":` + list(rows, func(int) string { return list(columns, func(int) string { return cell }) }) + `}]`
	}
	for _, tt := range []struct {
		name       string
		good, over string
		want       string
	}{
		{"section", `[{"type":"section","text":` + plain(3000) + `}]`, `[{"type":"section","text":` + plain(3001) + `}]`, "invalid_blocks"},
		{"header", `[{"type":"header","text":` + plain(150) + `}]`, `[{"type":"header","text":` + plain(151) + `}]`, "invalid_blocks"},
		{"fields", `[{"type":"section","fields":` + list(10, func(int) string { return plain(9) }) + `}]`, `[{"type":"section","fields":` + list(11, func(int) string { return plain(9) }) + `}]`, "invalid_blocks"},
		{"field", `[{"type":"section","fields":[` + plain(2000) + `]}]`, `[{"type":"section","fields":[` + plain(2001) + `]}]`, "invalid_blocks"},
		{"button text", button(75, 1), button(76, 1), "invalid_blocks"},
		{"button value", button(1, 2000), button(1, 2001), "invalid_blocks"},
		{"blocks", list(50, func(int) string { return `{"type":"divider"}` }), list(51, func(int) string { return `{"type":"divider"}` }), "invalid_blocks"},
		{"table rows", table(100, 1), table(101, 1), "invalid_blocks"},
		{"table columns", table(1, 20), table(1, 21), "invalid_blocks"},
		{"two tables", table(1, 1), table(1, 1)[:len(table(1, 1))-1] + "," + table(1, 1)[1:], "invalid_blocks"},
		{"a cell without text", table(1, 1), strings.ReplaceAll(table(1, 1), `"x"`, `""`), "invalid_blocks"},
		{"all together", list(4, func(int) string { return `{"type":"section","text":` + plain(3000) + `}` }), list(5, func(int) string { return `{"type":"section","text":` + plain(3000) + `}` }), "msg_blocks_too_long"},
		{"unknown type", `[{"type":"divider"}]`, `[{"type":"marquee"}]`, "invalid_blocks"},
		{"same block id", `[{"type":"divider","block_id":"a"}]`, `[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "invalid_blocks"},
		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}]`, "invalid_blocks"},
	} {
		for blocks, want := range map[string]any{tt.good: nil, tt.over: tt.want} {
			if a := r.call("chat.postMessage", url.Values{"channel": {"C0OPS"}, "blocks": {blocks}}); a["error"] != want {
				t.Errorf("%s: got %v, want %v", tt.name, a, want)
			}
		}
	}
	a := r.call("chat.postMessage", url.Values{"channel": {"C0OPS"}, "text": {strings.Repeat("x", 40_001)}})
	message, _ := a["message"].(map[string]any)
	if text, _ := message["text"].(string); len(text) != 40_000 {
		t.Errorf("a long text was cut to %d characters", len(text))
	}
}

// TestRates: a burst is let through, then a second has to pass for each post to the channel. Other channels are not held up.
func TestRates(t *testing.T) {
	r := newRig(t, slack.Options{})
	post := func(channel string) error {
		_, _, err := r.api.PostMessageContext(t.Context(), channel, slackgo.MsgOptionText("x", false))
		return err
	}
	for range 10 {
		if err := post("C0OPS"); err != nil {
			t.Fatal(err)
		}
	}
	var limited *slackgo.RateLimitedError
	if err := post("C0OPS"); !errors.As(err, &limited) || limited.RetryAfter != time.Second {
		t.Fatalf("the eleventh post: %v", err)
	}
	if err := post("D0ANN"); err != nil {
		t.Errorf("another channel: %v", err)
	}
	r.clock.Advance(time.Second)
	if err := post("C0OPS"); err != nil {
		t.Errorf("a second later: %v", err)
	}
	if n := r.count(func(l slack.Line) bool { return l.Code == "ratelimited" }); n != 1 {
		t.Errorf("%d refusals are on record", n)
	}
}

func TestFaults(t *testing.T) {
	r := newRig(t, slack.Options{})
	post := func() error {
		_, _, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionText("x", false))
		return err
	}
	for _, tt := range []struct {
		fault  script.Fault
		stored bool
	}{
		{script.Fault{Method: "chat.postMessage", Effect: script.EffectStatus, Status: 429, RetryAfter: 7}, false},
		{script.Fault{Method: "chat.postMessage", Effect: script.EffectStatus, Status: 503}, false},
		{script.Fault{Effect: script.EffectError, Error: "fatal_error"}, false},
		{script.Fault{Effect: script.EffectGarbage}, false},
		{script.Fault{Effect: script.EffectDrop}, false},
		{script.Fault{Effect: script.EffectDrop, After: true}, true},
		{script.Fault{Effect: script.EffectStatus, Status: 500, After: true}, true},
	} {
		before := len(r.sim.Messages("C0OPS"))
		if _, err := r.sim.Inject(tt.fault); err != nil {
			t.Fatal(err)
		}
		if err := post(); err == nil {
			t.Errorf("%+v was not felt", tt.fault)
		}
		if stored := len(r.sim.Messages("C0OPS")) > before; stored != tt.stored {
			t.Errorf("%+v: stored %t, want %t", tt.fault, stored, tt.stored)
		}
	}
	if err := post(); err != nil {
		t.Errorf("with every rule used up: %v", err)
	}
	for _, f := range r.sim.Faults() {
		if f.Fired != 1 {
			t.Errorf("%+v was met %d times", f, f.Fired)
		}
	}
	for _, f := range []script.Fault{{Effect: "none"}, {Effect: script.EffectStatus}, {Effect: script.EffectError}, {Effect: script.EffectDrop, Method: "x.y"}} {
		if _, err := r.sim.Inject(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

func TestUpload(t *testing.T) {
	r := newRig(t, slack.Options{})
	_, root, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionText("root", false))
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.api.UploadFileContext(t.Context(), slackgo.UploadFileParameters{
		Filename: "a.txt", FileSize: 5, Reader: strings.NewReader("12345"), Channel: "C0OPS", ThreadTimestamp: root,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.sim.Seen(), "12345") {
		t.Errorf("people see %q", r.sim.Seen())
	}
	list, _, _, err := r.api.GetConversationRepliesContext(t.Context(), &slackgo.GetConversationRepliesParameters{ChannelID: "C0OPS", Timestamp: root})
	if err != nil || len(list) != 2 || len(list[1].Files) != 1 || list[1].Files[0].Name != "a.txt" {
		t.Errorf("the thread has %+v, %v", list, err)
	}
	u, err := r.api.GetUploadURLExternalContext(t.Context(), slackgo.GetUploadURLExternalParameters{FileName: "b", FileSize: 3})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.UploadURL, strings.NewReader("too long"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := r.web.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("more bytes than announced: %s", response.Status)
	}
}

func TestHistory(t *testing.T) {
	r := newRig(t, slack.Options{Unlimited: true})
	for i := range 5 {
		meta := slackgo.SlackMetadata{EventType: "k", EventPayload: map[string]any{"key": fmt.Sprint(i)}}
		if _, _, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionText(fmt.Sprint(i), false), slackgo.MsgOptionMetadata(meta)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.api.PostEphemeralContext(t.Context(), "C0OPS", "U0ANN", slackgo.MsgOptionText("secret", false)); err != nil {
		t.Fatal(err)
	}
	var keys []string
	cursor := ""
	for {
		page, err := r.api.GetConversationHistoryContext(t.Context(), &slackgo.GetConversationHistoryParameters{ChannelID: "C0OPS", Limit: 2, Cursor: cursor, IncludeAllMetadata: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			keys = append(keys, fmt.Sprint(m.Metadata.EventPayload["key"]))
		}
		if cursor = page.ResponseMetaData.NextCursor; !page.HasMore {
			break
		}
	}
	if got := strings.Join(keys, ""); got != "43210" {
		t.Errorf("history is %q, want newest first, all of it, without what one person saw", got)
	}
	if line, err := json.Marshal(r.ledger.all(t)[0]); err != nil || !strings.Contains(string(line), `"key":"0"`) {
		t.Errorf("the ledger does not tell the key: %s, %v", line, err)
	}
}
