package app

import (
	"io/fs"
	"maps"
	"slices"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/handlers/clary"
	"github.com/petrelops/petrel/handlers/core"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/event"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/packs"
)

// builtInLabel begins the places in built-in packs.
const builtInLabel = "packs"

// catalog finds actions by ref.
type catalog map[string]executor.Action

// Action implements executor.Catalog.
func (c catalog) Action(ref string) (executor.Action, error) {
	if a, ok := c[ref]; ok {
		return a, nil
	}
	known := make([]string, 0, len(c))
	for name := range c {
		known = append(known, name)
	}
	return executor.Action{}, bot.E(bot.CodeNotFound, "app.catalog.action", "There is no action "+ref+spell.Hint(ref, known), nil)
}

// runners returns the ways in which actions run here, by runner name.
func (a *App) runners(c config.Clary) (map[string]executor.Runner, error) {
	g := executor.GoRunner{Handlers: core.Handlers(clock.System(), a.Executor, a.Keys, a.Events), Absent: map[string]string{}}
	maps.Copy(g.Handlers, core.Notification(a.Notices, a.Events))
	all := map[string]executor.Runner{pack.RunnerGo: g, pack.RunnerInquirer: executor.Inquirer{}}
	if c.URL == "" {
		g.Absent["clary"] = "clary.url is not set in the configuration"
		return all, nil
	}
	token, err := c.Token.Resolve()
	if err != nil {
		return nil, err
	}
	client, err := clary.New(clary.Config{
		URL: c.URL, Token: token, User: c.User, Timeout: c.Timeout, Concurrency: c.Concurrency, MaxParallel: c.MaxRequests,
		MaxHosts: c.MaxHosts, Avoid: c.Avoid, Groups: c.Groups, Paths: clary.Paths(c.Paths), Fields: clary.Fields(c.Fields), Events: clary.Events(c.Events),
	})
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() error { client.Close(); return nil })
	a.sensors[claryEvents] = client.EventSensor()
	for entry, h := range client.Handlers() {
		g.Handlers[entry] = h
	}
	return all, nil
}

// load reads all packs and makes their content current. A faulty file of a user's pack is set aside and logged; a fault of a built-in
// pack is an error.
func (a *App) load(c config.Config) error {
	runners, err := a.runners(c.Clary)
	if err != nil {
		return err
	}
	return a.loadFor(c, runners)
}

// loadFor is load with the code that runners bind to actions.
func (a *App) loadFor(c config.Config, runners map[string]executor.Runner) error {
	set, packProblems, err := ReadPacks(c.Packs, slices.Sorted(maps.Keys(runners)))
	if err != nil {
		return err
	}
	a.warn(packProblems)
	index, problems := aliases.Compile(set.Aliases(), aliases.Options{})
	for _, p := range problems {
		a.log.Warn("set an alias format aside", "op", "app.content.load", "alias", p.Alias, "place", p.Source, "format", p.Format, "why", p.Text)
	}
	content := &chat.Content{Aliases: index, Examples: a.examples(set, c.Packs), Groups: c.Clary.Groups, Named: map[string]*aliases.Alias{}}
	content.Actions, content.Specs = bind(set, runners)
	for _, alias := range set.Aliases() {
		content.Named[alias.Ref()] = alias
		if alias.Enabled {
			content.Listed = append(content.Listed, alias)
		}
	}
	a.content.Store(content)
	a.triggers.Store(&event.Content{Rules: set.Rules(), Triggers: set.Triggers()})
	a.set, a.problems = set, packProblems
	return nil
}

// ReadPacks reads the built-in packs and then the folders. Problems of the folders are returned; one of a built-in pack is an error.
func ReadPacks(folders, runners []string) (*pack.Set, []pack.Problem, error) {
	builtIn := pack.Options{Runners: append([]string{chat.Runner}, runners...), BuiltIn: true, Strict: true, Label: builtInLabel}
	names, err := fs.Glob(packs.FS, "*")
	if err != nil {
		return nil, nil, bot.E(bot.CodeInternal, "app.content.packs", "", err)
	}
	var list []*pack.Pack
	for _, name := range names {
		p, problems := pack.Load(packs.FS, name, builtIn)
		if len(problems) > 0 {
			return nil, nil, bot.E(bot.CodeInternal, "app.content.packs", "A built-in pack is faulty: "+problems[0].String(), nil)
		}
		list = append(list, p)
	}
	var all []pack.Problem
	for _, folder := range folders {
		p, problems := pack.LoadFolder(folder, pack.Options{Runners: runners})
		all = append(all, problems...)
		list = append(list, p)
	}
	set, problems := pack.NewSet(list...)
	return set, append(all, problems...), nil
}

func (a *App) warn(problems []pack.Problem) {
	for _, p := range problems {
		a.log.Warn("a pack has a problem", "op", "app.content.packs", "place", p.Source, "severity", p.Severity, "why", p.Text)
	}
}

// bind finds the code of every action. An action whose code cannot be had is kept, as not runnable.
func bind(set *pack.Set, runners map[string]executor.Runner) (catalog, []*bot.ActionSpec) {
	c := catalog{}
	var specs []*bot.ActionSpec
	for _, spec := range set.Actions() {
		action := executor.Action{Spec: spec, Rules: policy.Of(spec.Ref(), set.Policies())}
		if runner := runners[spec.Runner]; runner != nil && spec.NotRunnable == "" {
			var err error
			if action.Handler, err = runner.Bind(spec); err != nil {
				marked := *spec
				marked.NotRunnable = bot.ErrorText(err)
				action.Spec = &marked
			}
		}
		c[spec.Ref()] = action
		specs = append(specs, action.Spec)
	}
	return c, specs
}
