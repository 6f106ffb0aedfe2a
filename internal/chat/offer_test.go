package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
)

// offerWorld has aliases of each kind that can be chosen.
func offerWorld(t *testing.T) *world {
	t.Helper()
	list := named(alias("lab.set", "lab group put {{host}} into {{status=spare}}"), "put", nil)
	w := newWorld(t, list)
	w.content.Named = map[string]*aliases.Alias{}
	for _, a := range w.content.Listed {
		w.content.Named[a.Ref()] = a
	}
	return w
}

// TestOffers: what can be chosen has the words up to its first value and what it leaves open; what cannot run is not there, and no question about
// the bot itself.
func TestOffers(t *testing.T) {
	w := offerWorld(t)
	got := map[string]string{}
	for _, o := range w.content.Offers("lab") {
		text := strings.Join(o.Words, " ") + " |"
		for _, f := range o.Fields {
			text += " " + f.Name
			if f.Required {
				text += "!"
			}
			if f.Live {
				text += "?"
			}
			if f.Secret {
				text += " secret"
			}
			if f.Default != "" {
				text += "=" + f.Default
			}
		}
		got[o.Alias] = text
	}
	set := " host! status token secret count"
	want := map[string]string{
		"lab.get": "lab get | host!?", "lab.set": "lab set |" + set, "lab.drain": "lab drain | host! token secret count",
		"lab.mark": "lab mark | host! token secret count", "lab.miss": "lab miss | host! token secret count",
		"lab.twin_a": "lab twin | host!?", "lab.twin_b": "lab twin |" + set, "lab.double_a": "lab double |" + set, "lab.double_b": "lab double |" + set,
		"lab.put": "lab group put | host! status=spare token secret count", "lab.tickets": " | host!?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if list := w.content.Offers("core"); len(list) != 0 {
		t.Errorf("of core one can choose %+v", list)
	}
}

// TestChosen: a command that was chosen is checked and run as its alias says, whatever its text looks like, and is not taken for another.
func TestChosen(t *testing.T) {
	tests := []struct {
		name, person, alias string
		values              map[string]string
		params              map[string]any
		says                string
	}{
		{"with values", "ann", "lab.set", map[string]string{"host": "irene1", "status": "draining", "count": "3"}, map[string]any{"host": "irene1", "status": "draining", "count": int64(3)}, ""},
		{"what the alias fixes wins", "ann", "lab.drain", map[string]string{"host": "irene1", "status": "up"}, map[string]any{"host": "irene1", "status": "draining"}, ""},
		{"what the alias gives of itself", "ann", "lab.put", map[string]string{"host": "irene1"}, map[string]any{"host": "irene1", "status": "spare"}, ""},
		{"and is told", "ann", "lab.put", map[string]string{"host": "irene1", "status": "x"}, map[string]any{"host": "irene1", "status": "x"}, ""},
		{"a value that a line would cut", "bob", "lab.get", map[string]string{"host": `a "b" c=d`}, map[string]any{"host": `a "b" c=d`}, ""},
		{"one of two with the same words", "ann", "lab.twin_b", map[string]string{"host": "irene1"}, map[string]any{"host": "irene1"}, ""},
		{"may not", "bob", "lab.set", map[string]string{"host": "irene1"}, nil, "may not run lab.set"},
		{"a value that is wrong", "ann", "lab.set", map[string]string{"host": "irene1", "count": "many"}, nil, `The parameter count cannot be "many"`},
		{"gone", "ann", "lab.gone", nil, nil, "not there any more"},
		{"cannot run", "ann", "lab.old", nil, nil, "not there any more"},
		{"a question about the bot", "ann", "core.whoami", nil, nil, "not there any more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := offerWorld(t)
			m := message(test.person, "/lab whoami")
			m.Alias, m.Values = test.alias, test.values
			answer, err := w.desk.Receive(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(words(answer), test.says) || test.says == "" && answer.Execution == "" || answer.Form != nil {
				t.Errorf("it says\n%s", words(answer))
			}
			if (len(w.accepted) == 1) != (test.params != nil) {
				t.Fatalf("accepted %+v", w.accepted)
			}
			if test.params == nil {
				return
			}
			if diff := cmp.Diff(test.params, w.accepted[0].Params); diff != "" {
				t.Error(diff)
			}
			if w.accepted[0].Text != "/lab whoami" || w.accepted[0].Alias != test.alias {
				t.Errorf("it is on record as %+v", w.accepted[0])
			}
		})
	}
}

// TestSuggestForOffer: values are offered to those who may run the command.
func TestSuggestForOffer(t *testing.T) {
	pick := alias("lab.pick", "lab pick {{mode}}")
	w := newWorld(t, pick)
	w.content.Named = map[string]*aliases.Alias{"lab.get": alias("lab.get", "lab get {{host}}"), "lab.pick": pick}
	mode := bot.Param{Name: "mode", Type: "string", Enum: []any{"fast", "slow", "full"}}
	actions, _ := w.content.Actions.(catalog)
	actions["lab.pick"] = executor.Action{Spec: &bot.ActionSpec{Pack: "lab", Name: "pick", Runner: "go", Enabled: true, Params: []bot.Param{mode}}}
	for _, test := range []struct {
		person string
		typing bot.Typing
		want   []string
	}{
		{"bob", bot.Typing{Alias: "lab.get", Field: "host", Prefix: "ir", Limit: 5}, []string{"host-1", "ir2"}},
		{"bob", bot.Typing{Alias: "lab.get", Field: "host", Prefix: "ir", Limit: 1}, []string{"host-1"}},
		{"bob", bot.Typing{Alias: "lab.get", Field: "other", Limit: 5}, nil},
		{"eve", bot.Typing{Alias: "lab.get", Field: "host", Limit: 5}, nil},
		{"ann", bot.Typing{Alias: "lab.gone", Field: "host", Limit: 5}, nil},
		{"ann", bot.Typing{Alias: "lab.pick", Field: "mode", Prefix: "f", Limit: 5}, []string{"fast", "full"}},
		{"bob", bot.Typing{Command: "lab get", Field: "host", Prefix: "ir", Limit: 5}, []string{"host-1", "ir2"}},
	} {
		test.typing.Origin = bot.Origin{Adapter: "console", User: test.person}
		if diff := cmp.Diff(test.want, w.desk.Suggest(t.Context(), test.typing)); diff != "" {
			t.Errorf("%+v: %s", test.typing, diff)
		}
	}
}
