package discord_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/internal/sim/discord"
)

// nodeCommand has a group with a subcommand whose options are of each type, and a subcommand without any.
const nodeCommand = `{"name": "lab", "description": "x", "options": [
	{"name": "node", "type": 2, "description": "x", "options": [{"name": "set", "type": 1, "description": "x", "options": [
		{"name": "host", "type": 3, "description": "x", "required": true, "autocomplete": true, "max_length": 9},
		{"name": "mode", "type": 3, "description": "x", "choices": [{"name": "Fast", "value": "f"}, {"name": "Slow", "value": "s"}]},
		{"name": "count", "type": 4, "description": "x"}, {"name": "share", "type": 10, "description": "x"}, {"name": "dry", "type": 5, "description": "x"}]}]},
	{"name": "ping", "type": 1, "description": "x"}]}`

// registers writes commands as a bot does.
func (r *rig) registers(commands string) (status int, faults string) {
	r.Helper()
	status, body := r.call(http.MethodPut, "applications/"+discord.App+"/commands", json.RawMessage(commands))
	text, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	return status, string(text)
}

// TestCommandRules: what Discord refuses of a command is refused.
func TestCommandRules(t *testing.T) {
	r := newRig(t, discord.Options{Unlimited: true})
	option := func(more string) string {
		return `[{"name": "lab", "description": "x", "options": [{"name": "a", "description": "x"` + more + `}]}]`
	}
	beside := func(options string) string {
		return `[{"name": "lab", "description": "x", "options": [` + options + `]}]`
	}
	for name, tt := range map[string]struct{ commands, want string }{
		"whole":           {"[" + nodeCommand + "]", ""},
		"menus":           {`[{"name": "Any Name", "type": 2}, {"name": "lab", "description": "x"}]`, ""},
		"name":            {`[{"name": "Lab", "description": "x"}]`, "is no name"},
		"twice":           {`[{"name": "lab", "description": "x"}, {"name": "lab", "description": "x"}]`, "must be unique"},
		"no help":         {`[{"name": "lab", "description": ""}]`, "between 1 and 100"},
		"option twice":    {beside(`{"name": "a", "type": 3, "description": "x"}, {"name": "a", "type": 3, "description": "x"}`), "names must be unique"},
		"type":            {option(`, "type": 12`), "no option of type 12"},
		"required last":   {beside(`{"name": "a", "type": 3, "description": "x"}, {"name": "b", "type": 3, "description": "x", "required": true}`), "Required options must be placed before"},
		"group in group":  {beside(`{"name": "a", "type": 2, "description": "x", "options": [{"name": "b", "type": 2, "description": "x"}]}`), "cannot stand here"},
		"sub in sub":      {beside(`{"name": "a", "type": 1, "description": "x", "options": [{"name": "b", "type": 1, "description": "x"}]}`), "cannot stand here"},
		"mixed":           {beside(`{"name": "a", "type": 1, "description": "x"}, {"name": "b", "type": 3, "description": "x"}`), "mutually exclusive"},
		"empty group":     {beside(`{"name": "a", "type": 2, "description": "x"}`), "a group without subcommands"},
		"both":            {option(`, "type": 3, "autocomplete": true, "choices": [{"name": "a", "value": "a"}]`), "not both"},
		"truth completed": {option(`, "type": 5, "autocomplete": true`), "not both"},
		"choice of type":  {option(`, "type": 4, "choices": [{"name": "a", "value": "a"}]`), "none for an option of type 4"},
		"choice twice":    {option(`, "type": 3, "choices": [{"name": "a", "value": "a"}, {"name": "a", "value": "b"}]`), "choice names must be unique"},
		"length":          {option(`, "type": 4, "max_length": 5`), "a text has at most"},
		"size":            {beside(strings.TrimSuffix(strings.Repeat(`{"name": "N", "type": 3, "description": "`+strings.Repeat("x", 100)+`", "choices": [`+strings.TrimSuffix(strings.Repeat(`{"name": "C", "value": "`+strings.Repeat("y", 90)+`"},`, 25), ",")+`]},`, 4), ",")), "exceeds maximum size"},
	} {
		t.Run(name, func(t *testing.T) {
			commands := tt.commands
			for i := 0; strings.Contains(commands, `"C"`) || strings.Contains(commands, `"N"`); i++ { // names are to differ
				letter := string(rune('a'+i%26)) + string(rune('a'+i/26))
				commands = strings.Replace(commands, `"C"`, `"`+letter+`"`, 1)
				commands = strings.Replace(commands, `"N"`, `"`+letter+`"`, 1)
			}
			status, faults := r.registers(commands)
			if (status == http.StatusOK) != (tt.want == "") || !strings.Contains(faults, tt.want) {
				t.Errorf("it is answered with %d %s", status, faults)
			}
		})
	}
}

// TestTypedCommand: a command is sent as Discord's client sends it, which checks values itself.
func TestTypedCommand(t *testing.T) {
	r := newRig(t, discord.Options{})
	conn := r.dial()
	r.send(conn, identify)
	r.next(conn, "GUILD_CREATE")
	if status, faults := r.registers("[" + nodeCommand + "]"); status != http.StatusOK {
		t.Fatal(faults)
	}
	for text, want := range map[string]string{
		"ping": `[{"name":"ping","options":[],"type":1}]`,
		"node set host:a b mode:Slow count:3 share:0.5 dry:True": `[{"name":"node","options":[{"name":"set","options":[{"name":"host","type":3,"value":"a b"},{"name":"mode","type":3,"value":"s"},` +
			`{"name":"count","type":4,"value":3},{"name":"share","type":10,"value":0.5},{"name":"dry","type":5,"value":true}],"type":1}],"type":2}]`,
		"node set a:b":             `[{"name":"node","options":[{"name":"set","options":[{"name":"host","type":3,"value":"a:b"}],"type":1}],"type":2}]`,
		"":                         "refused: Choose a subcommand",
		"node":                     "refused: Choose a subcommand",
		"node get":                 "refused: Choose a subcommand",
		"node set":                 "refused: The option host is required",
		"node set host:a mode:odd": "refused: mode:",
		"node set host:a count:x":  "refused: count:",
		"node set host:a dry:2":    "refused: dry:",
		"node set host:0123456789": "refused: host: it is longer",
	} {
		_, err := r.sim.Slash(discord.Said{User: discord.Ann, Channel: discord.Ops, Command: "lab", Text: text})
		if why, refused := strings.CutPrefix(want, "refused: "); refused {
			if err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for {
			p := r.read(conn)
			if p.Type != "INTERACTION_CREATE" {
				continue
			}
			var told struct {
				Data struct {
					Options any `json:"options"`
				} `json:"data"`
			}
			if err := json.Unmarshal(p.Data, &told); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(told.Data.Options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, string(got)); diff != "" {
				t.Errorf("%q: %s", text, diff)
			}
			break
		}
	}
}

// TestPageOffers: the page offers what Discord's client knows of itself: subcommands, options and their values.
func TestPageOffers(t *testing.T) {
	r := newRig(t, discord.Options{})
	if status, faults := r.registers("[" + nodeCommand + "]"); status != http.StatusOK {
		t.Fatal(faults)
	}
	for text, want := range map[string][]string{
		"/lab ":                       {"/lab node <", "/lab ping <"},
		"/lab node ":                  {"/lab node set <"},
		"/lab node set ":              {"/lab node set host:<", "/lab node set dry:<"},
		"/lab node set host:a ":       {"/lab node set host:a mode:<", "/lab node set host:a count:<"},
		"/lab node set host:a mode:":  {"/lab node set host:a mode:Fast <", "/lab node set host:a mode:Slow <"},
		"/lab node set host:a dry:":   {"host:a dry:true <", "host:a dry:false <"},
		"/lab node set host:a count:": {"Nothing is offered for this line."},
		"/gone ":                      {"There is no command gone"},
	} {
		page := r.browse("/c/"+discord.Ops+"?as="+discord.Ann+"&complete=1&text="+url.QueryEscape(text), nil)
		for _, w := range want {
			if !strings.Contains(strings.ReplaceAll(page, "</a>", "<"), w) {
				t.Errorf("%q: %q is not offered:\n%s", text, w, page)
			}
		}
	}
}
