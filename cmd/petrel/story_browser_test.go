package main

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

var shots = flag.String("shots", "", "keep the pictures of TestBrowser in this folder")

// TestBrowser tries the simulated chats as a newcomer does: a real browser, without scripts, on petrel demo.
func TestBrowser(t *testing.T) {
	t.Run("slack", func(t *testing.T) { browseSlack(startVisit(t, slackStory())) })
	t.Run("discord", func(t *testing.T) { browseDiscord(startVisit(t, discordStory())) })
}

func browseSlack(v *visit) {
	v.says("@petrel clary status next production")
	v.sees("draining")
	v.says("/petrel help clary")
	v.sees("clary node status set")
	v.shoot("table")

	v.says("@petrel pause 60")
	v.sees("Cancel")
	v.sees("running")
	v.shoot("progress")
	v.press(button("Cancel"))
	v.sees("canceled")

	v.says(`@petrel clary node status ensure irene[4000-4019] maintenance "hw swap" impacting=true`)
	v.sees("Approve")
	v.shoot("approval")
	v.press(button("Deny"))
	v.sees("is denied")

	v.says("/petrel clary node status set")
	v.waits("form=U0ANN")
	v.again()
	v.shoot("form")
	v.press(button("Run"))
	v.shows("Please complete this required field.")
	v.shoot("form_faults")
	v.fill("[name='search.field.status']", "draining")
	v.press(`frame.querySelector("[name=find][value='field.status']")`)
	for field, value := range map[string]string{"hosts": "irene4012", "status": "draining", "comment": "fan"} {
		v.fill("[name='field.field."+field+"']:not([type=hidden])", value)
	}
	v.shoot("form_filled")
	v.press(button("Run"))
	v.sees("irene4012 is draining")

	v.browser.visit(v.home + "home?as=U0ANN")
	v.waits("home=U0ANN&text=What")
	v.again()
	v.shoot("home")
	v.shows("clary.node.status.set")
}

func browseDiscord(v *visit) {
	v.says("@petrel clary status next production")
	v.sees("draining")
	v.says("/petrel help clary")
	v.sees("clary node status set")
	v.shoot("discord_table")

	v.types("/petrel clary next dr")
	v.press("document.querySelector('form.type button[name=complete]')")
	if offered := v.evaluate("document.querySelector('.choices').innerText"); !strings.Contains(offered, "/petrel clary next draining") {
		v.Errorf("offered was %q", offered)
	}
	v.shoot("discord_completion")
	v.press("[...document.querySelectorAll('.choices a')].find(a => a.textContent.endsWith('draining'))")
	v.press("document.querySelector('form.type button.send')")
	v.sees("drained")

	v.types("/clary node status-set hosts:irene4003 comment:fan status:dr")
	v.press("document.querySelector('form.type button[name=complete]')")
	v.shoot("discord_native")
	v.press("[...document.querySelectorAll('.choices a')].find(a => a.textContent.endsWith('status:draining'))")
	v.press("document.querySelector('form.type button.send')")
	v.sees("irene4003 is draining")

	v.says("!petrel pause 60")
	v.sees("Cancel")
	v.sees("running")
	v.press(button("Cancel"))
	v.sees("canceled")

	v.says(`@petrel clary node status ensure irene[4000-4019] maintenance "hw swap" impacting=true`)
	v.sees("Approve")
	v.shoot("discord_approval")
	v.press(button("Deny"))
	v.sees("is denied")

	v.says("/petrel clary node status set")
	v.waits("form=" + simdiscord.Ann)
	v.again()
	v.press(button("Submit"))
	v.shows("This field is required")
	v.shoot("discord_form_faults")
	for field, value := range map[string]string{"hosts": "irene4012", "status": "draining", "comment": "fan"} {
		v.fill("[name='field."+field+"']:not([type=hidden])", value)
	}
	v.press(button("Submit"))
	v.sees("irene4012 is draining")
	v.shoot("discord_end")
}

// visit is a browser at the page of a simulated chat that petrel demo has joined.
type visit struct {
	*browser
	home string
	chat storyChat
}

func startVisit(t *testing.T, chat storyChat) *visit {
	t.Helper()
	b := startBrowser(t)
	program, err := exec.LookPath("petrel") // testscript.Main has put it into the path
	if err != nil {
		t.Fatal(err)
	}
	c := startAs(t, program, "demo", "--"+chat.name+"-sim", "--data", t.TempDir())
	home, _, _ := strings.Cut(strings.TrimPrefix(c.said(chat.told), chat.told), " ")
	v := &visit{b, home, chat}
	for _, ready := range chat.ready {
		v.waits(ready)
	}
	b.visit(home)
	return v
}

// asks reads from the control API of the chat.
func (v *visit) asks(path string) map[string]any {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.home+"_sim/"+path, nil)
	if err != nil {
		v.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		v.Fatal(err)
	}
	return answer
}

// waits waits until it happened in the chat.
func (v *visit) waits(query string) {
	v.Helper()
	if v.asks("wait?timeout=30s&" + query)["seen"] != true {
		v.Fatalf("there was no %s: %v", query, v.asks("messages?channel="+v.chat.names["OPS"]))
	}
}

// shows makes sure that the text is on the page.
func (v *visit) shows(text string) {
	v.Helper()
	if page := v.evaluate("frame.body.innerText"); !strings.Contains(page, text) {
		v.Errorf("%q cannot be read on the page:\n%s", text, page)
	}
}

// sees waits until the text was said and makes sure that it is on the page.
func (v *visit) sees(text string) {
	v.Helper()
	v.waits("text=" + url.QueryEscape(text))
	v.again()
	v.shows(text)
}

// fill writes into a field of the form.
func (v *visit) fill(field, value string) {
	v.Helper()
	v.evaluate("frame.querySelector(" + quoted(field) + ").value = " + quoted(value))
}
