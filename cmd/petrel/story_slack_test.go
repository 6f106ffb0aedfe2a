package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// slackFor is the command "slack" of the stories: "slack start [FLAG...]" starts the demo with a simulated workspace; "slack say|slash USER CHANNEL
// TEXT" and "slack press USER CHANNEL LABEL" do what a person does there; "slack sees TEXT" waits until somebody can read it. "slack fill USER
// FIELD=VALUE..." fills in the form that opens and submits it; what begins with a tilde is typed and then chosen. "slack home USER TEXT" opens
// the App home and waits for the text there. $LONG is a text that is too long for a message.
func slackFor(ts *testscript.TestScript, neg bool, args []string) {
	switch {
	case !neg && len(args) >= 1 && args[0] == "start":
		startSlackFor(ts, args[1:])
	case len(args) == 2 && args[0] == "sees":
		timeout := "30s"
		if neg {
			timeout = "0s"
		}
		if seen := askSlack(ts, http.MethodGet, "wait?timeout="+timeout+"&text="+url.QueryEscape(args[1]), nil)["seen"]; seen == neg {
			ts.Fatalf("%q: seen is %v", args[1], seen)
		}
	case !neg && len(args) >= 2 && (args[0] == "fill" || args[0] == "home"):
		formSlackFor(ts, args[0], args[1], args[2:])
	case !neg && len(args) == 4:
		body := map[string]string{"user": args[1], "channel": args[2], "text": args[3]}
		switch args[0] {
		case "slash":
			body["command"] = "/petrel"
		case "press":
			body["label"] = args[3]
		}
		askSlack(ts, http.MethodPost, args[0], body)
	default:
		ts.Fatalf("usage: slack start, slack say|slash|press USER CHANNEL TEXT, [!] slack sees TEXT")
	}
}

// formSlackFor does what a person does in a form or in the App home.
func formSlackFor(ts *testscript.TestScript, what, user string, args []string) {
	if what == "home" {
		askSlack(ts, http.MethodPost, "home", map[string]string{"user": user})
		if askSlack(ts, http.MethodGet, "wait?timeout=30s&home="+user+"&text="+url.QueryEscape(strings.Join(args, " ")), nil)["seen"] != true {
			ts.Fatalf("the App home holds %v", askSlack(ts, http.MethodGet, "home?user="+user, nil))
		}
		return
	}
	if askSlack(ts, http.MethodGet, "wait?timeout=30s&form="+user, nil)["seen"] != true {
		ts.Fatalf("no form was opened")
	}
	values := map[string][]string{}
	for _, arg := range args {
		field, value, _ := strings.Cut(arg, "=")
		if typed, search := strings.CutPrefix(value, "~"); search {
			value = typed
			askSlack(ts, http.MethodPost, "suggest", map[string]string{"user": user, "field": field, "typed": typed})
		}
		values[field] = []string{value}
	}
	answer := askSlack(ts, http.MethodPost, "submit", map[string]any{"user": user, "values": values})
	ts.Logf("after the form: %v", answer)
}

func startSlackFor(ts *testscript.TestScript, flags []string) {
	demo := exec.Command("petrel", append([]string{"demo", "--slack-sim", "--data", ts.MkAbs("data")}, flags...)...) // testscript.Main has put it into the path
	demo.Stderr = os.Stderr
	out, err := demo.StdoutPipe()
	ts.Check(err)
	ts.Check(demo.Start())
	read := make(chan struct{})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	var clary string
	if err == nil {
		clary, err = lines.ReadString('\n')
	}
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, lines) // its end is the demo's
	}()
	ts.Defer(func() {
		_ = demo.Process.Signal(os.Interrupt) // it may have ended
		<-read
		if err := demo.Wait(); err != nil {
			ts.Logf("the demo ended with %v", err)
		}
	})
	ts.Check(err)
	address, _, _ := strings.Cut(strings.TrimPrefix(line, slackTold), " ")
	ts.Setenv("SLACK", address)
	address, _, _ = strings.Cut(strings.TrimPrefix(clary, claryTold), " ")
	ts.Setenv("CLARY", address)
	ts.Setenv("LONG", strings.Repeat("this goes on ", 300)+"until the end of the long output")
	if askSlack(ts, http.MethodGet, "wait?timeout=30s&sockets=2", nil)["seen"] != true {
		ts.Fatalf("the demo did not join the workspace")
	}
}

// askSlack calls the control API of the simulator.
func askSlack(ts *testscript.TestScript, method, path string, body any) map[string]any {
	data, err := json.Marshal(body)
	ts.Check(err)
	r, err := http.NewRequest(method, ts.Getenv("SLACK")+"_sim/"+path, bytes.NewReader(data))
	ts.Check(err)
	response, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer response.Body.Close()
	var answer map[string]any
	ts.Check(json.NewDecoder(response.Body).Decode(&answer))
	if response.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s %v", path, response.Status, answer)
	}
	return answer
}
