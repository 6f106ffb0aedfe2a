package param

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Templates renders what authors of packs wrote. An expr.Engine does.
type Templates interface {
	// Names returns the variables that the templates in value use.
	Names(value any) ([]string, error)
	// Render renders every template in value; one that is a single expression keeps its type.
	Render(ctx context.Context, value any, vars map[string]any) (any, error)
	// Text renders a template to text, or to nil where it asks for null.
	Text(ctx context.Context, template string, vars map[string]any) (any, error)
}

// Rendering is how defaults are rendered.
type Rendering struct {
	Templates Templates
	// Vars are what templates may use besides other parameters: st2kv, action_context, config_context. A parameter of the same
	// name does not hide them.
	Vars map[string]any
}

// IsTemplate reports whether a default has a template in it: what it will be is known only when the action is asked for.
func IsTemplate(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "{{") || strings.Contains(v, "{%")
	case []any:
		return slices.ContainsFunc(v, IsTemplate)
	case map[string]any:
		for _, item := range v {
			if IsTemplate(item) {
				return true
			}
		}
	}
	return false
}

// Defaults returns the action with the templates in its defaults rendered, for Check. Templates may use other parameters, which are
// rendered before them. Only what the pack's author wrote is rendered: the values are what people gave, and stay as they are
// also where StackStorm would render them. Defaults that are not needed, because a value is given, stay as they are too.
//
// The error has CodeInvalid and names the parameter: a variable that is not there, parameters that need each other, a template
// that fails, or a text that is none of the parameter's type.
func Defaults(ctx context.Context, spec *bot.ActionSpec, values map[string]any, how Rendering) (*bot.ActionSpec, error) {
	if !slices.ContainsFunc(spec.Params, func(p bot.Param) bool { return IsTemplate(p.Default) }) {
		return spec, nil
	}
	// What is wrong with the names is for Check to say.
	given, _ := rename(spec, values)
	g := &graph{Rendering: how, known: map[string]any{}, waiting: map[string]*bot.Param{}}
	out := *spec
	out.Params = slices.Clone(spec.Params)
	for i := range out.Params {
		p := &out.Params[i]
		v := given[p.Name]
		if v == nil || p.Immutable {
			v = p.Default
			if IsTemplate(v) {
				g.waiting[p.Name] = p
				continue
			}
		}
		g.known[p.Name] = v
	}
	for i := range out.Params {
		if err := g.need(ctx, out.Params[i].Name); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// graph is the parameters by what they need of each other.
type graph struct {
	Rendering
	known   map[string]any
	waiting map[string]*bot.Param // whose defaults are not rendered yet
	path    []string              // those that are being rendered, each for the one before
}

const defaultsOp = "param.defaults.render"

// need renders the default of a parameter, after those that it uses.
func (g *graph) need(ctx context.Context, name string) error {
	p, waits := g.waiting[name]
	if !waits {
		return nil
	}
	if at := slices.Index(g.path, name); at >= 0 {
		circle := slices.Sorted(slices.Values(g.path[at:]))
		return bot.E(bot.CodeInvalid, defaultsOp, fmt.Sprintf(
			"Cyclic dependency: the defaults of %s need each other. Give one of them a value, and tell whoever keeps the pack.", strings.Join(circle, ", ")), nil)
	}
	g.path = append(g.path, name)
	defer func() { g.path = g.path[:len(g.path)-1] }()
	names, err := g.Templates.Names(p.Default)
	if err != nil {
		return failedDefault(p, err)
	}
	vars := maps.Clone(g.Vars)
	if vars == nil {
		vars = map[string]any{}
	}
	for _, used := range names {
		if _, there := vars[used]; there {
			continue
		}
		if err := g.need(ctx, used); err != nil {
			return err
		}
		v, there := g.known[used]
		if !there {
			return bot.E(bot.CodeInvalid, defaultsOp, fmt.Sprintf(
				"Dependency unsatisfied: the default of %s uses %s, which is no parameter of the action. Give %s a value, and tell whoever keeps the pack.",
				name, used, name), nil)
		}
		vars[used] = v
	}
	v, err := g.render(ctx, p, vars)
	if err != nil {
		return err
	}
	p.Default, g.known[name] = v, v
	delete(g.waiting, name)
	return nil
}

// render renders a default and casts it, if it is one text, to the type of the parameter. As in StackStorm, a parameter of type
// string or of none gets text whatever the expression gives.
func (g *graph) render(ctx context.Context, p *bot.Param, vars map[string]any) (any, error) {
	template, isText := p.Default.(string)
	if isText && (p.Type == "" || p.Type == "string") {
		v, err := g.Templates.Text(ctx, template, vars)
		if err != nil {
			return nil, failedDefault(p, err)
		}
		return v, nil
	}
	v, err := g.Templates.Render(ctx, p.Default, vars)
	if err != nil {
		return nil, failedDefault(p, err)
	}
	if v == nil || !isText || isOf(p.Type, v) {
		return v, nil
	}
	text, ok := v.(string)
	if !ok {
		if v, err = g.Templates.Text(ctx, template, vars); err != nil {
			return nil, failedDefault(p, err)
		}
		text, _ = v.(string)
	}
	out, why := castValue(p.Type, p.Schema, text)
	if why != "" {
		return nil, bot.E(bot.CodeInvalid, defaultsOp, refusal(*p, text, []string{"it " + why}), nil)
	}
	return out, nil
}

// isOf reports whether a value needs no cast.
func isOf(kind string, v any) bool {
	switch v.(type) {
	case bool:
		return kind == "boolean"
	case int64:
		return kind == "integer" || kind == "number"
	case float64:
		return kind == "number"
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

func failedDefault(p *bot.Param, err error) error {
	return bot.E(bot.ErrorCode(err), defaultsOp, strings.TrimSpace(fmt.Sprintf("The default of %s could not be rendered. %s", p.Name, bot.ErrorText(err))), err)
}
