package chat_test

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/access"
	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/sensor"
)

// engine stands in for the executor: it remembers what was asked for and answers from its list.
type engine struct {
	accepted  []executor.Command
	canceled  []string
	rerun     []string
	list      []bot.Execution
	result    bot.Result
	filters   []executor.Filter
	denied    []string
	holds     []executor.Held
	locked    []executor.HandLock
	unlocked  []executor.HandLock
	log       audit.Store
	open      []bot.Inquiry
	responses []executor.Response
	refuse    error // the answer to every response, when set
	fault     error // the answer to everything, when set
}

func (e *engine) Accept(_ context.Context, c executor.Command) (bot.Execution, error) {
	if e.fault != nil {
		return bot.Execution{}, e.fault
	}
	e.accepted = append(e.accepted, c)
	return bot.Execution{ID: "1a1f9287b336000000000001", Action: c.Action, Status: bot.Requested}, nil
}

func (e *engine) Cancel(_ context.Context, id string, by bot.Identity) (bot.Execution, error) {
	e.canceled = append(e.canceled, id+" by "+by.ID)
	i := slices.IndexFunc(e.list, func(x bot.Execution) bool { return x.ID == id })
	x := e.list[i]
	x.Status = bot.Canceled
	if e.list[i].Status == bot.Running {
		x.Status = bot.Canceling
	}
	return x, e.fault
}

func (e *engine) Rerun(ctx context.Context, old bot.Execution, c executor.Command) (bot.Execution, error) {
	e.rerun = append(e.rerun, old.ID)
	c.Action = old.Action
	return e.Accept(ctx, c)
}

func (e *engine) Execution(_ context.Context, prefix string) (bot.Execution, error) {
	for _, x := range e.list {
		if strings.HasPrefix(x.ID, prefix) {
			return x, e.fault
		}
	}
	return bot.Execution{}, cmp.Or(e.fault, error(bot.E(bot.CodeNotFound, "test", "There is no execution "+prefix+".", nil)))
}

func (e *engine) Executions(_ context.Context, f executor.Filter) ([]bot.Execution, error) {
	e.filters = append(e.filters, f)
	return e.list[:min(f.Limit, len(e.list))], e.fault
}

func (e *engine) Resolve(_ context.Context, id string, finding bot.Finding, by bot.Identity) (bot.Execution, error) {
	return bot.Execution{ID: id, Action: "lab.set", Resolution: &bot.Resolution{Finding: finding, By: by.ID}}, e.fault
}

func (e *engine) Deny(_ context.Context, c executor.Command, _ string) error {
	e.denied = append(e.denied, c.Action+" to "+c.Identity.ID)
	return nil
}

func (e *engine) Inquiries(_ context.Context, limit int) ([]bot.Inquiry, error) {
	return e.open[:min(limit, len(e.open))], e.fault
}

func (e *engine) Inquiry(_ context.Context, id string) (bot.Inquiry, error) {
	for _, q := range e.open {
		if q.ID == id {
			return q, e.fault
		}
	}
	return bot.Inquiry{}, cmp.Or(e.fault, error(bot.E(bot.CodeNotFound, "test", "Nothing was asked under "+id+".", nil)))
}

func (e *engine) Respond(_ context.Context, id string, a executor.Response) (bot.Inquiry, error) {
	e.responses = append(e.responses, a)
	if e.refuse != nil {
		return bot.Inquiry{}, e.refuse
	}
	if a.Answer != nil {
		return bot.Inquiry{ID: id, Action: "core.ask", Decision: bot.Answered}, e.fault
	}
	q := bot.Inquiry{ID: id, Action: "lab.set", Required: 2, Answers: []bot.Approval{{By: a.By.ID, Yes: a.Yes}}}
	if !a.Yes {
		q.Decision = bot.Denied
	}
	return q, e.fault
}

func (e *engine) Audit() *audit.Trail { return audit.NewTrail(e.log) }

func (e *engine) Locks(_ context.Context, limit int) ([]executor.Held, error) {
	return e.holds[:min(limit, len(e.holds))], e.fault
}

func (e *engine) Lock(_ context.Context, w executor.HandLock) error {
	e.locked = append(e.locked, w)
	return e.fault
}

func (e *engine) Unlock(_ context.Context, w executor.HandLock) error {
	e.unlocked = append(e.unlocked, w)
	return e.fault
}

func (e *engine) Result(context.Context, bot.Execution) (bot.Result, error) { return e.result, e.fault }

// gate lets ann do everything and bob what is of class read. Nobody else is known.
type gate struct{}

func (gate) Allow(call bot.Call) bot.Decision {
	switch who := call.Identity.ID; {
	case who == "console:ann":
		return bot.Decision{Allowed: true}
	case who == "console:bob" && call.Action.Class == bot.Read:
		return bot.Decision{Allowed: true, Rule: "petrel.yaml:7"}
	}
	return bot.Decision{Why: call.Identity.ID + " may not run " + call.Action.Ref() + "."}
}

type catalog map[string]executor.Action

func (c catalog) Action(ref string) (executor.Action, error) {
	if a, ok := c[ref]; ok {
		return a, nil
	}
	return executor.Action{}, bot.E(bot.CodeNotFound, "test", "There is no action "+ref+".", nil)
}

func text(name string, more ...func(*bot.Param)) bot.Param {
	p := bot.Param{Name: name, Type: "string", Position: -1, Schema: map[string]any{"type": "string"}}
	for _, m := range more {
		m(&p)
	}
	return p
}

func required(p *bot.Param) { p.Required = true }
func secret(p *bot.Param)   { p.Secret = true }

// world is a desk with a small pack: lab.get is read, lab.set and lab.reset change something.
type world struct {
	*engine
	freezer freezer
	notices noticeBoard
	desk    *chat.Desk
	people  *access.Authority
	gate    executor.Gate
	watched watched
	later   later
	content *chat.Content
}

func newWorld(t *testing.T, more ...*aliases.Alias) *world {
	t.Helper()
	w := &world{engine: &engine{}, people: &access.Authority{}, gate: gate{}}
	w.know(t)
	actions := catalog{}
	add := func(spec bot.ActionSpec) {
		spec.Enabled = true
		actions[spec.Ref()] = executor.Action{Spec: &spec}
	}
	number := bot.Param{Name: "limit", Type: "integer", Position: -1, Schema: map[string]any{"type": "integer", "minimum": json.Number("1")}}
	add(bot.ActionSpec{Pack: "lab", Name: "get", Description: "Look at a host", Runner: "go", Class: bot.Read, Params: []bot.Param{text("host", required)}})
	add(bot.ActionSpec{Pack: "lab", Name: "set", Description: "Change a host", Runner: "go", Class: bot.Idempotent, Params: []bot.Param{
		text("host", required), text("status"), text("token", secret),
		{Name: "count", Type: "integer", Position: -1, Schema: map[string]any{"type": "integer"}},
	}})
	add(bot.ActionSpec{Pack: "lab", Name: "old", Description: "Say hello", Runner: "python-script", Class: bot.Read, NotRunnable: "runner python-script"})
	for name, class := range map[string]bot.Class{
		"Help": bot.Read, "Executions": bot.Read, "Execution": bot.Read, "Cancel": bot.Idempotent, "Rerun": bot.Once, "Whoami": bot.Read,
		"Who": bot.Read, "May": bot.Read, "Resolve": bot.Idempotent, "Locks": bot.Read, "Lock": bot.Idempotent, "Unlock": bot.Idempotent, "Audit": bot.Read,
		"Confirm": bot.Read, "Freeze": bot.Idempotent, "Freezes": bot.Read, "Unfreeze": bot.Idempotent, "Inquiries": bot.Read, "Sensors": bot.Read, "Press": bot.Read, "Acknowledge": bot.Idempotent, "Digest": bot.Read, "Mute": bot.Idempotent, "Unmute": bot.Idempotent, "Mutes": bot.Read, "Inquiry.get": bot.Read, "Inquiry.respond": bot.Idempotent, "Approve": bot.Idempotent, "Deny": bot.Idempotent,
	} {
		add(bot.ActionSpec{
			Pack: "core", Name: strings.ToLower(name), Runner: chat.Runner, Class: class, EntryPoint: "chat." + entryPoint(name),
			Params: []bot.Param{
				text("id"), text("words"), number, text("status"), text("who"), text("target"), text("since"), text("until"), text("finding"),
				text("targets"), text("for"), text("person"), text("text"), text("reason"), text("plan"), text("response"), text("what"), text("scope"), text("line"), text("execution"), text("action"),
				text("after"),
				{Name: "changes", Type: "boolean", Schema: map[string]any{}},
				{Name: "button", Type: "integer", Schema: map[string]any{}},
			},
		})
	}
	for name, spec := range map[string]bot.ActionSpec{"DryRun": {Name: "dry_run", Class: bot.Read}, "BreakGlass": {Name: "break_glass", Class: bot.Once}} {
		spec.Pack, spec.Runner, spec.EntryPoint, spec.Params = "core", chat.Runner, "chat."+name, []bot.Param{text("line", required)}
		add(spec)
	}
	addSchedules(add)
	get := actions["lab.get"]
	get.Handler.Complete = func(_ context.Context, param, prefix string, _ int) ([]string, error) {
		return []string{param + "-1", prefix + "2"}, nil
	}
	get.Handler.Completes = []string{"host"}
	actions["lab.get"] = get

	list := []*aliases.Alias{
		alias("core.cancel", "cancel {{id}}"), alias("core.execution", "execution {{id}}"),
		alias("core.executions", "executions", "executions {{limit}}"), alias("core.help", "help", "help {{words}}"),
		alias("core.rerun", "rerun {{id}}"), alias("core.whoami", "whoami"), alias("core.who", "who {{person}}"), alias("core.may", "may {{person}} run {{text}}"), alias("core.resolve", "resolve {{id}} {{finding}}"),
		alias("core.locks", "locks", "locks {{limit}}"), alias("core.lock", "lock {{targets}} for {{for}} {{reason}}"),
		alias("core.unlock", "unlock {{targets}}"), alias("core.audit", "audit", "audit execution {{execution}}"),
		alias("core.freeze", "freeze {{reason}} {{for}} {{scope=everything}}"), alias("core.freezes", "freezes"), alias("core.unfreeze", "unfreeze {{id}}"),
		alias("core.dry_run", "dry-run {{line}}"), alias("core.break_glass", "break-glass {{line}}"),
		alias("core.inquiry.get", "inquiry get {{id}}"), alias("core.inquiry.respond", "inquiry respond {{id}} {{response}}", "inquiry respond {{id}}"),
		alias("core.confirm", "confirm {{id}}"), alias("core.inquiries", "inquiries"), alias("core.sensors", "sensors"),
		alias("core.press", "press {{id}} {{button}}"), alias("core.acknowledge", "acknowledge {{id}}"),
		alias("core.digest", "digest {{id}}", "digest {{id}} after {{after}}"), alias("core.mute", "mute {{what}} {{for}}"), alias("core.unmute", "unmute {{what}}"), alias("core.mutes", "mutes"),
		alias("core.approve", "approve {{id}} {{reason}}", "approve {{id}}"), alias("core.deny", "deny {{id}} {{reason}}", "deny {{id}}"),
		alias("lab.get", "lab get {{host}}"), alias("lab.old", "lab hello"),
		alias("lab.set", "lab set {{host}} {{status}}"),
		named(alias("lab.set", "lab drain {{host}}"), "drain", map[string]any{"status": "draining"}),
		named(alias("lab.set", "lab mark {{host}}"), "mark", map[string]any{"status": "{{ user }}"}),
		named(alias("lab.set", "lab miss {{host}}"), "miss", map[string]any{"status": "{{ nobody }}"}),
		named(alias("lab.get", "lab twin {{host}}"), "twin_a", nil), named(alias("lab.set", "lab twin {{host}}"), "twin_b", nil),
		named(alias("lab.set", "lab double {{host}}"), "double_a", nil), named(alias("lab.set", "lab double {{host}}"), "double_b", nil),
	}
	list = append(list, more...)
	tickets := named(alias("lab.get"), "tickets", nil)
	tickets.Formats = []aliases.Format{{Display: "OPS-<number>", Representations: []string{`(?:\b|^)(?P<host>OPS-\d+)(?:\b|$)`}, Multiple: true}}
	list = append(list, tickets)
	index, problems := aliases.Compile(list, aliases.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.content = &chat.Content{Aliases: index, Listed: list, Actions: actions, Examples: map[string]string{"lab.set": "lab set irene1 draining"}}
	w.desk = chat.New(chat.Parts{
		Content: func() *chat.Content { return w.content }, Engine: w.engine, Freezes: &w.freezer, People: w.people, Gate: w, Rules: w.people, Templates: templates{}, Watchers: w, Schedules: &w.later, Notices: &w.notices,
		Clock: clock.NewFake(at), Log: slog.New(slog.DiscardHandler),
	})
	return w
}

// entryPoint turns inquiry.get into InquiryGet.
func entryPoint(name string) string {
	before, after, ok := strings.Cut(name, ".")
	if !ok {
		return name
	}
	return before + strings.ToUpper(after[:1]) + after[1:]
}

// alias returns an alias of the action, named like it, with one format for each text.
func alias(action string, formats ...string) *aliases.Alias {
	pack, name, _ := strings.Cut(action, ".")
	a := &aliases.Alias{Pack: pack, Name: name, Description: "The alias " + name, Action: action, Enabled: true, Source: name + ".yaml:1"}
	a.Ack.Enabled, a.Result.Enabled = true, true
	for _, f := range formats {
		a.Formats = append(a.Formats, aliases.Format{Representations: []string{f}})
	}
	return a
}

func named(a *aliases.Alias, name string, immutable map[string]any) *aliases.Alias {
	a.Name, a.Description, a.Immutable = name, "The alias "+name, immutable
	return a
}

// says hands the line to the desk as the person and returns the answer.
func (w *world) says(t *testing.T, person, line string) bot.Answer {
	t.Helper()
	answer, err := w.desk.Receive(t.Context(), message(person, line))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func message(person, line string) bot.Message {
	return bot.Message{Origin: bot.Origin{Adapter: "console", User: person}, Delivery: "d1", Text: line}
}

// words returns everything that an answer shows, a line for each piece.
func words(a bot.Answer) string {
	if a.Reply == nil {
		return ""
	}
	return plain(*a.Reply)
}

func plain(r bot.Reply) string {
	lines := []string{r.Title}
	for _, b := range r.Blocks {
		lines = append(lines, strings.Split(strings.TrimSpace(b.Text+b.Code), "\n")...)
		for _, f := range b.Fields {
			lines = append(lines, f.Name+": "+f.Value)
		}
		if b.Table != nil {
			for _, row := range append([][]string{b.Table.Columns}, b.Table.Rows...) {
				lines = append(lines, strings.Join(row, " | "))
			}
		}
	}
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	return strings.Join(lines, "\n") + "\n"
}

// at is the time of everything in these tests.
var at = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// changed is an execution of lab.set by ann that took a secret.
func changed(id string, status bot.Status) bot.Execution {
	return bot.Execution{
		ID: id, Action: "lab.set", Class: bot.Idempotent, Text: "lab set irene1 draining",
		Params:   map[string]any{"host": "irene1", "status": "draining", "token": map[string]any{"sealed": "hunter2"}},
		Identity: bot.Identity{ID: "console:ann"}, Status: status, Created: at, Parent: "1a1f9287b336000000000000",
		History: []bot.Move{{Status: bot.Requested, At: at, By: "console:ann"}, {Status: status, At: at, By: "petrel", Why: "because"}},
		Plan:    []string{"production -> draining"}, Summary: "irene1 is draining",
	}
}

// States implements chat.Watchers.
func (w *world) States(ctx context.Context) ([]sensor.State, error) { return w.watched.States(ctx) }
