package pack_test

import (
	"testing"

	"github.com/petrelops/petrel/internal/pack"
)

// The runner brings its parameters, as in StackStorm; what the action says of one counts.
func TestInquirerParameters(t *testing.T) {
	p, problems := load(pack.Options{Strict: true, Runners: []string{pack.RunnerInquirer}}, "actions/ask.yaml", `
name: ask
runner_type: inquirer
parameters:
  host: {type: string}
  ttl: {default: 5, immutable: true}
`)
	equal(t, problems, []string(nil))
	var names []string
	for _, q := range p.Actions[0].Params {
		names = append(names, q.Name)
	}
	equal(t, names, []string{"host", "ttl", "schema", "roles", "users", "route"})
	ttl, _ := p.Actions[0].Param("ttl")
	equal(t, []any{ttl.Default, ttl.Immutable, ttl.Type}, []any{int64(5), true, "integer"})
	schema, _ := p.Actions[0].Param("schema")
	equal(t, schema.Default.(map[string]any)["title"], any("response_data"))

	_, problems = load(pack.Options{Runners: []string{pack.RunnerInquirer}}, "actions/ask.yaml", "name: ask\nrunner_type: inquirer\nparameters: {ttl: {default: soon}}\n")
	checkOne(t, problems, "tools/actions/ask.yaml:", "3: warning: The default of the parameter ttl does not fit: it must be an integer")
}
