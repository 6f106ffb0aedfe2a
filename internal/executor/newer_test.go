package executor_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/store"
)

// TestRecordOfNewerVersion: while machines are upgraded one after the other, an older worker runs an execution that a newer one accepted,
// and takes nothing from its record.
func TestRecordOfNewerVersion(t *testing.T) {
	w := newWorld(t, action("noop", bot.Idempotent, doer(done)))
	p := w.process(executor.Options{})
	e := p.accept(command("test.noop", nil))
	key := store.Key{Kind: "execution", ID: e.ID}
	record, err := p.store.Get(w.ctx, key)
	w.must(err)
	fields := map[string]json.RawMessage{}
	w.must(json.Unmarshal(record.Data, &fields))
	fields["v"], fields["weather"] = json.RawMessage("7"), json.RawMessage(`{"sky":["blue",1e3]}`)
	record.Data, err = json.Marshal(fields)
	w.must(err)
	w.must(p.store.Commit(w.ctx, store.Batch{Puts: []store.Put{{Key: key, Data: record.Data, If: record.Version, TTL: time.Hour, Index: []store.Index{{Name: "all"}}}}}))

	p.start(p.Run)
	p.ended(e.ID, bot.Succeeded)
	after, err := p.store.Get(w.ctx, key)
	w.must(err)
	if after.Version <= record.Version {
		t.Errorf("version %d was never written again", after.Version)
	}
	got := map[string]json.RawMessage{}
	w.must(json.Unmarshal(after.Data, &got))
	for _, name := range []string{"v", "weather"} {
		if string(got[name]) != string(fields[name]) {
			t.Errorf("%s was %s and is %s", name, fields[name], got[name])
		}
	}
}
