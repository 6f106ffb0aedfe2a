package bot_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/petrelops/petrel/bot"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestMove(t *testing.T) {
	e := bot.Execution{Status: bot.Requested, Created: noon}
	if got := e.Took(noon.Add(time.Hour)); got != 0 {
		t.Errorf("it took %s before it began", got)
	}
	steps := []bot.Move{
		{Status: bot.Scheduled, At: noon.Add(1 * time.Second), By: "w1"},
		{Status: bot.Running, At: noon.Add(2 * time.Second), By: "w1"},
		{Status: bot.Requested, At: noon.Add(3 * time.Second), By: "w2", Why: "w1 died"},
		{Status: bot.Scheduled, At: noon.Add(4 * time.Second), By: "w2"},
		{Status: bot.Running, At: noon.Add(5 * time.Second), By: "w2"},
		{Status: bot.Succeeded, At: noon.Add(9 * time.Second), By: "w2"},
	}
	for _, m := range steps {
		if err := e.Move(m); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(steps, e.History); diff != "" {
		t.Error(diff)
	}
	if e.Attempts != 2 || !e.Started.Equal(noon.Add(2*time.Second)) || !e.Ended.Equal(noon.Add(9*time.Second)) {
		t.Errorf("attempts %d, started %s, ended %s", e.Attempts, e.Started, e.Ended)
	}
	if got := e.Took(noon.Add(time.Hour)); got != 7*time.Second {
		t.Errorf("it took %s", got)
	}
	before := e.Status
	if err := e.Move(bot.Move{Status: bot.Running, At: noon}); bot.ErrorCode(err) != bot.CodeConflict {
		t.Errorf("moved on from its end: %v", err)
	}
	if e.Status != before || len(e.History) != len(steps) || e.Attempts != 2 {
		t.Errorf("a refused move changed the execution: %+v", e)
	}
}

// An execution that waits for a lock is blocked and released for hours: its history keeps its beginning and its end.
func TestHistoryIsBounded(t *testing.T) {
	e := bot.Execution{Status: bot.Requested}
	const rounds = 1000
	for i := range rounds {
		for _, s := range []bot.Status{bot.Delayed, bot.Requested} {
			if err := e.Move(bot.Move{Status: s, At: noon.Add(time.Duration(i) * time.Second)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(e.History) > 64 {
		t.Errorf("%d lines of history", len(e.History))
	}
	if first, last := e.History[0], e.History[len(e.History)-1]; !first.At.Equal(noon) || !last.At.Equal(noon.Add((rounds-1)*time.Second)) {
		t.Errorf("history from %s to %s", first.At, last.At)
	}
}

func TestExecutionSurvivesJSON(t *testing.T) {
	e := bot.Execution{
		ID: "1a1f9287b3366a8c05c0bb60", Action: "core.noop", Class: bot.Read, Params: map[string]any{"n": 4.0},
		Identity: bot.Identity{ID: "ann", Roles: []string{"ops"}}, Origin: bot.Origin{Adapter: "slack", Workspace: "T1", User: "U1"},
		Status: bot.Failed, Created: noon, History: []bot.Move{{Status: bot.Requested, At: noon}},
		Error: &bot.Fault{Code: bot.CodeTimeout, Text: "It took too long."},
	}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back bot.Execution
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back); diff != "" {
		t.Error(diff)
	}
}
