package clary_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/handlertest"
	simclary "github.com/petrelops/petrel/internal/sim/clary"
)

func note(hosts string, more ...any) params {
	p := to(hosts, "", more...)
	delete(p, "status")
	return p
}

func TestComment(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeComment", note("irene[4000-4011]", "user", "bob", "impacting", true))
	if a.err != nil {
		t.Fatal(a.err)
	}
	if d := cmp.Diff([]string{"add a comment to the logbook (12 hosts: irene[4000-4011])"}, a.plan.Lines); d != "" {
		t.Errorf("plan (-want +got):\n%s", d)
	}
	if want := "Comment logged for 12 of 12 hosts"; a.result.Summary != want {
		t.Errorf("summary %q, want %q", a.result.Summary, want)
	}
	if d := cmp.Diff([]string{"irene4000", "logged"}, a.rows()[0]); d != "" {
		t.Errorf("row (-want +got):\n%s", d)
	}
	lines := r.ledger.lines(t, simclary.LineComment)
	if len(lines) != 12 {
		t.Fatalf("%d lines in the logbook, want 12", len(lines))
	}
	for _, l := range lines {
		if l.Comment != "hw swap" || l.User != "bob" || !l.Impacting {
			t.Errorf("line %+v", l)
		}
	}
}

// Whatever happens to the answer, a comment is sent once.
func TestCommentIsNeverDoubled(t *testing.T) {
	const unsure = "irene4000: It is not known whether the comment was logged, and it was not sent again. Look in the logbook first. "
	for _, tc := range []struct {
		name   string
		fault  simclary.Fault
		logged int
		want   string
		phase  bot.Phase
	}{
		{
			"dropped after the effect",
			simclary.Fault{Effect: simclary.EffectDrop, After: true},
			1,
			unsure + "Clary cannot be reached at URL. Try again when it is back, or ask whoever runs the bot to check clary.url.", bot.Intent,
		},
		{
			"dropped before the effect",
			simclary.Fault{Effect: simclary.EffectDrop},
			0,
			unsure + "Clary cannot be reached at URL. Try again when it is back, or ask whoever runs the bot to check clary.url.", bot.Intent,
		},
		{
			"503 after the effect",
			simclary.Fault{Effect: simclary.EffectStatus, Status: 503, After: true},
			1,
			unsure + "Clary has a fault of its own (503). Try again in a minute; if it stays, tell whoever runs Clary.", bot.Intent,
		},
		{
			"garbage after the effect",
			simclary.Fault{Effect: simclary.EffectGarbage, After: true},
			1,
			unsure + "Clary's answer is not a JSON object. Ask whoever runs the bot to check clary.url, clary.paths and clary.fields.", bot.Intent,
		},
		{
			"429",
			simclary.Fault{Effect: simclary.EffectStatus, Status: 429},
			0,
			"irene4000: Clary asks to slow down (429). Try again later, or with a lower concurrency.", bot.Done,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			tc.fault.Kind = simclary.KindComment
			r.fault(tc.fault)
			a := r.do("NodeComment", note("irene4000"))
			if want := replaceURL(tc.want, r.url); a.text() != want {
				t.Errorf("text\n%s\nwant\n%s", a.text(), want)
			}
			if got := r.sim.Stats().Requests[simclary.KindComment]; got != 1 {
				t.Errorf("sent %d times", got)
			}
			if got := len(r.ledger.lines(t, simclary.LineComment)); got != tc.logged {
				t.Errorf("%d lines in the logbook, want %d", got, tc.logged)
			}
			if got := a.job.Left()["irene4000"].Phase; got != tc.phase {
				t.Errorf("the checkpoint is %q, want %q", got, tc.phase)
			}
			second := r.run(t.Context(), "NodeComment", note("irene4000"), handlertest.JobOptions{Earlier: a.job.Left()})
			if got := r.sim.Stats().Requests[simclary.KindComment]; got != 1 {
				t.Errorf("a second attempt sent it again (%v)", second.err)
			}
			if bot.ErrorCode(second.err) != bot.CodeConflict {
				t.Errorf("the second attempt ends with %v", second.err)
			}
		})
	}
}

func TestCommentUnknownHost(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeComment", note("irene4000,nope"))
	if want := "1 of 2 hosts failed. nope: Clary does not know this node. Check the name and try again."; a.text() != want {
		t.Errorf("text %q, want %q", a.text(), want)
	}
	if got := len(r.ledger.lines(t, simclary.LineComment)); got != 1 {
		t.Errorf("%d lines in the logbook, want 1", got)
	}
}

func TestCommentDryRun(t *testing.T) {
	r := newRig(t, site{})
	a := r.do("NodeComment", note("irene4000", "dry_run", true))
	if a.err != nil {
		t.Fatal(a.err)
	}
	if d := cmp.Diff([]string{"irene4000", "would be logged"}, a.rows()[0]); d != "" {
		t.Errorf("row (-want +got):\n%s", d)
	}
	if got := r.sim.Stats().Requests[simclary.KindComment]; got != 0 {
		t.Errorf("sent %d times", got)
	}
}

func TestCommentVerify(t *testing.T) {
	done := func(host string) bot.Checkpoint { return bot.Checkpoint{Target: host, Phase: bot.Done, Note: "logged"} }
	refused := bot.Checkpoint{Target: "irene4002", Phase: bot.Done, Note: "failed: Clary asks to slow down (429)."}
	open := bot.Checkpoint{Target: "irene4001", Phase: bot.Intent}
	for _, tc := range []struct {
		name    string
		marks   []bot.Checkpoint
		want    bot.Finding
		summary string
		rows    [][]string
	}{
		{"nothing was sent", nil, bot.NotHappened, "Of 3 hosts, 0 logged and 0 not known", [][]string{
			{"irene[4000-4002]", "3", "not sent"},
		}},
		{"nothing was accepted", []bot.Checkpoint{refused}, bot.NotHappened, "Of 3 hosts, 0 logged and 0 not known", [][]string{
			{"irene4002", "1", "refused by Clary"},
			{"irene[4000-4001]", "2", "not sent"},
		}},
		{
			"all are logged",
			[]bot.Checkpoint{done("irene4000"), done("irene4001"), done("irene4002")},
			bot.Happened, "Of 3 hosts, 3 logged and 0 not known",
			[][]string{{"irene[4000-4002]", "3", "logged"}},
		},
		{
			"some of each",
			[]bot.Checkpoint{done("irene4000"), open, refused},
			bot.Unknown, "Of 3 hosts, 1 logged and 1 not known",
			[][]string{
				{"irene4000", "1", "logged"},
				{"irene4001", "1", "not known: look in the logbook"},
				{"irene4002", "1", "refused by Clary"},
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			earlier := map[string]bot.Checkpoint{}
			for _, m := range tc.marks {
				earlier[m.Target] = m
			}
			job := handlertest.NewJob(handlertest.JobOptions{Request: alice(), Earlier: earlier})
			finding, result, err := r.handler("NodeComment").Verify(t.Context(), job, note("irene[4000-4002]"))
			if err != nil || finding != tc.want || result.Summary != tc.summary {
				t.Errorf("finding %s, summary %q, error %v", finding, result.Summary, err)
			}
			if d := cmp.Diff(tc.rows, result.Blocks[0].Table.Rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
		})
	}
}

// The store goes away between the last comment and its mark: what was done is told as done. The fault harness found it told as failed.
func TestCommentWhoseMarkIsLost(t *testing.T) {
	for _, tc := range []struct {
		name, hosts string
		lost        string // the host whose done mark is lost
		code        bot.Code
		failed      bool
		logged      int
	}{
		{"of the only host", "irene4000", "irene4000", bot.CodeUnavailable, false, 1},
		{"of the last host", "irene[4000-4001]", "irene4001", bot.CodeUnavailable, false, 2},
		{"of the first host, so the second is not begun", "irene[4000-4001]", "irene4000", bot.CodeUnavailable, true, 1},
		{"because another worker took over", "irene4000", "irene4000", bot.CodeFenced, true, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRig(t, site{})
			o := jobFor(alice())
			o.OnMark = func(c bot.Checkpoint) error {
				if c.Target == tc.lost && c.Phase == bot.Done {
					return bot.E(tc.code, "test.mark", "The store is away.", nil)
				}
				return nil
			}
			a := r.run(t.Context(), "NodeComment", note(tc.hosts, "concurrency", 1), o)
			if failed := a.err != nil; failed != tc.failed {
				t.Errorf("got %v", a.err)
			}
			if n := len(r.ledger.lines(t, simclary.LineComment)); n != tc.logged {
				t.Errorf("%d comments are logged, want %d", n, tc.logged)
			}
		})
	}
}
