package param

import (
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
