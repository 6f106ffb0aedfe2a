package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/config"
)

// guardedPack has one command that two people must agree to, and one question. Both are of people and roles.
var guardedPack = map[string]string{
	"pack.yaml":         "name: ops\nref: ops\ndescription: What is guarded\nversion: 1.0.0\nauthor: ann\nemail: ann@example.com\n",
	"policies/two.yaml": "name: two\nresource_ref: core.echo\npolicy_type: action.approval\nparameters: {when: message == 'risky', users: [bob], roles: [approver], required: 2}\n",
	"actions/window.yaml": `name: window
description: Ask for a window
runner_type: inquirer
class: idempotent
parameters:
  roles: {default: [approver]}
  schema:
    default:
      type: object
      properties:
        hours: {type: integer, minimum: 1, maximum: 8, required: true}
        rack: {type: string, enum: [a, b]}
        note: {type: string, minLength: 3, pattern: '^[a-z ]+$'}
        hosts: {type: array, items: {type: string}, maxItems: 2}
        more: {type: object}
`,
	"aliases/window.yaml": "name: window\naction_ref: ops.window\nformats: [ask for a window]\n",
}

// guarded is a bot with people, that pack and nobody else connected.
type guarded struct {
	testing.TB
	app *app.App
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ops")
	for name, text := range guardedPack {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := config.Default()
	c.Data, c.Packs = t.TempDir(), []string{dir}
	c.Access = config.Access{
		People: []config.Person{
			{ID: "ann", Accounts: []string{"console:ann", "console:ann2", "slack:T1/U1"}, Roles: []string{"operator"}, Source: "p.yaml:1"},
			{ID: "bob", Accounts: []string{"console:bob", "slack:T1/U2"}, Roles: []string{"dev"}, Source: "p.yaml:2"},
			{ID: "carl", Accounts: []string{"console:carl"}, Roles: []string{"approver"}, Source: "p.yaml:3"},
			{ID: "dora", Name: "bob", Accounts: []string{"console:dora"}, Roles: []string{"dev"}, Source: "p.yaml:4"}, // a display name that spoofs
		},
		Permissions: []config.Permission{{Roles: []string{"*"}, Action: "*", Source: "p.yaml:5"}},
	}
	a, err := app.New(context.Background(), app.Options{Config: c, Owner: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, false) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &guarded{TB: t, app: a}
}

// says has an account write a line, and returns all that it is told at once.
func (g *guarded) says(account, delivery, line string) bot.Answer {
	g.Helper()
	o := bot.Origin{Adapter: "console", User: account}
	if adapter, rest, found := strings.Cut(account, ":"); found {
		o.Adapter = adapter
		o.Workspace, o.User, _ = strings.Cut(rest, "/")
	}
	answer, err := g.app.Desk.Receive(context.Background(), bot.Message{Origin: o, Delivery: delivery, Text: line})
	if err != nil {
		g.Fatal(err)
	}
	return answer
}

// words is what an answer says.
func words(a bot.Answer) string {
	if a.Reply == nil {
		return ""
	}
	text := a.Reply.Title
	for _, b := range a.Reply.Blocks {
		text += "\n" + b.Text
	}
	return text
}

// pending has ann give a command and waits until it waits for people.
func (g *guarded) pending(delivery, line string) string {
	g.Helper()
	id := g.says("ann", delivery, line).Execution
	g.until(func() bool { return g.look(id).Status == bot.Pending })
	return id
}

func (g *guarded) look(id string) bot.Execution {
	g.Helper()
	e, err := g.app.Executor.Execution(context.Background(), id)
	if err != nil {
		g.Fatal(err)
	}
	return e
}

// until waits until something is so. The executor tells nobody of a question but whoever reads it.
func (g *guarded) until(so func() bool) {
	g.Helper()
	limit := time.After(20 * time.Second)
	for !so() {
		select {
		case <-limit:
			g.Fatal("waited in vain")
		default:
		}
	}
}

// begun reports whether an execution was ever at work.
func begun(e bot.Execution) bool { return !e.Started.IsZero() }

// Whatever hostile people try, what two must agree to does not begin without them, and everybody is told why.
func TestHostilePeople(t *testing.T) {
	g := newGuarded(t)
	id := g.pending("1", "echo risky")
	other := g.pending("2", "echo risky")
	g.says("bob", "3", "deny "+other+" no")
	const unknown = "is not known here"
	for name, try := range map[string]struct{ account, line, told string }{
		"a display name that spoofs":           {"dora", "approve " + id, "dora may not answer this. Ask role approver, bob."},
		"an account that is named like a role": {"approver", "approve " + id, "console:approver " + unknown},
		"an account that is named like an id":  {"relay:T1/bob", "approve " + id, "relay:T1/bob " + unknown},
		"another case of a name":               {"Bob", "approve " + id, "console:Bob " + unknown},
		"a space behind a name":                {"bob ", "approve " + id, unknown},
		"a look-alike letter":                  {"bоb", "approve " + id, unknown}, // the o is Cyrillic
		"a user id of another workspace":       {"slack:T9/U2", "approve " + id, "slack:T9/U2 " + unknown},
		"a workspace in the user id":           {"slack:T9/T1/U2", "approve " + id, unknown},
		"whoever asked":                        {"ann", "approve " + id, "You asked for it yourself"},
		"the second account of whoever asked":  {"ann2", "approve " + id, "You asked for it yourself"},
		"the account on another platform":      {"slack:T1/U1", "approve " + id, "You asked for it yourself"},
		"a confirmation":                       {"bob", "confirm " + id, "Whoever asked has nothing to confirm."},
		"an answer to what is no question":     {"bob", "inquiry respond " + id + " yes", "It waits for approval."},
		"an answer that forges the fields":     {"dora", "inquiry respond " + id + ` {"yes": true, "by": "bob"}`, "It waits for approval."},
		"a button of a question that is over":  {"bob", "approve " + other, "It is denied already."},
		"the button of another plan":           {"bob", "approve " + id + " plan=deadbeef", "There is no plan deadbeef."},
		"nothing that was asked":               {"bob", "approve ffffffffffffffffffffffff", "ffffffffffffffffffffffff"},
		"too short an id":                      {"bob", "approve 1", "1"},
		"a pattern for an id":                  {"bob", "approve *", "*"},
	} {
		if told := words(g.says(try.account, "try "+name, try.line)); !strings.Contains(told, try.told) {
			t.Errorf("%s: %q is told %q, want %q", name, try.account, told, try.told)
		}
		if e := g.look(id); e.Status != bot.Pending || begun(e) {
			t.Fatalf("%s: it is %s", name, e.Status)
		}
	}
	q, err := g.app.Executor.Inquiry(context.Background(), id)
	if err != nil || len(q.Answers) != 0 {
		t.Fatalf("%d answers count, %v", len(q.Answers), err)
	}
	// A replayed payload counts once, whether as the same delivery or as a new one; then the second person decides.
	g.says("bob", "click", "approve "+id)
	for _, delivery := range []string{"click", "another"} {
		if told := words(g.says("bob", delivery, "approve "+id)); !strings.Contains(told, "You have answered already") {
			t.Errorf("a replayed click is told %q", told)
		}
	}
	if told := words(g.says("slack:T1/U2", "phone", "approve "+id)); !strings.Contains(told, "You have answered already") {
		t.Errorf("the second account of an approver is told %q", told)
	}
	if begun(g.look(id)) {
		t.Fatal("it began with one approval")
	}
	g.says("carl", "second", "approve "+id)
	g.until(func() bool { return g.look(id).Status == bot.Succeeded })
	if e := g.look(id); len(e.Approvals) != 2 || e.Attempts != 1 {
		t.Errorf("agreed have %+v in %d attempts", e.Approvals, e.Attempts)
	}
}

// Ten people press at one moment: those who may and those who may not, each twice. It begins once, with two who may, and nobody is left
// without a word.
func TestTenPeopleAtOnce(t *testing.T) {
	g := newGuarded(t)
	id := g.pending("1", "echo risky")
	var group errgroup.Group
	for i, account := range []string{"bob", "carl", "dora", "ann", "ann2", "eve", "approver", "slack:T1/U2", "slack:T9/U2", "mallory"} {
		for twice := range 2 {
			group.Go(func() error {
				if told := words(g.says(account, fmt.Sprint(i, twice), "approve "+id)); told == "" {
					return fmt.Errorf("%s is told nothing", account)
				}
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	g.until(func() bool { return g.look(id).Status.Ended() })
	e := g.look(id)
	who := map[string]bool{}
	for _, a := range e.Approvals {
		who[a.By] = true
	}
	if e.Status != bot.Succeeded || e.Attempts != 1 || len(e.Approvals) != 2 || !who["bob"] || !who["carl"] {
		t.Errorf("it ended %s after %d attempts, agreed have %+v", e.Status, e.Attempts, e.Approvals)
	}
}

// An answer that breaks the schema is told at its field and changes nothing, in whatever way it breaks it.
func TestHostileAnswers(t *testing.T) {
	g := newGuarded(t)
	id := g.pending("1", "ask for a window")
	for name, try := range map[string][2]string{
		"nothing of the schema":  {`{}`, "hours"},
		"another type":           {`{"hours": "many"}`, "hours"},
		"a fraction":             {`{"hours": 1.5}`, "hours"},
		"a truth":                {`{"hours": true}`, "hours"},
		"null":                   {`{"hours": null}`, "hours"},
		"too little":             {`hours=0`, "hours"},
		"too much":               {`hours=9`, "hours"},
		"far too much":           {`hours=99999999999999999999999999`, "hours"},
		"no number":              {`hours=NaN`, "hours"},
		"a template":             {`hours={{1}}`, "hours"},
		"none of the choices":    {`hours=1 rack=c`, "rack"},
		"too short":              {`hours=1 note=a`, "note"},
		"not like the pattern":   {`hours=1 note="DROP TABLE"`, "note"},
		"a list of other things": {`{"hours": 1, "hosts": [1, {}]}`, "hosts"},
		"too long a list":        {`hours=1 hosts=a,b,c`, "hosts"},
		"no object":              {`{"hours": 1, "more": "x"}`, "more"},
		"an unknown key":         {`hours=1 admin=true`, "admin"},
		"no JSON":                {`{"hours": 1`, "no JSON object"},
		"JSON that is no object": {`[1]`, "hours=1"},
		"a deep nest":            {`{"hours": ` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`, "hours"},
		"a long text":            {`hours=1 note=` + strings.Repeat("A", 5000), "note"},
	} {
		told := words(g.says("carl", name, "inquiry respond "+id+" "+try[0]))
		if !strings.Contains(told, try[1]) || len(told) > 4000 {
			t.Errorf("%s is told %.300q", name, told)
		}
		if e := g.look(id); e.Status != bot.Pending {
			t.Fatalf("%s: it is %s", name, e.Status)
		}
	}
	if told := words(g.says("dora", "not asked", "inquiry respond "+id+" hours=2")); !strings.Contains(told, "dora may not answer this.") {
		t.Errorf("who is not asked is told %q", told)
	}
	g.says("carl", "good", "inquiry respond "+id+` {"hours": 2, "note": "new disks"}`)
	g.until(func() bool { return g.look(id).Status == bot.Succeeded })
}
