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
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
)

// storyChat is a simulated chat as the stories use it.
type storyChat struct {
	demoChat
	variable string            // has the address
	command  string            // of a slash
	ready    []string          // what the control API waits for until the bot has joined
	names    map[string]string // variables for ids
}

func slackStory() storyChat {
	return storyChat{demoSlack(), "SLACK", "/petrel", []string{"sockets=2"}, map[string]string{
		"ANN": "U0ANN", "BOB": "U0BOB", "CARL": "U0CARL", "EVE": "U0EVE", "OPS": "C0OPS",
	}}
}

func discordStory() storyChat {
	return storyChat{demoDiscord(), "DISCORD", "petrel", []string{"sessions=1", "command=petrel"}, map[string]string{
		"ANN": simdiscord.Ann, "BOB": simdiscord.Bob, "CARL": simdiscord.Carl, "EVE": simdiscord.Eve, "OPS": simdiscord.Ops,
		"GUILD": simdiscord.Guild, "DIRECT_ANN": simdiscord.DirectAnn, "DIRECT_BOB": simdiscord.DirectBob,
	}}
}

// chatFor is the command "slack" or "discord" of the stories. "slack start [FLAG...]" starts the demo with the chat, with its Clary at $CLARY; "slack sim" starts the
// chat alone, and "slack joined" waits for a bot there. "slack say|slash USER CHANNEL TEXT" and "slack press USER CHANNEL LABEL" do what a
// person does; "slack sees TEXT" waits until somebody can read it. "slack fill USER FIELD=VALUE..." fills in the form that opens and
// submits it; in Slack, what begins with a tilde is typed and then chosen. "slack home USER TEXT" opens Slack's App home and waits for the
// text there. "discord offers USER CHANNEL LINE WORD" completes a line. A LINE of slash or offers may name another command, as in "/clary ...". $ANN, $BOB, $CARL, $EVE and $OPS are ids; $LONG is a text that is too long
// for a message.
func chatFor(chat storyChat) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) == 0 {
			ts.Fatalf("usage: %s COMMAND ARGUMENTS", chat.name)
		}
		what, args := args[0], args[1:]
		if what == "sees" && len(args) == 1 {
			chat.sees(ts, neg, args[0])
			return
		}
		if what == "offers" && len(args) == 4 {
			chat.offers(ts, neg, args)
			return
		}
		switch {
		case neg:
			ts.Fatalf("%s %s cannot be negated", chat.name, what)
		case what == "start":
			chat.start(ts, args)
		case what == "sim":
			chat.meets(ts, startSimFor(ts, chat.name))
		case what == "joined":
			chat.joined(ts)
		case (what == "fill" || what == "home") && len(args) >= 1:
			chat.form(ts, what, args[0], args[1:])
		case (what == "say" || what == "slash" || what == "press") && len(args) == 3:
			body := map[string]string{"user": args[0], "channel": args[1], "text": args[2]}
			switch what {
			case "slash":
				body["command"], body["text"] = chat.commanded(args[2])
			case "press":
				body["label"] = args[2]
			}
			chat.ask(ts, http.MethodPost, what, body)
		default:
			ts.Fatalf("%s cannot %s %q", chat.name, what, args)
		}
	}
}

// sees waits until somebody can read the text, or makes sure that nobody can now.
func (c storyChat) sees(ts *testscript.TestScript, neg bool, text string) {
	timeout := "30s"
	if neg {
		timeout = "0s"
	}
	if seen := c.ask(ts, http.MethodGet, "wait?timeout="+timeout+"&text="+url.QueryEscape(text), nil)["seen"]; seen == neg {
		ts.Fatalf("%q: seen is %v; this stands there:\n%v", text, seen, c.ask(ts, http.MethodGet, "messages?channel="+c.names["OPS"], nil)["messages"])
	}
}

// offers completes a line and makes sure that it may become the word.
func (c storyChat) offers(ts *testscript.TestScript, neg bool, args []string) {
	command, text := c.commanded(args[2])
	list, _ := c.ask(ts, http.MethodPost, "complete", map[string]string{"user": args[0], "channel": args[1], "text": text, "command": command})["choices"].([]any)
	if slices.Contains(list, any(args[3])) == neg {
		ts.Fatalf("for %q was offered: %q", args[2], list)
	}
}

// commanded cuts the command off a line, which is the bot's own where the line names none.
func (c storyChat) commanded(line string) (command, text string) {
	if named, rest, ok := strings.Cut(line, " "); ok && strings.HasPrefix(named, "/") {
		return named[1:], rest
	}
	return c.command, line
}

// form does what a person does in a form or in the App home.
func (c storyChat) form(ts *testscript.TestScript, what, user string, args []string) {
	if what == "home" {
		c.ask(ts, http.MethodPost, "home", map[string]string{"user": user})
		if c.ask(ts, http.MethodGet, "wait?timeout=30s&home="+user+"&text="+url.QueryEscape(strings.Join(args, " ")), nil)["seen"] != true {
			ts.Fatalf("the App home holds %v", c.ask(ts, http.MethodGet, "home?user="+user, nil))
		}
		return
	}
	if c.ask(ts, http.MethodGet, "wait?timeout=30s&form="+user, nil)["seen"] != true {
		ts.Fatalf("no form was opened")
	}
	values := map[string][]string{}
	for _, arg := range args {
		field, value, _ := strings.Cut(arg, "=")
		if typed, search := strings.CutPrefix(value, "~"); search {
			value = typed
			c.ask(ts, http.MethodPost, "suggest", map[string]string{"user": user, "field": field, "typed": typed})
		}
		values[field] = []string{value}
	}
	call := "submit"
	if c.name == "discord" {
		call = "fill"
	}
	ts.Logf("after the form: %v", c.ask(ts, http.MethodPost, call, map[string]any{"user": user, "values": values}))
}

// start starts the demo with the chat.
func (c storyChat) start(ts *testscript.TestScript, flags []string) {
	demo := exec.Command("petrel", append([]string{"demo", "--" + c.name + "-sim", "--data", ts.MkAbs("data")}, flags...)...) // testscript.Main has put it into the path
	demo.Stderr, demo.Dir = os.Stderr, ts.MkAbs(".")
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
	address, _, _ := strings.Cut(strings.TrimPrefix(clary, claryTold), " ")
	ts.Setenv("CLARY", address)
	address, _, _ = strings.Cut(strings.TrimPrefix(line, c.told), " ")
	c.meets(ts, address)
	address, _, _ = strings.Cut(strings.TrimPrefix(clary, claryTold), " ")
	ts.Setenv("CLARY", address)
	c.joined(ts)
}

// meets sets the variables of the story.
func (c storyChat) meets(ts *testscript.TestScript, address string) {
	ts.Setenv(c.variable, address)
	for name, id := range c.names {
		ts.Setenv(name, id)
	}
	ts.Setenv("LONG", strings.Repeat("this goes on ", 300)+"until the end of the long output")
}

// joined waits until a bot is there.
func (c storyChat) joined(ts *testscript.TestScript) {
	for _, ready := range c.ready {
		if c.ask(ts, http.MethodGet, "wait?timeout=30s&"+ready, nil)["seen"] != true {
			ts.Fatalf("nobody joined %s: there is no %s", c.name, ready)
		}
	}
}

// ask calls the control API of the simulator.
func (c storyChat) ask(ts *testscript.TestScript, method, path string, body any) map[string]any {
	data, err := json.Marshal(body)
	ts.Check(err)
	r, err := http.NewRequest(method, ts.Getenv(c.variable)+"_sim/"+path, bytes.NewReader(data))
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
