package pack

import (
	"regexp"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack/pyyaml"
	"github.com/petrelops/petrel/internal/param"
)

var paramName = regexp.MustCompile(`^\w+$`)

// parameter reads one parameter.
func (f *file) parameter(field pyyaml.Field) (bot.Param, bool) {
	if !paramName.MatchString(field.Key) {
		f.errorf(field.Line, "The parameter's name %q may only have letters, digits and _.", field.Key)
		return bot.Param{}, false
	}
	if field.Value.Kind != pyyaml.Mapping && field.Value.Kind != pyyaml.Null {
		f.errorf(field.Line, "The parameter %s must be a mapping with keys such as type and description, not %s.", field.Key, field.Value.Kind)
		return bot.Param{}, false
	}
	r := &schemaReader{file: f}
	schema := r.read(field.Value, true)
	o := r.top
	p := bot.Param{
		Name:        field.Key,
		Description: o.text("description"),
		Required:    o.truth("required", false),
		Immutable:   o.truth("immutable", false),
		// A secret inside an object makes the whole parameter secret: it is sealed and masked as one value.
		Secret:    r.secret,
		Position:  f.position(o),
		Spellings: f.spellings(o),
		Schema:    schema,
	}
	p.Type, _ = schema["type"].(string)
	p.Enum, _ = schema["enum"].([]any)
	if n := field.Value.Get("default"); n != nil {
		p.Default, p.HasDefault = n.Any(), true
	}
	f.checkSchema(p, field.Line)
	return p, !f.failed
}

// checkSchema compiles the parameter's schema and holds its default against it.
func (f *file) checkSchema(p bot.Param, line int) {
	if f.failed {
		return
	}
	schema, err := param.Compile(p.Schema)
	if err != nil {
		f.errorf(line, "The schema of the parameter %s is wrong: %s.", p.Name, strings.TrimSuffix(err.Error(), "."))
		return
	}
	if p.Immutable && !p.HasDefault {
		f.warnf(line, "The parameter %s is immutable and has no default, so it can have no value; add a default.", p.Name)
	}
	// What a template will be is not known here.
	if p.Default == nil || param.IsTemplate(p.Default) {
		return
	}
	if why := schema.Check(p.Default); len(why) > 0 {
		f.warnf(line, "The default of the parameter %s does not fit: %s.", p.Name, strings.Join(why, " and "))
	}
}

const maxPosition = 1000

// position returns the parameter's position, or -1 without one.
func (f *file) position(o object) int {
	n := o.values["position"]
	if n == nil {
		return -1
	}
	at, ok := n.Any().(int64)
	if !ok || at < 0 || at > maxPosition {
		f.errorf(n.Line, "The position %s is not possible; write a whole number from 0 on.", n.Text)
		return -1
	}
	return int(at)
}

func (f *file) spellings(o object) []string {
	n := o.values["spellings"]
	if n == nil {
		return nil
	}
	var out []string
	for _, item := range n.Items {
		if item.Kind != pyyaml.String || !paramName.MatchString(item.Text) {
			f.errorf(item.Line, "The spelling %s must be a name of letters, digits and _.", item.Text)
			continue
		}
		out = append(out, item.Text)
	}
	return out
}
