package pack

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/policy"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/trigger"
)

// Options say how packs are read.
type Options struct {
	Runners []string // the runners that exist here; actions of others load as not runnable
	BuiltIn bool     // the runners go and chat are allowed, and each action must declare its class
	Strict  bool     // what StackStorm would let pass, such as an unknown key, is an error
	Label   string   // put before the paths in Source, such as the folder on disk
}

// Pack is the content of one pack folder.
type Pack struct {
	Name        string // StackStorm's ref: the first part of each action's ref
	Title       string // for display; often equal to Name
	Description string
	Version     string
	Author      string
	Source      string            // file:line of pack.yaml
	Actions     []*bot.ActionSpec // by name
	Aliases     []*aliases.Alias  // by name
	Policies    []*policy.Policy  // by name
	Triggers    []*trigger.Type   // by name
	Rules       []*rule.Rule      // by name
	Sensors     []*Sensor         // by class

	strict bool
}

// LoadFolder reads a pack folder on disk. Links that leave the folder are refused.
func LoadFolder(dir string, o Options) (*Pack, []Problem) {
	o.Label = path.Join(o.Label, dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, []Problem{{Source: o.Label + ":1", Severity: Error, Text: "The pack's folder cannot be opened: " + err.Error() + "."}}
	}
	defer root.Close() //nolint:errcheck // it was only read
	return Load(root.FS(), ".", o)
}

// Load reads the pack folder dir of fsys. The pack is nil when its pack.yaml is faulty; any other faulty file is left out.
// Load follows links as far as fsys does; LoadFolder is the way to read a folder that somebody else can write.
func Load(fsys fs.FS, dir string, o Options) (*Pack, []Problem) {
	l := &loader{fsys: fsys, options: o}
	var p *Pack
	l.read(path.Join(dir, "pack.yaml"), func(f *file, root *pyyaml.Node) { p = f.pack(root) })
	if p == nil {
		return nil, l.problems
	}
	p.strict = o.Strict
	l.each(path.Join(dir, "actions"), func(f *file, root *pyyaml.Node) {
		a := f.action(root, p.Name, o)
		if a == nil || !f.free(a.Name, a.Source, p.actionSource(a.Name)) {
			return
		}
		q := f.approvalOf(root, a)
		if f.failed { // it must not run without the approval that could not be read
			return
		}
		p.Actions = append(p.Actions, a)
		if q != nil {
			p.Policies = append(p.Policies, q)
		}
	})
	l.each(path.Join(dir, "aliases"), func(f *file, root *pyyaml.Node) {
		if a := f.alias(root, p.Name); a != nil && f.free(a.Name, a.Source, p.aliasSource(a.Name)) {
			p.Aliases = append(p.Aliases, a)
		}
	})
	l.each(path.Join(dir, "policies"), func(f *file, root *pyyaml.Node) {
		if q := f.policy(root, p.Name); q != nil && f.free(q.Name, q.Source, p.policySource(q.Name)) {
			p.Policies = append(p.Policies, q)
		}
	})
	l.triggers(dir, p)
	l.rules(dir, p)
	slices.SortFunc(p.Policies, func(a, b *policy.Policy) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Actions, func(a, b *bot.ActionSpec) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(p.Aliases, func(a, b *aliases.Alias) int { return strings.Compare(a.Name, b.Name) })
	return p, l.problems
}

// triggers reads the trigger types of a pack: those with a file of their own, and those that its sensors bring.
func (l *loader) triggers(dir string, p *Pack) {
	taken := map[string]string{}
	add := func(f *file, t *trigger.Type) {
		if t != nil && f.free(t.Name, t.Source, taken[t.Name]) {
			taken[t.Name] = t.Source
			p.Triggers = append(p.Triggers, t)
		}
	}
	l.each(path.Join(dir, "triggers"), func(f *file, root *pyyaml.Node) { add(f, f.trigger(root, p.Name)) })
	l.each(path.Join(dir, "sensors"), func(f *file, root *pyyaml.Node) {
		for _, t := range f.sensorTriggers(root, p.Name) {
			add(f, t)
		}
		if s := f.sensor(root, p.Name); s != nil && f.free(s.Class, s.Source, taken["sensor "+s.Class]) {
			taken["sensor "+s.Class] = s.Source
			p.Sensors = append(p.Sensors, s)
		}
	})
	slices.SortFunc(p.Sensors, func(a, b *Sensor) int { return strings.Compare(a.Class, b.Class) })
	slices.SortFunc(p.Triggers, func(a, b *trigger.Type) int { return strings.Compare(a.Name, b.Name) })
}

func (l *loader) rules(dir string, p *Pack) {
	taken := map[string]string{}
	k := newCompiler()
	l.each(path.Join(dir, "rules"), func(f *file, root *pyyaml.Node) {
		if r := f.rule(root, p.Name, k); r != nil && f.free(r.Name, r.Source, taken[r.Name]) {
			taken[r.Name] = r.Source
			p.Rules = append(p.Rules, r)
		}
	})
	slices.SortFunc(p.Rules, func(a, b *rule.Rule) int { return strings.Compare(a.Name, b.Name) })
}

func (p *Pack) actionSource(name string) string {
	for _, a := range p.Actions {
		if a.Name == name {
			return a.Source
		}
	}
	return ""
}

func (p *Pack) aliasSource(name string) string {
	for _, a := range p.Aliases {
		if a.Name == name {
			return a.Source
		}
	}
	return ""
}

func (p *Pack) policySource(name string) string {
	for _, q := range p.Policies {
		if q.Name == name {
			return q.Source
		}
	}
	return ""
}

// free reports a name that another file, at taken, has already.
func (f *file) free(name, source, taken string) bool {
	if taken == "" {
		return true
	}
	f.failed = true
	f.problems = append(f.problems, Problem{Source: source, Severity: Error, Text: "The name " + name + " is taken by " + taken + "; choose another one."})
	return false
}

type loader struct {
	fsys     fs.FS
	options  Options
	problems []Problem
}

// each reads every content file of a folder.
func (l *loader) each(dir string, use func(*file, *pyyaml.Node)) {
	names, err := contentFiles(l.fsys, dir)
	if err != nil {
		l.problems = append(l.problems, Problem{Source: l.label(dir) + ":1", Severity: Error, Text: unreadable(err)})
	}
	for _, name := range names {
		l.read(name, use)
	}
}

// read reads one file and hands its mapping to use.
func (l *loader) read(name string, use func(*file, *pyyaml.Node)) {
	f := &file{name: l.label(name), strict: l.options.Strict}
	data, why := readFile(l.fsys, name)
	if why != "" {
		f.errorf(1, "%s", why)
	} else if root := f.root(data); root != nil {
		use(f, root)
	}
	l.problems = append(l.problems, f.problems...)
}

func (l *loader) label(name string) string { return path.Join(l.options.Label, name) }

var (
	packForm = form{
		"name": {pyyaml.String}, "ref": {pyyaml.String}, "description": {pyyaml.String}, "author": {pyyaml.String},
		// An unquoted 1.0 is a number; StackStorm takes it as text too.
		"version": {pyyaml.String, pyyaml.Float, pyyaml.Int},
		"email":   {}, "keywords": {}, "stackstorm_version": {}, "python_versions": {}, "contributors": {}, "dependencies": {},
		"system": {}, "files": {}, "path": {}, "id": {}, "uid": {},
	}
	packRef = regexp.MustCompile(`^[a-z0-9_]+$`)
)

// pack reads pack.yaml, or returns nil.
func (f *file) pack(root *pyyaml.Node) *Pack {
	o := f.object(root, "in pack.yaml", packForm)
	if !f.need(o, "name") {
		return nil
	}
	for _, key := range []string{"description", "version", "author"} {
		if o.text(key) == "" {
			f.warnf(o.line, "The key %s is missing; StackStorm does not take a pack without it.", key)
		}
	}
	p := &Pack{
		Name: o.text("ref"), Title: o.text("name"), Description: o.text("description"), Version: o.text("version"),
		Author: o.text("author"), Source: f.source(o.line),
	}
	if p.Name == "" {
		p.Name = p.Title
	}
	if !packRef.MatchString(p.Name) {
		f.errorf(o.lineOf("name"), "The pack's name %q may only have small letters, digits and _; add a key ref with such a name.", p.Name)
	}
	if f.failed {
		return nil
	}
	return p
}
