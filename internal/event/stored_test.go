package event_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/event"
)

func stored(name, text string) string {
	return "name: " + name + "\nenabled: true\ntrigger: {type: test.happened}\naction: {ref: test.note, parameters: {text: " + text + "}}\n"
}

// What one process stores, updates or deletes counts for the others at once.
func TestStoredRules(t *testing.T) {
	w := newWorld(t)
	p, other := w.process(), w.process()
	fires := func(want ...string) {
		t.Helper()
		before := len(p.fired())
		other.Forget() // as the notice has it do
		p.emit(hello())
		other.settle()
		if got := len(p.fired()) - before; got != len(want) {
			t.Errorf("%d fired, want %q of %q", got, want, p.fired())
		}
		for _, text := range want {
			if !strings.Contains(strings.Join(p.fired(), " "), text) {
				t.Errorf("%s did not fire: %q", text, p.fired())
			}
		}
	}
	ann := bot.Identity{ID: "ann"}
	r, err := p.CreateRule(t.Context(), stored("x", "first"), ann)
	w.must(err)
	check(t, r.Ref(), "default.x")
	fires("first")
	_, err = p.CreateRule(t.Context(), stored("x", "first"), ann) // a second attempt
	w.must(err)
	_, err = p.Switch(t.Context(), "default.x", false, ann)
	w.must(err)
	fires()
	_, err = other.UpdateRule(t.Context(), stored("x", "second"), ann)
	w.must(err)
	fires("second")
	list, err := other.Rules(t.Context())
	w.must(err)
	check(t, []any{len(list), list[0].Source, list[0].Stored}, []any{1, "store, by ann", true})
	w.must(p.DeleteRule(t.Context(), "default.x"))
	fires()
	if err := p.DeleteRule(t.Context(), "default.x"); bot.ErrorCode(err) != bot.CodeNotFound {
		t.Error(err)
	}
}

func TestStoredRulesRefused(t *testing.T) {
	w := newWorld(t, happened+note)
	p := w.process()
	ann := bot.Identity{ID: "ann"}
	_, err := p.CreateRule(t.Context(), stored("x", "first"), ann)
	w.must(err)
	ofPack := "pack: test\n" + stored("a", "mine")
	for name, test := range map[string]struct {
		err  func() error
		code bot.Code
		want string
	}{
		"twice":  {func() error { _, err := p.CreateRule(t.Context(), stored("x", "other"), ann); return err }, bot.CodeConflict, "There is a rule default.x already."},
		"faulty": {func() error { _, err := p.CreateRule(t.Context(), "name: y\n", ann); return err }, bot.CodeInvalid, "The key trigger is missing"},
		"no action": {func() error {
			_, err := p.CreateRule(t.Context(), strings.Replace(stored("y", "z"), "note", "nope", 1), ann)
			return err
		}, bot.CodeInvalid, "no action test.nope"},
		"of a pack":   {func() error { _, err := p.CreateRule(t.Context(), ofPack, ann); return err }, bot.CodeForbidden, "comes with the pack test"},
		"update pack": {func() error { _, err := p.UpdateRule(t.Context(), ofPack, ann); return err }, bot.CodeForbidden, "comes with the pack test"},
		"delete pack": {func() error { return p.DeleteRule(t.Context(), "test.a") }, bot.CodeForbidden, "comes with the pack test"},
		"update none": {func() error { _, err := p.UpdateRule(t.Context(), stored("xx", "z"), ann); return err }, bot.CodeNotFound, "did you mean default.x"},
	} {
		if err := test.err(); bot.ErrorCode(err) != test.code || !strings.Contains(bot.ErrorText(err), test.want) {
			t.Errorf("%s: %v, want %s %q", name, err, test.code, test.want)
		}
	}
}

// A stored rule whose action is gone is off and says why. It harms no other, can be deleted, and is well again when the action is back.
func TestAStoredRuleThatCannotBeUsed(t *testing.T) {
	w := newWorld(t)
	p := w.process()
	_, err := p.CreateRule(t.Context(), stored("x", "first"), bot.Identity{ID: "ann"})
	w.must(err)
	w.noNote = true
	w.content = &event.Content{Triggers: w.content.Triggers} // packs were read anew
	r, err := p.Rule(t.Context(), "default.x")
	w.must(err)
	check(t, []any{r.Enabled, r.Fault}, []any{false, "There is no action test.note."})
	p.emit(hello())
	p.settle()
	check(t, len(p.fired()), 0)
	if _, err := p.Switch(t.Context(), "default.x", true, bot.Identity{}); bot.ErrorCode(err) != bot.CodeInvalid {
		t.Error(err)
	}
	w.noNote = false
	w.content = &event.Content{Triggers: w.content.Triggers}
	p.emit(hello())
	p.settle()
	check(t, p.fired(), []string{"first"})
	w.must(p.DeleteRule(t.Context(), "default.x"))
}

// A timer of a stored rule runs without a restart, and events are told where only a stored rule waits for them.
func TestStoredRulesAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	p := w.process()
	p.set(colour("red"))
	for name, text := range map[string]string{"timer": timerRule("minute: '*/10'"), "key": keyRule("update")} {
		_, err := p.CreateRule(t.Context(), "name: "+name+"\nenabled: true\n"+text, bot.Identity{ID: "ann"})
		w.must(err)
	}
	p.tick()
	p.set(colour("blue"))
	w.time.Advance(10 * time.Minute)
	p.tick()
	check(t, p.fired(), []string{"09:10", "update"})
}

func TestRefused(t *testing.T) {
	w := newWorld(t, happened+note)
	p := w.process()
	r, err := p.Rule(t.Context(), "test.a")
	w.must(err)
	check(t, p.Refused(r), "")
	w.denied = true
	check(t, p.Refused(r), "Rules may do nothing here. Ask an admin.")
}
