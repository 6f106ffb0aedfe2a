package executor

import (
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Runner is the way an action runs. Bind turns what a pack says into the code that the executor calls; its error says, for people,
// why the action cannot run here.
type Runner interface {
	Bind(spec *bot.ActionSpec) (bot.Handler, error)
}

// GoRunner runs actions with Go code, found by entry point.
type GoRunner struct {
	Handlers map[string]bot.Handler
	// Absent says, by the part of an entry point before the first dot, why its handlers were not built.
	Absent map[string]string
}

// Bind returns the handler of the entry point.
func (g GoRunner) Bind(spec *bot.ActionSpec) (bot.Handler, error) {
	if h, ok := g.Handlers[spec.EntryPoint]; ok {
		return h, nil
	}
	area, _, _ := strings.Cut(spec.EntryPoint, ".")
	if why := g.Absent[area]; why != "" {
		return bot.Handler{}, bot.E(bot.CodeUnsupported, "executor.runner.bind", why, nil)
	}
	return bot.Handler{}, bot.E(bot.CodeUnsupported, "executor.runner.bind", "there is no code "+spec.EntryPoint, nil)
}
