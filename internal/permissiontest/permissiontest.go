// Package permissiontest runs the tests that lie beside files of people and permissions: who types what, where, and what must be decided.
// docs/people.md describes the files.
package permissiontest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/permission"
)

// Suffix ends the name of a test file, before the suffix of the file that it lies beside.
const Suffix = "_test"

// Beside returns the name of the test file beside a file: people_test.yaml for people.yaml.
func Beside(file string) string {
	ext := filepath.Ext(file)
	return strings.TrimSuffix(file, ext) + Suffix + ext
}

// File is one test file.
type File struct {
	Tests []Test `yaml:"tests"`
}

// Test is somebody who asks for something, and what must be decided.
type Test struct {
	As      string         `yaml:"as"`      // a person's id or an account
	Text    string         `yaml:"text"`    // what is typed; or else:
	Action  string         `yaml:"action"`  // a ref
	Params  map[string]any `yaml:"params"`  // its parameters; left out, the action as such is asked about
	Channel string         `yaml:"channel"` // where, as rules write it; left out, wherever there are no channels
	Expect  string         `yaml:"expect"`  // allow or deny
	Rule    string         `yaml:"rule"`    // the name of a rule that must be one of those that decide

	Source string `yaml:"-"` // file:line
}

// UnmarshalYAML notes the line of the test.
func (t *Test) UnmarshalYAML(n *yaml.Node) error {
	type plain Test
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "as", "text", "action", "params", "channel", "expect", "rule":
		default:
			return fmt.Errorf("line %d: a test has no %q; it has as, text or action and params, channel, expect and rule", n.Content[i].Line, n.Content[i].Value)
		}
	}
	t.Source = fmt.Sprint(n.Line)
	return n.Decode((*plain)(t))
}

// Read reads a test file. CodeNotFound when there is none, CodeInvalid when it cannot be read.
func Read(path string) (File, error) {
	const op = "permissiontest.file.read"
	data, err := os.ReadFile(path)
	if err != nil {
		return File{}, bot.E(bot.CodeNotFound, op, "There is no test file "+path+" that can be read.", err)
	}
	return Parse(path, data)
}

// Parse is Read of what is in a file; path is for messages.
func Parse(path string, data []byte) (File, error) {
	const op = "permissiontest.file.parse"
	var f File
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return File{}, bot.E(bot.CodeInvalid, op, path+": "+strings.TrimPrefix(err.Error(), "yaml: "), err)
	}
	if len(f.Tests) == 0 {
		return File{}, bot.E(bot.CodeInvalid, op, path+": there are no tests in the file. Write for example tests: [{as: ann, text: whoami, expect: allow}]", nil)
	}
	for i := range f.Tests {
		f.Tests[i].Source = path + ":" + f.Tests[i].Source
	}
	return f, nil
}

// People tells who somebody is.
type People interface {
	Identify(o bot.Origin) bot.Identity
	OriginIn(name, channel string) (bot.Origin, error)
	Explain(call bot.Call) (bot.Decision, []permission.Verdict)
}

// Suite is what tests run against.
type Suite struct {
	People People
	// Calls returns what a text asks the permission point. It returns an error for one that could not be run.
	Calls func(ctx context.Context, m bot.Message) ([]bot.Call, error)
	// Call returns the call of an action with parameters, which are checked unless they are nil.
	Call func(action string, params map[string]any) (bot.Call, error)
}

// Run returns what is wrong with a test, a sentence for each fault.
func (s Suite) Run(ctx context.Context, t Test) []string {
	if why := t.faults(); why != nil {
		return why
	}
	origin, err := s.People.OriginIn(t.As, t.Channel)
	if err != nil {
		return []string{bot.ErrorText(err)}
	}
	calls, err := s.calls(ctx, t, origin)
	if err != nil {
		return []string{fmt.Sprintf("%q could not be run: %s", t.what(), bot.ErrorText(err))}
	}
	var why []string
	for _, c := range calls {
		c.Origin, c.Identity = origin, s.People.Identify(origin)
		why = append(why, s.judge(t, c)...)
	}
	return why
}

func (t Test) what() string {
	if t.Text != "" {
		return t.Text
	}
	return t.Action
}

// faults says what is missing in a test.
func (t Test) faults() []string {
	var why []string
	if t.As == "" {
		why = append(why, "The test does not say as whom; add as: and a person or an account.")
	}
	if (t.Text == "") == (t.Action == "") || t.Text != "" && t.Params != nil {
		why = append(why, "The test asks for a text, or for an action with its params, and not for both.")
	}
	if t.Expect != "allow" && t.Expect != "deny" {
		why = append(why, "The test must expect allow or deny.")
	}
	return why
}

func (s Suite) calls(ctx context.Context, t Test, origin bot.Origin) ([]bot.Call, error) {
	if t.Text != "" {
		return s.Calls(ctx, bot.Message{Origin: origin, Text: t.Text})
	}
	call, err := s.Call(t.Action, t.Params)
	return []bot.Call{call}, err
}

// judge compares one decision with what the test expects.
func (s Suite) judge(t Test, c bot.Call) []string {
	decision, verdicts := s.People.Explain(c)
	said := "deny"
	if decision.Allowed {
		said = "allow"
	}
	if said != t.Expect {
		return []string{fmt.Sprintf("%q as %s must be %s, and is %s. %s", t.what(), t.As, past(t.Expect), past(said), decision.Why)}
	}
	if t.Rule == "" {
		return nil
	}
	var speak []string
	for _, v := range verdicts {
		if v.Speaks && v.Rule.Effect() == t.Expect {
			if v.Rule.Name == t.Rule || v.Rule.Source == t.Rule {
				return nil
			}
			speak = append(speak, v.Rule.String())
		}
	}
	return []string{fmt.Sprintf("%q as %s is %s as it must be, and not by the rule %q but by %s.", t.what(), t.As, past(said), t.Rule, or(speak))}
}

func past(effect string) string {
	if effect == "allow" {
		return "allowed"
	}
	return "denied"
}

func or(list []string) string {
	if len(list) == 0 {
		return "none: no rule allows it"
	}
	return strings.Join(list, ", ")
}
