package pack

import (
	"slices"

	"github.com/petrelops/petrel/bot"
)

// RunnerInquirer is the runner of actions that ask people.
const RunnerInquirer = "inquirer"

// inquirerParams are the parameters that the runner brings into each of its actions (StackStorm's contrib/runners/inquirer_runner/runner.yaml).
func inquirerParams() []bot.Param {
	list := func(name, description string) bot.Param {
		return bot.Param{
			Name: name, Type: "array", Description: description, Position: -1, HasDefault: true, Default: []any{},
			Schema: map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		}
	}
	return []bot.Param{
		{
			Name: "schema", Type: "object", Description: "The JSON Schema of the answer; its description is the question", Position: -1,
			HasDefault: true, Schema: map[string]any{"type": "object"},
			Default: map[string]any{
				"title": "response_data", "type": "object",
				"properties": map[string]any{"continue": map[string]any{
					"type": "boolean", "required": true, "description": "Would you like to continue the workflow?",
				}},
			},
		},
		list("roles", "Whoever answers must have one of these roles"),
		list("users", "Whoever answers must be one of these people"),
		{
			Name: "route", Type: "string", Description: "The channel where it is posted; without one where it was asked for", Position: -1,
			HasDefault: true, Default: "", Schema: map[string]any{"type": "string", "maxLength": int64(200)},
		},
		{
			Name: "ttl", Type: "integer", Description: "Minutes until it expires; 0 or less for never", Position: -1,
			HasDefault: true, Default: int64(1440), Schema: map[string]any{"type": "integer", "maximum": int64(525600)},
		},
	}
}

// inquirer adds the runner's parameters to an action. What the action says of one of them, such as a default of its own, counts.
func (f *file) inquirer(own []bot.Param, line int) []bot.Param {
	all := slices.Clone(own)
	for _, p := range inquirerParams() {
		i := slices.IndexFunc(all, func(o bot.Param) bool { return o.Name == p.Name })
		if i < 0 {
			all = append(all, p)
			continue
		}
		mine := all[i]
		p.Immutable, p.Required, p.Position = mine.Immutable, mine.Required, mine.Position
		if mine.Description != "" {
			p.Description = mine.Description
		}
		if mine.HasDefault {
			p.Default = mine.Default
			f.checkSchema(p, line)
		}
		all[i] = p
	}
	return all
}
