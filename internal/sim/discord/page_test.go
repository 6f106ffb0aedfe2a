package discord_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/page/pagetest"
)

// browse sends a form, or reads a page when there is none, and returns what the browser then shows.
func (r *rig) browse(path string, form url.Values) string {
	r.Helper()
	return pagetest.Browse(r, r.web, path, form)
}

// contains complains about what a page lacks.
func (r *rig) contains(page string, wanted ...string) {
	r.Helper()
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			r.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
}

// A message is drawn as Discord draws it, and nothing in it becomes HTML.
func TestPage(t *testing.T) {
	r := newRig(t, discord.Options{})
	channel := "/c/" + discord.Ops
	r.contains(r.browse("/", nil), "# ops", "You are", `name="text"`)
	r.browse(channel+"/type", url.Values{"as": {discord.Ann}, "text": {"<b>hello</b> @petrel"}})
	r.call(http.MethodPost, "channels/"+discord.Ops+"/messages", object{
		"content": "<@" + discord.Ann + ">", "message_reference": object{"message_id": r.sim.Messages(discord.Ops)[0].ID},
		"embeds":     []object{{"title": "✅ done", "color": 0x248046, "description": "**hosts:** irene\\_1\n```\n**as <it> is**\n```", "footer": object{"text": "1a2b"}}},
		"components": []object{{"type": 1, "components": []object{{"type": 2, "style": 4, "label": "Stop", "custom_id": "a"}}}},
	})
	r.contains(r.browse(channel+"/messages?as="+discord.Ann, nil),
		"&lt;b&gt;hello&lt;/b&gt; @petrel", "ann: &lt;b&gt;hello", "@ann", "border-color:#248046", "✔ done", "<b>hosts:</b> irene_1", "<pre>**as &lt;it&gt; is**\n</pre>",
		"<small>1a2b</small>", `class="danger">Stop</button>`)
	r.contains(r.browse(channel+"/press", url.Values{"as": {discord.Ann}, "label": {"Go"}}), "There is no button Go")
	r.contains(r.browse(channel+"?as="+discord.Ann+"&complete=1&text=hello", nil), "Begin the line with /petrel.", `value="hello"`)
	r.contains(r.browse("/c/"+discord.Quiet+"?as="+discord.Eve, nil), "eve is not in this channel")
}

// A form is filled in on the page. What is missing Discord says itself, what was typed stays, and the app is told once.
func TestFormPage(t *testing.T) {
	r := newRig(t, discord.Options{})
	channel := "/c/" + discord.Ops
	conn := r.dial()
	r.send(conn, identify)
	r.call(http.MethodPut, "applications/"+discord.App+"/commands", []object{{"name": "petrel", "description": "x", "options": []object{}}})
	r.browse(channel+"/type", url.Values{"as": {discord.Ann}, "text": {"/petrel"}})
	type interaction struct {
		ID, Token string
		Data      json.RawMessage
	}
	told := func() (in interaction) {
		t.Helper()
		p := r.read(conn)
		for p.Type != "INTERACTION_CREATE" {
			p = r.read(conn)
		}
		if err := json.Unmarshal(p.Data, &in); err != nil {
			t.Fatal(err)
		}
		return in
	}
	in := told()
	label := func(name string, c object) object {
		c["custom_id"] = name
		return object{"type": 18, "label": "Label of " + name, "component": c}
	}
	status, answer := r.call(http.MethodPost, "interactions/"+in.ID+"/"+in.Token+"/callback", object{"type": 9, "data": object{
		"title": "What is missing", "custom_id": "f", "components": []object{
			label("text", object{"type": 4, "style": 1, "max_length": 5}), label("free", object{"type": 4, "style": 2, "required": false, "value": "as before"}),
			label("one", object{"type": 3, "options": []object{{"label": "the a", "value": "a"}, {"label": "the b", "value": "b"}}}),
		},
	}})
	if status != http.StatusNoContent {
		t.Fatalf("the form: %d %v", status, answer)
	}
	if others := r.browse(channel+"/messages?as="+discord.Bob, nil); strings.Contains(others, "Label of text") {
		t.Error("bob sees the form of ann")
	}
	r.browse(channel+"/form", url.Values{"as": {discord.Ann}, "view": {"f"}, "field.text": {"", "too long"}, "field.one": {""}})
	frame := r.browse(channel+"/messages?as="+discord.Ann, nil)
	r.contains(frame, "What is missing", "Label of text", `value="too long"`, "Must be 5 or fewer in length.", "This field is required", "as before</textarea>", `<option value="b">the b`)
	if strings.Contains(frame, `http-equiv="refresh"`) {
		t.Error("the page is loaded again while a person types")
	}
	r.contains(r.browse(channel+"/form", url.Values{"as": {discord.Ann}, "view": {"other"}}), "has no such form")
	r.browse(channel+"/form", url.Values{"as": {discord.Ann}, "view": {"f"}, "field.text": {"", "short"}, "field.free": {""}, "field.one": {"", "b"}})
	want := `{"components":[{"component":{"custom_id":"text","id":2,"type":4,"value":"short"},"id":1,"type":18},` +
		`{"component":{"custom_id":"free","id":4,"type":4,"value":""},"id":3,"type":18},{"component":{"custom_id":"one","id":6,"type":3,"values":["b"]},"id":5,"type":18}],"custom_id":"f"}`
	if got := string(told().Data); got != want {
		t.Errorf("the app was told %s, want %s", got, want)
	}
	if frame := r.browse(channel+"/messages?as="+discord.Ann, nil); strings.Contains(frame, "What is missing") {
		t.Error("the form is still there")
	}
}
