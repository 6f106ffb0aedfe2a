package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

type object = map[string]any

// TestMessageRules: what Discord refuses is refused, with its code.
func TestMessageRules(t *testing.T) {
	ops := "channels/" + discord.Ops + "/messages"
	row := func(parts ...object) object { return object{"components": []object{{"type": 1, "components": parts}}} }
	button := object{"type": 2, "style": 1, "label": "Go", "custom_id": "a"}
	for name, tt := range map[string]struct {
		path   string
		body   object
		status int
	}{
		"plain":             {ops, object{"content": "hello"}, 200},
		"content":           {ops, object{"content": strings.Repeat("ä", 2001)}, 400},
		"just fits":         {ops, object{"content": strings.Repeat("ä", 2000)}, 200},
		"empty":             {ops, object{}, 400},
		"title":             {ops, object{"embeds": []object{{"title": strings.Repeat("x", 257)}}}, 400},
		"embeds in all":     {ops, object{"embeds": []object{{"description": strings.Repeat("x", 4000)}, {"description": strings.Repeat("x", 2001)}}}, 400},
		"empty field":       {ops, object{"embeds": []object{{"fields": []object{{"name": "a", "value": ""}}}}}, 400},
		"button":            {ops, row(button), 200},
		"six buttons":       {ops, row(button, button, button, button, button, button), 400},
		"same custom id":    {ops, row(button, button), 400},
		"long label":        {ops, row(object{"type": 2, "style": 1, "label": strings.Repeat("x", 81), "custom_id": "a"}), 400},
		"unknown component": {ops, row(object{"type": 99}), 400},
		"allowed mentions":  {ops, object{"content": "x", "allowed_mentions": object{"parse": nil}}, 400},
		"long nonce":        {ops, object{"content": "x", "nonce": strings.Repeat("x", 26)}, 400},
		"unknown reference": {ops, object{"content": "x", "message_reference": object{"message_id": "1"}}, 400},
		"lenient reference": {ops, object{"content": "x", "message_reference": object{"message_id": "1", "fail_if_not_exists": false}}, 200},
		"not seen":          {"channels/" + discord.Quiet + "/messages", object{"content": "x"}, 403},
		"no channel":        {"channels/1/messages", object{"content": "x"}, 404},
		"no such path":      {"channels", object{"content": "x"}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, discord.Options{})
			if status, answer := r.call("POST", tt.path, tt.body); status != tt.status {
				t.Errorf("%d %v, want %d", status, answer, tt.status)
			}
		})
	}
}

// TestNonce: a post that is made again is the first one.
func TestNonce(t *testing.T) {
	r := newRig(t, discord.Options{})
	body := object{"content": "once", "nonce": "n1", "enforce_nonce": true}
	_, first := r.call("POST", "channels/"+discord.Ops+"/messages", body)
	_, second := r.call("POST", "channels/"+discord.Ops+"/messages", body)
	if first["id"] != second["id"] || len(r.sim.Messages(discord.Ops)) != 1 {
		t.Errorf("%v and %v", first["id"], second["id"])
	}
	r.clock.Advance(6 * time.Minute)
	if _, third := r.call("POST", "channels/"+discord.Ops+"/messages", body); third["id"] == first["id"] {
		t.Error("a nonce was remembered for ever")
	}
}

// TestBuckets: the sixth post within five seconds has to wait, another channel has not, and every refusal counts.
func TestBuckets(t *testing.T) {
	r := newRig(t, discord.Options{})
	for range 5 {
		if status, _ := r.call("POST", "channels/"+discord.Ops+"/messages", object{"content": "x"}); status != 200 {
			t.Fatal(status)
		}
	}
	if status, answer := r.call("POST", "channels/"+discord.Ops+"/messages", object{"content": "x"}); status != 429 || answer["retry_after"] != 5.0 {
		t.Errorf("%d %v", status, answer)
	}
	if status, _ := r.call("POST", "channels/"+discord.DirectAnn+"/messages", object{"content": "x"}); status != 200 {
		t.Errorf("another channel had to wait: %d", status)
	}
	if r.sim.Invalid() != 1 {
		t.Errorf("%d calls count as invalid, want 1", r.sim.Invalid())
	}
	r.clock.Advance(5 * time.Second)
	if status, _ := r.call("POST", "channels/"+discord.Ops+"/messages", object{"content": "x"}); status != 200 {
		t.Errorf("the bucket stays empty: %d", status)
	}
}

// TestCommands: what breaks the rules is refused and changes nothing.
func TestCommands(t *testing.T) {
	for name, tt := range map[string]struct {
		command object
		status  int
	}{
		"good":        {object{"name": "petrel", "description": "x", "options": []object{{"type": 3, "name": "command", "description": "y", "autocomplete": true}}}, 200},
		"upper case":  {object{"name": "Petrel", "description": "x"}, 400},
		"description": {object{"name": "petrel", "description": ""}, 400},
		"order": {object{"name": "petrel", "description": "x", "options": []object{
			{"type": 3, "name": "a", "description": "y"}, {"type": 3, "name": "b", "description": "y", "required": true},
		}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, discord.Options{})
			if status, answer := r.call("PUT", "applications/"+discord.App+"/commands", []object{tt.command}); status != tt.status {
				t.Errorf("%d %v, want %d", status, answer, tt.status)
			}
		})
	}
}

// TestInteraction: an answer is taken once and within three seconds, and its token lasts fifteen minutes.
func TestInteraction(t *testing.T) {
	r := newRig(t, discord.Options{})
	r.call("PUT", "applications/"+discord.App+"/commands", []object{{"name": "petrel", "description": "x"}})
	slash := func() (callback, hook string) {
		id, err := r.sim.Slash(discord.Said{User: discord.Ann, Channel: discord.Quiet, Command: "petrel"})
		if err != nil {
			t.Fatal(err)
		}
		return "interactions/" + id + "/token-" + id + "/callback", "webhooks/" + discord.App + "/token-" + id
	}
	callback, hook := slash()
	want := func(what string, status, wanted int) {
		t.Helper()
		if status != wanted {
			t.Errorf("%s: %d, want %d", what, status, wanted)
		}
	}
	status, _ := r.call("PATCH", hook+"/messages/@original", object{"content": "too early"})
	want("an edit before the answer", status, 404)
	status, _ = r.call("POST", callback, object{"type": 5})
	want("the answer", status, 204)
	status, _ = r.call("POST", callback, object{"type": 5})
	want("a second answer", status, 400)
	status, _ = r.call("PATCH", hook+"/messages/@original", object{"content": "done"})
	want("an edit", status, 200)
	status, _ = r.call("POST", hook, object{"content": "for you", "flags": 64})
	want("a private message", status, 200)
	if m := r.sim.Messages(discord.Quiet); len(m) != 2 || m[0].Content != "done" || m[1].Only != discord.Ann {
		t.Errorf("%+v", m)
	}
	r.clock.Advance(15 * time.Minute)
	status, _ = r.call("PATCH", hook+"/messages/@original", object{"content": "late"})
	want("an edit after fifteen minutes", status, 401)
	callback, _ = slash()
	r.clock.Advance(3 * time.Second)
	status, _ = r.call("POST", callback, object{"type": 5})
	want("an answer after three seconds", status, 404)
	if err := r.sim.Until(r.ctx, func() bool { return r.ledger.has("the application did not respond") }); err != nil {
		t.Error(err)
	}
}

// TestFaults: a rule spoils what it names, as often as it says.
func TestFaults(t *testing.T) {
	r := newRig(t, discord.Options{})
	if _, err := r.sim.Inject(script.Fault{Method: "message.creat", Effect: script.EffectDrop}); err == nil {
		t.Error("a rule for no method was taken")
	}
	if _, err := r.sim.Inject(script.Fault{Method: "message.create", Effect: script.EffectStatus, Status: 500, After: true}); err != nil {
		t.Fatal(err)
	}
	if status, _ := r.call("POST", "channels/"+discord.Ops+"/messages", object{"content": "done all the same"}); status != 500 {
		t.Errorf("%d, want 500", status)
	}
	if len(r.sim.Messages(discord.Ops)) != 1 {
		t.Error("the call was not carried out first")
	}
	if status, _ := r.call("POST", "channels/"+discord.Ops+"/messages", object{"content": "x"}); status != 200 {
		t.Errorf("the rule stayed: %d", status)
	}
}

// TestClient: discordgo, which knows nothing of this package, does the whole round.
func TestClient(t *testing.T) {
	r := newRig(t, discord.Options{})
	r.web.Config.Handler = r.sim
	s := r.client()
	if _, err := s.ApplicationCommandBulkOverwrite(discord.App, "", []*discordgo.ApplicationCommand{{
		Name: "petrel", Description: "Tell petrel what to do",
		Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionString, Name: "command", Description: "What", Autocomplete: true}},
	}}); err != nil {
		t.Fatal(err)
	}
	m, err := s.ChannelMessageSendComplex(discord.Ops, &discordgo.MessageSend{
		Content: "hello", Files: []*discordgo.File{{Name: "a.txt", ContentType: "text/plain", Reader: strings.NewReader("inside")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChannelMessageEdit(discord.Ops, m.ID, "changed"); err != nil {
		t.Error(err)
	}
	if err := s.MessageReactionAdd(discord.Ops, m.ID, "👀"); err != nil {
		t.Error(err)
	}
	list, err := s.ChannelMessages(discord.Ops, 10, "", "", "")
	if err != nil || len(list) != 1 || list[0].Content != "changed" || len(list[0].Attachments) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	if !strings.Contains(r.sim.Seen(), "inside") {
		t.Errorf("the file is not seen in %q", r.sim.Seen())
	}
}
