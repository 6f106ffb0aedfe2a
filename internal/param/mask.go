package param

import (
	"encoding/json"
	"maps"

	"github.com/petrelops/petrel/bot"
)

// Masked is what stands in place of a secret value, as in StackStorm.
const Masked = "********"

// Mask returns a copy of values in which those of secret parameters are replaced by Masked, under whichever spelling.
func Mask(spec *bot.ActionSpec, values map[string]any) map[string]any {
	out := maps.Clone(values)
	for name, v := range values {
		if p, ok := spec.Param(name); ok && p.Secret && v != nil {
			out[name] = Masked
		}
	}
	return out
}

// Shown returns the names and values of parameters as people may see them: secrets masked, in the order of the spec, without those that are
// not set.
func Shown(spec *bot.ActionSpec, values map[string]any) [][2]string {
	masked := Mask(spec, values)
	var rows [][2]string
	for _, p := range spec.Params {
		value, ok := masked[p.Name]
		if !ok || value == nil {
			continue
		}
		text, isText := value.(string)
		if !isText {
			data, _ := json.Marshal(value) // it came from JSON
			text = string(data)
		}
		rows = append(rows, [2]string{p.Name, text})
	}
	return rows
}
