// Package packtest runs the tests that lie beside the aliases of a pack: texts that an alias must take, with which parameters, and
// texts that it must leave alone. docs/packs.md describes the files.
package packtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// Suffix ends the name of a test file.
const Suffix = "_test.yaml"

// File is one test file: what one alias must and must not take.
type File struct {
	Alias   string   `yaml:"alias"`
	Match   []Sample `yaml:"match"`
	NoMatch []string `yaml:"no_match"`

	Source string `yaml:"-"`
}

// Sample is a text with the parameters that must come of it, in the action's types. Parameters that are left out must not be set.
type Sample struct {
	Text   string         `yaml:"text"`
	Params map[string]any `yaml:"params"`
}

// Failure is a test that did not hold.
type Failure struct {
	Source string // the test file
	Text   string // what went wrong, as a sentence
}

// Read returns the test files of a pack folder, by name. label is put before their paths in messages. CodeInvalid names a file that
// cannot be read.
func Read(pack fs.FS, label string) ([]File, error) {
	const op = "packtest.files.read"
	names, err := fs.Glob(pack, "aliases/*"+Suffix)
	if err != nil {
		return nil, bot.E(bot.CodeInternal, op, "", err)
	}
	files := make([]File, 0, len(names))
	for _, name := range names {
		source := path.Join(label, name)
		data, err := fs.ReadFile(pack, name)
		if err != nil {
			return nil, bot.E(bot.CodeUnavailable, op, source+" cannot be read.", err)
		}
		f := File{Source: source}
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
			return nil, bot.E(bot.CodeInvalid, op, source+": "+err.Error(), err)
		}
		files = append(files, f)
	}
	return files, nil
}

// Suite is what the tests of one pack run against.
type Suite struct {
	Pack  string
	Index *aliases.Index
	// Action returns the spec of an action, or false.
	Action func(ref string) (*bot.ActionSpec, bool)
}

// Run returns the tests that did not hold.
func (s Suite) Run(files []File) []Failure {
	var failures []Failure
	for _, f := range files {
		fail := func(format string, args ...any) {
			failures = append(failures, Failure{Source: f.Source, Text: fmt.Sprintf(format, args...)})
		}
		if f.Alias == "" || len(f.Match)+len(f.NoMatch) == 0 {
			fail("The file must name its alias and at least one text under match or no_match.")
		}
		for _, sample := range f.Match {
			if why := s.check(s.Pack+"."+f.Alias, sample); why != "" {
				fail("%q %s", sample.Text, why)
			}
		}
		for _, text := range f.NoMatch {
			for _, m := range s.Index.Match(text).Matches {
				if m.Alias.Ref() == s.Pack+"."+f.Alias {
					fail("%q must not be taken by %s, but it is.", text, f.Alias)
					break
				}
			}
		}
	}
	return failures
}

// check returns what is wrong with a sample, or "".
func (s Suite) check(ref string, sample Sample) string {
	found := s.Index.Match(sample.Text)
	switch {
	case found.Err != nil:
		return "is refused: " + bot.ErrorText(found.Err)
	case len(found.Ambiguous) > 0:
		return "fits several aliases equally well: " + candidates(found.Ambiguous) + "."
	case len(found.Matches) == 0:
		return "is taken by no alias."
	case found.Matches[0].Alias.Ref() != ref:
		return "is taken by " + found.Matches[0].Alias.Ref() + " and not by " + ref + "."
	}
	m := found.Matches[0]
	spec, ok := s.Action(m.Alias.Action)
	if !ok {
		return "leads to " + m.Alias.Action + ", which does not exist."
	}
	got, err := param.Cast(spec, m.Params)
	if err != nil {
		return "gives parameters that the action cannot take: " + bot.ErrorText(err)
	}
	if have, want := text(canonical(spec, got)), text(sample.Params); have != want {
		return "gives " + have + " and not " + want + "."
	}
	return ""
}

// canonical gives each parameter the name that its action has for it.
func canonical(spec *bot.ActionSpec, params map[string]any) map[string]any {
	named := make(map[string]any, len(params))
	for name, value := range params {
		if p, ok := spec.Param(name); ok {
			name = p.Name
		}
		named[name] = value
	}
	return named
}

func candidates(list []aliases.Candidate) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Alias.Ref()
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// text writes parameters as JSON, which orders names and makes 4 and 4.0 the same.
func text(params map[string]any) string {
	if params == nil {
		params = map[string]any{}
	}
	data, err := json.Marshal(params)
	if err != nil {
		return err.Error()
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err.Error()
	}
	data, _ = json.Marshal(plain) // it came from JSON
	return string(data)
}
