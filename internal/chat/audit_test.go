package chat_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/sqlite"
)

func TestAudit(t *testing.T) {
	w := busy(t)
	s, err := sqlite.Open(t.Context(), sqlite.Options{Dir: t.TempDir(), Clock: clock.NewFake(at)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	w.log = s
	if got := words(w.says(t, "bob", "audit")); got != "The audit log has nothing that fits.\n" {
		t.Errorf("got %q", got)
	}
	for _, e := range []audit.Entry{
		{What: audit.Asked, Who: "console:ann", Action: "lab.set", Class: bot.Idempotent, Targets: "irene1", Execution: doneID},
		{What: audit.Did, Who: "console:ann", Action: "lab.set", Class: bot.Idempotent, Targets: "irene1", Execution: doneID, Status: bot.Failed, Why: "irene1 is off."},
		{What: audit.Asked, Who: "console:bob", Action: "lab.get", Class: bot.Read, Targets: "irene1", Execution: runningID},
	} {
		var b store.Batch
		if err := audit.Append(&b, e, []string{e.Targets}, 1e15); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	head := "when | who | what | action | targets | how it stands | execution\n"
	failed := "2026-03-04 05:06:07 UTC | console:ann | did | lab.set | irene1 | failed: irene1 is off. | " + doneID + "\n"
	asked := "2026-03-04 05:06:07 UTC | console:ann | asked | lab.set | irene1 |  | " + doneID + "\n"
	looked := "2026-03-04 05:06:07 UTC | console:bob | asked | lab.get | irene1 |  | " + runningID + "\n"
	for line, want := range map[string]string{
		"audit target=irene1 changes=true": head + failed + asked,
		"audit who=me":                     head + looked,
		"audit execution 1a1f9287b336":     head + failed + asked,
		"audit what=did":                   head + failed,
		"audit limit=1":                    head + looked,
		"audit since=2h":                   head + looked + failed + asked,
	} {
		if diff := cmp.Diff(want, words(w.says(t, "bob", line))); diff != "" {
			t.Errorf("%s: %s", line, diff)
		}
	}
}
