package main

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
)

var shots = flag.String("shots", "", "keep the pictures of TestBrowser in this folder")

// TestBrowser tries the simulated workspace as a newcomer does: a real browser, without scripts, on petrel demo --slack-sim.
func TestBrowser(t *testing.T) {
	b := startBrowser(t)
	d := startSlackDemo(t)
	shows := func(text string) {
		t.Helper()
		if page := b.evaluate("frame.body.innerText"); !strings.Contains(page, text) {
			t.Errorf("%q cannot be read on the page:\n%s", text, page)
		}
	}
	sees := func(text string) {
		t.Helper()
		d.sees(text)
		b.again()
		shows(text)
	}

	b.visit(d.home)
	b.says("@petrel clary status next production")
	sees("draining")
	b.says("/petrel help clary")
	sees("clary node status set")
	b.shoot("table")

	b.says("@petrel pause 60")
	sees("Cancel")
	sees("running")
	b.shoot("progress")
	b.press(button("Cancel"))
	sees("canceled")

	b.says(`@petrel clary node status ensure irene[4000-4019] maintenance "hw swap" impacting=true`)
	sees("Approve")
	b.shoot("approval")
	b.press(button("Deny"))
	sees("is denied")

	b.says("/petrel clary node status set")
	d.asks("wait?timeout=30s&form=U0ANN")
	b.again()
	b.shoot("form")
	b.press(button("Run"))
	shows("Please complete this required field.")
	b.shoot("form_faults")
	for field, value := range map[string]string{"hosts": "irene4012", "status": "draining", "comment": "fan"} {
		b.evaluate(`frame.querySelector("[name='search.field.` + field + `']").value = ` + quoted(value))
		b.press(`frame.querySelector("[name=find][value='field.` + field + `']")`)
		b.evaluate(`frame.querySelector("select[name='field.field.` + field + `']").value = ` + quoted(value))
	}
	b.shoot("form_filled")
	b.press(button("Run"))
	sees("irene4012 is draining")

	b.visit(d.home + "home?as=U0ANN")
	d.asks("wait?timeout=30s&home=U0ANN&text=What")
	b.again()
	b.shoot("home")
	if page := b.evaluate("frame.body.innerText"); !strings.Contains(page, "clary.node.status.set") {
		t.Errorf("the App home does not show what was run:\n%s", page)
	}
}

// slackDemo is petrel demo --slack-sim, as its control API shows it.
type slackDemo struct {
	*testing.T
	home string
}

func startSlackDemo(t *testing.T) slackDemo {
	t.Helper()
	program, err := exec.LookPath("petrel") // testscript.Main has put it into the path
	if err != nil {
		t.Fatal(err)
	}
	c := startAs(t, program, "demo", "--slack-sim", "--data", t.TempDir())
	home, _, _ := strings.Cut(strings.TrimPrefix(c.said(slackTold), slackTold), " ")
	d := slackDemo{t, home}
	d.asks("wait?timeout=30s&sockets=2")
	return d
}

// asks reads from the control API of the workspace.
func (d slackDemo) asks(path string) map[string]any {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.home+"_sim/"+path, nil)
	if err != nil {
		d.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		d.Fatal(err)
	}
	return answer
}

// sees waits until somebody can read the text.
func (d slackDemo) sees(text string) {
	d.Helper()
	if d.asks("wait?timeout=20s&text=" + url.QueryEscape(text))["seen"] != true {
		d.Fatalf("%q was not said: %v", text, d.asks("messages?channel=C0OPS"))
	}
}
