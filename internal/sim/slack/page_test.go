package slack_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/internal/sim/page/pagetest"
	"github.com/petrelops/petrel/internal/sim/slack"
)

// dial opens a socket without slack-go and returns the status of the answer.
func dial(t *testing.T, address string) (conn *websocket.Conn, status int) {
	t.Helper()
	conn, response, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if response == nil {
		t.Fatal(err)
	}
	_ = response.Body.Close() // there is none
	return conn, response.StatusCode
}

// browse sends a form, or reads a page when there is none, and returns what the browser then shows.
func (r *rig) browse(path string, form url.Values) string {
	r.Helper()
	return pagetest.Browse(r, r.web, path, form)
}

func TestPage(t *testing.T) {
	r := newRig(t, slack.Options{})
	if first := r.browse("/", nil); !strings.Contains(first, "# ops") || !strings.Contains(first, `name="text"`) {
		t.Errorf("the first page:\n%s", first)
	}
	r.browse("/c/C0OPS/type", url.Values{"as": {"U0ANN"}, "text": {"<b>hello</b> @petrel"}})
	blocks := []slackgo.Block{
		slackgo.NewTableBlock("").AddRow(slackgo.NewTableRawTextCell("node"), slackgo.NewTableRawTextCell("irene<4000>")),
		slackgo.NewActionBlock("", slackgo.NewButtonBlockElement("a", "v", slackgo.NewTextBlockObject("plain_text", "Run again", false, false))),
		slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(slackgo.NewRichTextSectionTextElement("done", &slackgo.RichTextSectionTextStyle{Bold: true}))),
	}
	_, ts, err := r.api.PostMessageContext(t.Context(), "C0OPS", slackgo.MsgOptionBlocks(blocks...))
	if err != nil {
		t.Fatal(err)
	}
	messages := r.browse("/c/C0OPS/messages?as=U0ANN", nil)
	for _, want := range []string{"&lt;b&gt;hello", "<td>irene&lt;4000&gt;</td>", ">Run again</button>", "<b>done</b>"} {
		if !strings.Contains(messages, want) {
			t.Errorf("%q is not on the page:\n%s", want, messages)
		}
	}
	r.browse("/c/C0OPS/press", url.Values{"as": {"U0ANN"}, "message": {ts}, "label": {"Run again"}})
	r.browse("/c/C0OPS/type", url.Values{"as": {"U0ANN"}, "text": {"/petrel help me"}})
	for _, kind := range []string{"interactive", "slash_commands"} {
		r.until(func(l slack.Line) bool { return l.Code == "operation_timeout" && l.Type == kind }) // no socket is open
	}
	if problem := r.browse("/c/C0OPS/press", url.Values{"as": {"U0ANN"}, "message": {ts}, "label": {"Stop"}}); !strings.Contains(problem, "no button Stop") {
		t.Errorf("a button that is not there:\n%s", problem)
	}
	if outside := r.browse("/c/C0QUIET?as=U0EVE", nil); !strings.Contains(outside, "eve is not in this channel") {
		t.Errorf("a channel that eve is not in:\n%s", outside)
	}
}

// TestControl drives the control API as a story does.
func TestControl(t *testing.T) {
	r := newRig(t, slack.Options{})
	control := func(method, path, body string) map[string]any {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, r.web.URL+"/_sim/"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := r.web.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var a map[string]any
		if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
			t.Fatal(err)
		}
		if a == nil {
			a = map[string]any{}
		}
		a["status"] = response.StatusCode
		return a
	}
	if a := control(http.MethodPost, "say", `{"user":"U0ANN","channel":"C0OPS","text":"hi"}`); a["ts"] == "" || a["status"] != http.StatusOK {
		t.Errorf("say: %v", a)
	}
	if a := control(http.MethodPost, "say", `{"user":"U0NONE","channel":"C0OPS"}`); a["status"] != http.StatusNotFound {
		t.Errorf("say as nobody: %v", a)
	}
	if a := control(http.MethodPost, "say", `{"usr":"U0ANN"}`); a["status"] != http.StatusBadRequest {
		t.Errorf("a misspelt field: %v", a)
	}
	if a := control(http.MethodGet, "messages?channel=C0OPS", ""); len(a["messages"].([]any)) != 1 {
		t.Errorf("messages: %v", a)
	}
	if a := control(http.MethodPost, "faults", `{"method":"auth.test","effect":"drop"}`); a["id"] != 1.0 {
		t.Errorf("faults: %v", a)
	}
	if a := control(http.MethodPost, "faults", `{"effect":"nonsense"}`); a["status"] != http.StatusBadRequest {
		t.Errorf("a wrong fault: %v", a)
	}
	control(http.MethodDelete, "faults", "")
	if a := control(http.MethodGet, "faults", ""); len(a["faults"].([]any)) != 0 {
		t.Errorf("faults after their end: %v", a)
	}
	if a := control(http.MethodGet, "sockets", ""); a["open"] != 0.0 {
		t.Errorf("sockets: %v", a)
	}
	if _, _, err := r.api.PostMessageContext(context.WithoutCancel(t.Context()), "C0OPS", slackgo.MsgOptionText("answer", false)); err != nil {
		t.Fatal(err)
	}
	if a := control(http.MethodGet, "wait?text=answer", ""); a["seen"] != true {
		t.Errorf("wait: %v", a)
	}
}
