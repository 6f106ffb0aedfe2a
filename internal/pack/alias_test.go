package pack_test

import (
	"testing"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/internal/pack"
)

func TestAlias(t *testing.T) {
	p, problems := load(pack.Options{Strict: true}, "aliases/a.yaml", `name: node_set
pack: tools
action_ref: tools.node.set
description: Set nodes
enabled: false
formats:
  - "set {{hosts}}"
  - display: "put {{hosts}}"
    representation: ["put {{hosts}}", "(please )?put {{hosts}}"]
    match_multiple: yes
  - display: shown only
  - representation: matched only
ack: {enabled: no, format: "on it", extra: {slack: {color: red}}, append_url: off}
result: {format: "done {~} {{ execution.id }}"}
extra: {security: {twofactor: true}}
immutable_parameters: {user: bot}
`)
	equal(t, problems, []string(nil))
	at := func(line string) string { return "tools/aliases/a.yaml:" + line }
	equal(t, p.Aliases[0], &aliases.Alias{
		Pack: "tools", Name: "node_set", Description: "Set nodes", Action: "tools.node.set", Source: at("1"),
		Formats: []aliases.Format{
			{Display: "set {{hosts}}", Representations: []string{"set {{hosts}}"}, Source: at("7")},
			{Display: "put {{hosts}}", Representations: []string{"put {{hosts}}", "(please )?put {{hosts}}"}, Multiple: true, Source: at("8")},
			{Display: "shown only", Source: at("11")},
			{Display: "matched only", Representations: []string{"matched only"}, Source: at("12")},
		},
		Ack:       aliases.Answer{Format: "on it", Extra: map[string]any{"slack": map[string]any{"color": "red"}}},
		Result:    aliases.Answer{Enabled: true, Format: "done {~} {{ execution.id }}", AppendURL: true},
		Extra:     map[string]any{"security": map[string]any{"twofactor": true}},
		Immutable: map[string]any{"user": "bot"},
	})
}

func TestAliasDefaults(t *testing.T) {
	p, problems := load(pack.Options{Strict: true}, "aliases/a.yaml", "name: a\naction_ref: tools.a\nformats: [run]\n")
	equal(t, problems, []string(nil))
	a := p.Aliases[0]
	answer := aliases.Answer{Enabled: true, AppendURL: true}
	equal(t, a.Enabled, true)
	equal(t, []aliases.Answer{a.Ack, a.Result}, []aliases.Answer{answer, answer})
}

func TestAliasProblems(t *testing.T) {
	const head = "name: a\naction_ref: tools.a\n"
	tests := []struct {
		name     string
		text     string
		want     string
		survives bool
	}{
		{"no formats", head, "1: warning: The alias has no formats", true},
		{"empty formats", head + "formats: []\n", "3: warning: The alias has no formats", true},
		{"unknown key", head + "formats: [run]\nimmutable_params: {}\n", "4: warning: The key immutable_params is not known in an alias and is ignored", true},
		{"unknown key of a format", head + "formats: [{display: run, representatoin: run}]\n", "3: warning: The key representatoin is not known in a format and is ignored; did you mean representation?", true},
		{"unknown key of ack", head + "formats: [run]\nack: {fromat: x}\n", "4: warning: The key fromat is not known in ack and is ignored; did you mean format?", true},
		{"a result has no link", head + "formats: [run]\nresult: {append_url: true}\n", "4: warning: The key append_url is not known in result", true},
		{"one format without a list", head + "formats: run\n", "3: error: The key formats must be a list, not a string.", false},
		{"format that is a boolean", head + "formats: [on]\n", "3: error: A format must be a string, or a mapping with display and representation, not a boolean; put it in quotes.", false},
		{"blank format", head + "formats: ['  ']\n", "3: error: The format is empty", false},
		{"empty mapping as format", head + "formats: [{}]\n", "3: error: The format has neither display nor representation", false},
		{"number as representation", head + "formats: [{representation: [1]}]\n", "3: error: A format must be a string", false},
		{"other pack", head + "formats: [run]\npack: others\n", "4: error: The file belongs to the pack tools", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, problems := load(pack.Options{}, "aliases/a.yaml", test.text)
			equal(t, len(p.Aliases) == 1, test.survives)
			checkOne(t, problems, "tools/aliases/a.yaml:", test.want)
		})
	}
}
