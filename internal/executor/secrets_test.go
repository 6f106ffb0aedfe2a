package executor_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/executor"
)

// Handlers that repeat their secret in all that they say, as it is and encoded: nothing of it is in the history, the replies, the audit log, the
// log or the database.
func TestSecretsOfHandlersStayInside(t *testing.T) {
	n := 200
	if testing.Short() {
		n = 20
	}
	canary := func(i int) string { return fmt.Sprintf("canary-%04d-s3cret", i) }
	leak := func(p params) string {
		s, _ := p.Token.(string)
		return fmt.Sprintf("used %s and %s, %x", s, base64.StdEncoding.EncodeToString([]byte("user:"+s)), s)
	}
	outcomes := []struct {
		name string
		do   func(text string) (bot.Result, error)
	}{
		{"succeeds", func(text string) (bot.Result, error) {
			return bot.Result{Summary: text, Blocks: []bot.Block{bot.TextBlock(text), bot.TableBlock([]string{"x"}, [][]string{{text}}), {Code: text}}, Data: map[string]any{text: text}}, nil
		}},
		{"fails", func(text string) (bot.Result, error) {
			return bot.Result{Summary: text}, bot.E(bot.CodeUnavailable, "test.do", text, errors.New(text))
		}},
		{"fails without a text", func(text string) (bot.Result, error) { return bot.Result{}, errors.New(text) }},
		{"panics", func(text string) (bot.Result, error) { panic(text) }},
	}
	var actions []executor.Action
	for i, o := range outcomes {
		h := planner{
			doer: func(ctx context.Context, job bot.Job, p params) (bot.Result, error) {
				job.Progress(bot.Progress{Text: leak(p)})
				if err := job.Mark(ctx, bot.Checkpoint{Target: "irene1", Phase: bot.Intent, Note: leak(p)}); err != nil {
					return bot.Result{}, err
				}
				return o.do(leak(p))
			},
			plan: func(_ context.Context, _ bot.Request, p params) (bot.Plan, error) {
				return bot.Plan{Lines: []string{leak(p)}}, nil
			},
		}
		actions = append(actions, action(fmt.Sprint("leak", i), bot.Idempotent, h))
	}
	w := newWorld(t, actions...)
	p := w.running()
	for i := range n {
		c := command(fmt.Sprint("test.leak", i%len(outcomes)), map[string]any{"token": canary(i)})
		c.Text = "leak " + canary(i)
		e := p.ended(p.accept(c).ID, map[bool]bot.Status{true: bot.Succeeded, false: bot.Failed}[i%len(outcomes) == 0])
		r, err := p.Result(w.ctx, e)
		w.must(err)
		shown := fmt.Sprintf("%+v %+v %+v %s", e, e.Error, w.reply(p.store, e.ID), r.Data)
		noCanary(t, shown, canary(i))
		if i%len(outcomes) < 2 && !strings.Contains(shown, "********") {
			t.Errorf("nothing was said at all: %s", shown)
		}
	}
	_, lines := p.audited(audit.Query{})
	noCanary(t, fmt.Sprintf("%+v", lines), "canary-")
	if w.log.has("canary-") {
		t.Error("the log has a canary")
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "petrel.db*"))
	w.must(err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		w.must(err)
		noCanary(t, string(data), "canary-")
	}
}

// noCanary demands that neither the text nor what base64 makes of it is in what is shown.
func noCanary(t *testing.T, shown, secret string) {
	t.Helper()
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), base64.RawStdEncoding.EncodeToString([]byte(secret))[:8]} {
		if i := strings.Index(shown, form); i >= 0 {
			t.Fatalf("%q shows in %q", form, shown[max(0, i-40):min(len(shown), i+60)])
		}
	}
}
