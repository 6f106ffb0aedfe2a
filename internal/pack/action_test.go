package pack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/pack"
)

func TestAction(t *testing.T) {
	p, problems := load(pack.Options{Runners: []string{"noop"}, Strict: true}, "actions/a.yaml", `
name: node.set
pack: tools
description: Set a node
enabled: no
runner_type: noop
entry_point: lib/run
class: idempotent
timeout: 1.5
tags: [{name: a, value: b}]
notify: {on-complete: {message: done}}
output_schema: {x: {type: string}}
parameters:
  user: {type: string, default: ST2}
  status: {type: string, enum: [ok, broken], required: yes, position: 1}
  hosts: {type: string, required: true, position: 0, description: A node set}
  concurrency: {type: integer, default: 012, minimum: 1, spellings: [concurency]}
  token: {type: string, secret: on}
  debug: {type: boolean, default: off, immutable: true}
  any:
  none: {default: ~}
`)
	equal(t, problems, []string(nil))
	schema := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	status := []any{"ok", "broken"}
	equal(t, p.Actions[0], &bot.ActionSpec{
		Pack: "tools", Name: "node.set", Description: "Set a node", Runner: "noop", EntryPoint: "lib/run",
		Class: bot.Idempotent, Timeout: 1500 * time.Millisecond, Source: "tools/actions/a.yaml:2",
		Params: []bot.Param{
			{Name: "hosts", Type: "string", Description: "A node set", Required: true, Position: 0, Schema: schema("type", "string", "description", "A node set")},
			{Name: "status", Type: "string", Enum: status, Required: true, Position: 1, Schema: schema("type", "string", "enum", status)},
			{Name: "user", Type: "string", Default: "ST2", HasDefault: true, Position: -1, Schema: schema("type", "string", "default", "ST2")},
			{Name: "concurrency", Type: "integer", Default: int64(10), HasDefault: true, Position: -1, Spellings: []string{"concurency"}, Schema: schema("type", "integer", "default", int64(10), "minimum", int64(1))},
			{Name: "token", Type: "string", Secret: true, Position: -1, Schema: schema("type", "string")},
			{Name: "debug", Type: "boolean", Default: false, HasDefault: true, Immutable: true, Position: -1, Schema: schema("type", "boolean", "default", false)},
			{Name: "any", Position: -1, Schema: schema()},
			{Name: "none", HasDefault: true, Position: -1, Schema: schema()},
		},
	})
}

// A nested schema is written StackStorm's way and read as draft 4: each property says for itself that it is required.
func TestNestedSchema(t *testing.T) {
	p, problems := load(pack.Options{Runners: []string{"noop"}, Strict: true}, "actions/a.yaml", `
name: a
runner_type: noop
parameters:
  login:
    type: object
    properties:
      name: {type: string, required: true}
      password: {type: raw_string, secret: true, required: true}
      tags: {type: array, items: {type: string, position: 1}}
    additionalProperties: false
`)
	equal(t, problems, []string(nil))
	login := p.Actions[0].Params[0]
	equal(t, login.Secret, true)
	equal(t, login.Schema, map[string]any{
		"type": "object",
		"properties": map[string]any{
			"name":     map[string]any{"type": "string"},
			"password": map[string]any{"type": "string"},
			"tags":     map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
		},
		"additionalProperties": false,
		"required":             []any{"name", "password"},
	})
}

func TestActionProblems(t *testing.T) {
	const head = "name: a\nrunner_type: noop\n"
	withParam := func(text string) string { return head + "parameters:\n  p: " + text + "\n" }
	tests := []struct {
		name     string
		text     string
		want     string // the beginning of the only problem, after the file name
		survives bool
	}{
		{"unknown key", head + "entrypoint: x\n", "3: warning: The key entrypoint is not known in an action and is ignored; did you mean entry_point?", true},
		{"unknown key in a schema", withParam("{type: string, requird: true}"), "4: warning: The key requird is not known in a parameter's schema and is ignored; did you mean required?", true},
		{"unknown key far inside", withParam("{type: array, items: {typ: string}}"), "4: warning: The key typ is not known in a parameter's schema and is ignored; did you mean type?", true},
		{"no runner", "name: a\n", "1: error: The key runner_type is missing", false},
		{"empty name", "name: ''\nrunner_type: noop\n", "1: error: The key name is missing", false},
		{"name of two words", "name: a b\nrunner_type: noop\n", `1: error: The name "a b" must be one word`, false},
		{"boolean as a string", head + "enabled: 'yes'\n", "3: error: The key enabled must be a boolean, not a string; write true or false.", false},
		{"other pack", head + "pack: others\n", "3: error: The file belongs to the pack tools, but its key pack says others", false},
		{"class", head + "class: readonly\n", "3: error: There is no class readonly; write read, idempotent or once.", false},
		{"timeout of nothing", head + "timeout: 0\n", "3: error: The timeout 0 is not possible", false},
		{"timeout for ever", head + "timeout: 1.0e+30\n", "3: error: The timeout 1.0e+30 is not possible", false},
		{"parameter's name", head + "parameters: {a-b: {type: string}}\n", `3: error: The parameter's name "a-b"`, false},
		{"parameter is no mapping", withParam("string"), "4: error: The parameter p must be a mapping with keys such as type and description, not a string.", false},
		{"type", withParam("{type: strng}"), "4: error: There is no type strng; did you mean string?", false},
		{"type of Python", withParam("{type: dict}"), "4: error: There is no type dict; write string, integer, number, boolean, array, object or null.", false},
		{"keyword of the wrong type", withParam("{type: integer, minimum: low}"), "4: error: The schema of the parameter p is wrong: its part minimum must be a number.", false},
		{"pattern", withParam("{type: string, pattern: '('}"), "4: error: The schema of the parameter p is wrong", false},
		{"pattern with look-ahead", withParam("{type: string, pattern: '(?=a)'}"), "4: error: The schema of the parameter p is wrong", false},
		{"reference to the network", withParam("{$ref: 'http://127.0.0.1:1/schema.json'}"), "4: error: The schema of the parameter p is wrong", false},
		{"reference to a file", withParam("{$ref: 'file:///etc/passwd'}"), "4: error: The schema of the parameter p is wrong", false},
		{"reference inside", withParam("{$ref: '#/definitions/x', definitions: {x: {type: string}}}"), "", true},
		{"default that does not fit", withParam("{type: integer, default: many}"), "4: warning: The default of the parameter p does not fit: it must be an integer.", true},
		{"default that is a template", withParam("{type: integer, default: '{{ st2kv.system.x }}'}"), "", true},
		{"immutable without default", withParam("{type: string, immutable: true}"), "4: warning: The parameter p is immutable and has no default", true},
		{"position below zero", withParam("{position: -1}"), "4: error: The position -1 is not possible", false},
		{"same position", head + "parameters:\n  p: {position: 0}\n  q: {position: 0}\n", "5: error: The parameters p and q have the same position 0", false},
		{"spelling taken", head + "parameters:\n  p: {spellings: [q]}\n  q: {}\n", "5: error: The name q of the parameter q is taken by the parameter p", false},
		{"spelling that is no name", withParam("{spellings: [1]}"), "4: error: The spelling 1 must be a name", false},
		{"parameters of the wrong kind", head + "parameters: [p]\n", "3: error: The key parameters must be a mapping, not a list.", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, problems := load(pack.Options{Runners: []string{"noop"}}, "actions/a.yaml", test.text)
			equal(t, len(p.Actions) == 1, test.survives)
			checkOne(t, problems, "tools/actions/a.yaml:", test.want)
			if !test.survives || test.want == "" {
				return
			}
			strict, problems := load(pack.Options{Runners: []string{"noop"}, Strict: true}, "actions/a.yaml", test.text)
			equal(t, len(strict.Actions), 0)
			checkOne(t, problems, "tools/actions/a.yaml:", strings.Replace(test.want, "warning", "error", 1))
		})
	}
}

func checkOne(t *testing.T, problems []string, file, want string) {
	t.Helper()
	switch {
	case want == "" && len(problems) > 0:
		t.Errorf("got %q, want no problem", problems)
	case want != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0], file+want)):
		t.Errorf("got %q, want one problem %q", problems, file+want)
	}
}

func TestRunners(t *testing.T) {
	tests := []struct {
		name        string
		runner      string
		o           pack.Options
		notRunnable string
		want        string
	}{
		{"exists", "noop", pack.Options{}, "", ""},
		{"of StackStorm, not here", "python-script", pack.Options{Strict: true}, "runner python-script", ""},
		{"nobody's", "pyton-script", pack.Options{}, "runner pyton-script", "2: warning: There is no runner pyton-script; did you mean python-script?"},
		{"nobody's, strict", "pyton-script", pack.Options{Strict: true}, "", "2: error: There is no runner pyton-script; did you mean python-script?"},
		{"go in a user's pack", "go", pack.Options{}, "", "2: error: The runner go is only for built-in packs"},
		{"chat in a user's pack", "chat", pack.Options{}, "", "2: error: The runner chat is only for built-in packs"},
		{"go in a built-in pack", "go", pack.Options{BuiltIn: true}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.o.Runners = []string{"noop", "go", "chat"}
			p, problems := load(test.o, "actions/a.yaml", "name: a\nrunner_type: "+test.runner+"\nentry_point: x\nclass: read\n")
			checkOne(t, problems, "tools/actions/a.yaml:", test.want)
			if len(p.Actions) == 1 {
				equal(t, p.Actions[0].NotRunnable, test.notRunnable)
			}
			equal(t, len(p.Actions) == 0, strings.Contains(test.want, "error"))
		})
	}
}

func TestClass(t *testing.T) {
	p, problems := load(pack.Options{Runners: []string{"noop"}}, "actions/a.yaml", "name: a\nrunner_type: noop\n")
	equal(t, problems, []string(nil))
	equal(t, p.Actions[0].Class, bot.Once)
	_, problems = load(pack.Options{Runners: []string{"go"}, BuiltIn: true}, "actions/a.yaml", "name: a\nrunner_type: go\n")
	equal(t, problems, []string{
		"tools/actions/a.yaml:1: error: The key class is missing; write read, idempotent or once.",
		"tools/actions/a.yaml:1: error: The key entry_point is missing; name the handler.",
	})
}
