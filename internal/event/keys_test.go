package event_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
)

func keyRule(kind string) string {
	return "trigger: {type: core.st2.key_value_pair." + kind + "}\naction: {ref: test.note, parameters: {text: " + kind + "}}\n"
}

func colour(value string) datastore.Write {
	return datastore.Write{Key: datastore.Key{Scope: datastore.System, Name: "colour"}, Value: value, By: "ann"}
}

func (p *process) set(w datastore.Write) {
	p.world.Helper()
	_, err := p.keys.Set(p.world.Context(), w)
	p.world.must(err)
}

// told returns the payloads of the events of a kind, the oldest first, as JSON.
func (p *process) told(kind string) []string {
	p.world.Helper()
	list, err := p.Instances(p.world.Context(), event.Filter{Trigger: "core.st2.key_value_pair." + kind})
	p.world.must(err)
	var out []string
	for _, i := range slices.Backward(list) {
		data, err := json.Marshal(i.Payload)
		p.world.must(err)
		out = append(out, string(data))
	}
	return out
}

func TestKeysTellOfTheirChanges(t *testing.T) {
	w := newWorld(t, keyRule("create"), keyRule("update"), keyRule("value_change"), keyRule("delete"))
	p := w.process()
	p.set(colour("red"))
	p.set(colour("red"))
	short := colour("blue")
	short.TTL = time.Hour
	w.time.Advance(time.Second)
	p.set(short)
	w.must(p.keys.Delete(t.Context(), short.Key, bot.Cause{}))
	private := colour("green")
	private.Key = datastore.Key{Scope: datastore.User, Owner: "ann", Name: "colour"}
	p.set(private)

	const (
		red  = `{"by":"ann","name":"colour","scope":"system","secret":false,"value":"red"}`
		blue = `{"by":"ann","expire_timestamp":"2026-11-25T10:00:01Z","name":"colour","scope":"system","secret":false,"value":"blue"}`
	)
	check(t, p.told("create"), []string{`{"object":` + red + `}`})
	check(t, p.told("update"), []string{`{"object":` + red + `}`, `{"object":` + blue + `}`})
	check(t, p.told("value_change"), []string{`{"new_object":` + blue + `,"old_object":` + red + `}`})
	check(t, p.told("delete"), []string{`{"object":` + blue + `}`})
	p.settle()
	check(t, p.fired(), []string{"create", "delete", "update", "update", "value_change"})
}

// Encrypted values are compared in plain and told to nobody.
func TestSecretsAreNotTold(t *testing.T) {
	w := newWorld(t, keyRule("create"), keyRule("update"), keyRule("value_change"), keyRule("delete"))
	p := w.process()
	secret := colour("hunter2")
	secret.Encrypt = true
	p.set(secret)
	p.set(secret)
	check(t, len(p.told("value_change")), 0)
	secret.Value = "hunter3"
	p.set(secret)
	w.must(p.keys.Delete(t.Context(), secret.Key, bot.Cause{}))
	check(t, []int{len(p.told("create")), len(p.told("update")), len(p.told("value_change")), len(p.told("delete"))}, []int{1, 2, 1, 1})
	list, err := p.Instances(t.Context(), event.Filter{})
	w.must(err)
	for _, i := range list {
		data, err := json.Marshal(i)
		w.must(err)
		if strings.Contains(string(data), "hunter") || !strings.Contains(string(data), `"secret":true`) {
			t.Errorf("%s", data)
		}
	}
}

func TestKeysTellNobodyWhereNoRuleWaits(t *testing.T) {
	w := newWorld(t, keyRule("delete"))
	p := w.process()
	p.set(colour("red"))
	p.set(colour("blue"))
	list, err := p.Instances(t.Context(), event.Filter{})
	w.must(err)
	check(t, len(list), 0)
}

// A rule that writes the key which it waits for sets itself off. It is stopped.
func TestARuleThatWritesItsKeyIsStopped(t *testing.T) {
	w := newWorld(t, "trigger: {type: core.st2.key_value_pair.value_change}\naction: {ref: test.write}\n")
	p := w.process()
	for range 2 { // the first write makes the key
		_, err := p.executor.Accept(t.Context(), executor.Command{Action: "test.write"})
		w.must(err)
	}
	last := p.turnsInACircle()
	if !strings.Contains(last.Why, "set each other off") || last.Cause.Depth != 11 {
		t.Errorf("%+v", last)
	}
}
