package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/petrelops/petrel/adapters/adaptertest"
	"github.com/petrelops/petrel/adapters/discord"
	"github.com/petrelops/petrel/bot"
	simdiscord "github.com/petrelops/petrel/internal/sim/discord"
	"github.com/petrelops/petrel/internal/sim/script"
)

// pack is a pack whose aliases have a field of each kind, words that clash, and needs that Discord cannot serve.
func pack() discord.Pack {
	host := bot.FormField{Name: "host", Help: "The node.", Type: "string", Required: true, Live: true}
	return discord.Pack{Name: "clary", Offers: []bot.Offer{
		{Alias: "clary.node_status_get", Words: []string{"clary", "node", "status", "get"}, Help: "Show the status of a node", Fields: []bot.FormField{host}},
		{Alias: "clary.node_status_set", Words: []string{"clary", "node", "status", "set"}, Help: "Set the status of nodes", Fields: []bot.FormField{
			{Name: "impacting", Help: "Whether people notice.", Type: "boolean", Default: "false"},
			host,
			{Name: "status", Type: "string", Options: []string{"production", "draining"}, Required: true, Live: true},
			{Name: "wait", Type: "integer"},
			{Name: "share", Type: "number"},
			{Name: "avoid", Type: "array"},
			{Name: "Dry_Run", Type: "boolean"},
			{Name: "token", Type: "string", Secret: true},
			{Name: "zone", Type: "string", Options: many("zone", 26), Live: true},
		}},
		{Alias: "clary.status_next", Words: []string{"clary", "status", "next"}, Fields: []bot.FormField{{Name: "state", Type: "string", Required: true}}},
		{Alias: "clary.status", Words: []string{"clary", "status"}},
		{Alias: "clary.pulse", Words: []string{"clary", "pulse"}},
		{Alias: "clary.pulse_too", Words: []string{"clary", "pulse"}},
		{Alias: "clary.pulse-too", Words: []string{"clary", "pulse"}},
		{Alias: "clary.tickets"},
		{Alias: "clary.login", Words: []string{"clary", "login"}, Fields: []bot.FormField{{Name: "password", Type: "string", Required: true, Secret: true}}},
	}}
}

func many(word string, n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(word, i))
	}
	return list
}

// commands returns the commands that Discord has, in its own words.
func (h *harness) commands(t *testing.T) []json.RawMessage {
	t.Helper()
	var list []json.RawMessage
	h.rest(t, http.MethodGet, nil, &list)
	return list
}

// rest reads or writes the commands as somebody else who has the token.
func (h *harness) rest(t *testing.T, method string, body, into any) {
	t.Helper()
	var text io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.options.URL+"applications/"+simdiscord.App+"/commands", text)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot "+simdiscord.DefaultToken)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := h.web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func (h *harness) names(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, raw := range h.commands(t) {
		var c struct {
			Name string `json:"name"`
			Type int    `json:"type"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprint(c.Name, c.Type))
	}
	slices.Sort(names)
	return names
}

// TestNativeCommand pins what a pack looks like as a command.
func TestNativeCommand(t *testing.T) {
	h := newHarness(t, simdiscord.Options{}, discord.Options{Packs: []discord.Pack{pack()}})
	if err := h.discord.Register(t.Context()); err != nil {
		t.Fatal(err)
	}
	var command map[string]any
	if err := json.Unmarshal(h.commands(t)[0], &command); err != nil {
		t.Fatal(err)
	}
	delete(command, "id")
	delete(command, "application_id")
	text, err := json.MarshalIndent(command, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	adaptertest.Golden(t, *update, "testdata/native.json", text)
}

// TestRegister: a restart writes nothing; what was deleted or changed on the server comes back; the command of a pack that is not wanted any more
// goes, and those of others stay as they are.
func TestRegister(t *testing.T) {
	witness := &ledger{}
	memory := newMemory()
	h := newHarness(t, simdiscord.Options{Ledger: witness, Unlimited: true}, discord.Options{Packs: []discord.Pack{pack()}, Memory: memory})
	writes := func() int { return witness.Count(line(simdiscord.LineCommands, "")) }
	register := func(what string, want int) {
		t.Helper()
		before := writes()
		if err := h.adapter(t).Register(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := writes() - before; got != want {
			t.Errorf("%s: it wrote %d times, want %d", what, got, want)
		}
	}
	register("nothing is there", 2)
	register("a restart", 0)
	h.sim.DeleteCommands()
	register("deleted on the server", 2)
	var there []map[string]any
	h.rest(t, http.MethodPut, []any{map[string]any{"name": "petrel", "description": "another"}, map[string]any{"name": "theirs", "description": "x"}, map[string]any{"name": "clary", "type": 3}}, &there)
	register("changed on the server", 2)
	if diff := cmp.Diff([]string{"clary1", "clary3", "petrel1", "theirs1"}, h.names(t)); diff != "" {
		t.Error(diff)
	}
	register("and again a restart", 0)
	h.options.Complete = offersNothing
	register("the bot completes its own command now", 1)
	h.options.Packs = nil
	inject(t, h, script.Fault{Method: "command.delete", Effect: script.EffectStatus, Status: http.StatusInternalServerError, Count: 1})
	if err := h.adapter(t).Register(t.Context()); err == nil {
		t.Error("a command that could not be deleted is taken for deleted")
	}
	register("the pack has no command any more", 1)
	if diff := cmp.Diff([]string{"clary3", "petrel1", "theirs1"}, h.names(t)); diff != "" {
		t.Error(diff)
	}
	register("and a restart of that", 0)
}

// suggesting is a desk that knows values.
type suggesting struct{ *desk }

func (suggesting) Suggest(_ context.Context, t bot.Typing) []string {
	if t.User != simdiscord.Ann {
		return nil
	}
	return append([]string{t.Alias + "/" + t.Field + "/" + t.Prefix, "", strings.Repeat("x", 101), "a\u202eb"}, many("v", 30)...)
}

// TestNativeChosen: a command of a pack comes as its alias with its values, is accepted once, and is shown as what was chosen.
func TestNativeChosen(t *testing.T) {
	d := newDesk(works)
	h := run(t, simdiscord.Options{}, discord.Options{Packs: []discord.Pack{pack()}}, suggesting{d})
	if err := h.sim.WaitCommand(h.ctx, "clary"); err != nil {
		t.Fatal(err)
	}
	slash := func(text string) {
		h.did(h.sim.Slash(simdiscord.Said{User: simdiscord.Ann, Channel: simdiscord.Ops, Command: "clary", Text: text}))
	}
	slash("node status-set host:irene[1-2] status:draining wait:3 impacting:True share:0.5 avoid:a,b c dry_run:false")
	h.did("", h.sim.Redeliver())
	slash("status next production")
	slash("pulse")
	h.happens(3, acked(sentDeferred))
	texts, _ := d.texts()
	want := []bot.Message{
		{Alias: "clary.node_status_set", Text: "/clary node status-set host:irene[1-2] status:draining wait:3 impacting:true share:0.5 avoid:a,b c dry_run:false", Values: map[string]string{
			"host": "irene[1-2]", "status": "draining", "wait": "3", "impacting": "true", "share": "0.5", "avoid": "a,b c", "Dry_Run": "false",
		}},
		{Alias: "clary.status_next", Text: "/clary status next state:production", Values: map[string]string{"state": "production"}},
		{Alias: "clary.pulse", Text: "/clary pulse", Values: map[string]string{}},
	}
	if len(texts) != len(want) {
		t.Fatalf("the bot was told %q", texts)
	}
	for i, m := range d.taken {
		if diff := cmp.Diff(want[i], bot.Message{Alias: m.Alias, Text: m.Text, Values: m.Values}); diff != "" {
			t.Error(diff)
		}
	}
	complete := func(person, text string) []string {
		list, err := h.sim.Complete(simdiscord.Said{User: person, Channel: simdiscord.Ops, Command: "clary", Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	got := complete(simdiscord.Ann, "node status-set status:draining host:ir")
	if len(got) != 25 || got[0] != "clary.node_status_set/host/ir" || slices.Contains(got, "a\u202eb") || slices.Contains(got, "") {
		t.Errorf("offered are %q", got)
	}
	if got := complete(simdiscord.Ann, "node status-set status:draining zone:z"); got[0] != "clary.node_status_set/zone/z" {
		t.Errorf("of many values offered are %q", got)
	}
	if got := complete(simdiscord.Bob, "node status-get host:ir"); len(got) != 0 {
		t.Errorf("bob is offered %q", got)
	}
}

// TestNativeFits: whatever a pack holds, Discord takes its command, and each alias is in it once or is left out.
func TestNativeFits(t *testing.T) {
	word := rapid.OneOf(rapid.SampledFrom([]string{"node", "status", "Get", "x-y", "ß", "İ", "ǅ", "漢", "a b", "%", "", strings.Repeat("long", 9), "\u202e"}), rapid.StringN(0, 40, -1))
	field := rapid.Custom(func(t *rapid.T) bot.FormField {
		f := bot.FormField{
			Name: word.Draw(t, "name"), Help: rapid.StringN(0, 200, -1).Draw(t, "help"), Type: rapid.SampledFrom([]string{"", "string", "integer", "number", "boolean", "array", "object"}).Draw(t, "type"),
			Required: rapid.Bool().Draw(t, "required"), Secret: rapid.IntRange(0, 9).Draw(t, "secret") == 0, Live: rapid.Bool().Draw(t, "live"), Default: rapid.SampledFrom([]string{"", "d"}).Draw(t, "default"),
		}
		if n := rapid.SampledFrom([]int{0, 0, 2, 25, 26}).Draw(t, "options"); n > 0 {
			f.Options = many(rapid.SampledFrom([]string{"o", "", strings.Repeat("ö", 99)}).Draw(t, "option"), n)
		}
		return f
	})
	rapid.Check(t, func(t *rapid.T) {
		p := discord.Pack{Name: rapid.SampledFrom([]string{"clary", "Open.Stack"}).Draw(t, "pack")}
		for i := range rapid.IntRange(0, 60).Draw(t, "aliases") {
			p.Offers = append(p.Offers, bot.Offer{
				Alias: fmt.Sprintf("clary.%s%d", word.Draw(t, "alias"), i), Words: rapid.SliceOfN(word, 0, 4).Draw(t, "words"), Help: rapid.StringN(0, 200, -1).Draw(t, "help"),
				Fields: rapid.SliceOfN(field, 0, rapid.SampledFrom([]int{1, 4, 30}).Draw(t, "fields")).Draw(t, "field"),
			})
		}
		tree := discord.RenderPack(p)
		body, err := json.Marshal([]any{tree.Command})
		if err != nil {
			t.Fatal(err)
		}
		if faults := simdiscord.CheckCommands(body); len(faults) > 0 {
			t.Fatal(faults)
		}
		found := map[string]int{}
		for at, o := range tree.Offers {
			found[o.Alias]++
			if !strings.HasPrefix(at, tree.Command.Name+" ") {
				t.Errorf("%s is chosen as %q", o.Alias, at)
			}
		}
		for _, alias := range tree.Left {
			found[alias]++
		}
		for _, offer := range p.Offers {
			if found[offer.Alias] != 1 {
				t.Errorf("%s is there %d times", offer.Alias, found[offer.Alias])
			}
		}
	})
}
