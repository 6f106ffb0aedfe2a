package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/bot"
)

// maxSize bounds the configuration file.
const maxSize = 1 << 20

// Default returns the configuration of an empty file.
func Default() Config {
	var c Config
	setDefaults(reflect.ValueOf(&c).Elem())
	return c
}

// Load reads the file and the files of people and permissions that it names. Its error is CodeInvalid with one line a fault, every
// fault of all files at once, each with file:line:column and what to write instead.
func Load(path string) (Config, error) {
	c := Default()
	const missing = "There is no configuration file %s. Write one from config.example.yaml, or name another with --config."
	faults := []error{loadInto(path, missing, &c)}
	if bot.ErrorCode(faults[0]) == bot.CodeNotFound {
		return Config{}, faults[0]
	}
	for _, name := range c.Files(path)[1:] {
		a, err := LoadAccess(name)
		faults = append(faults, err)
		c.People = append(c.People, a.People...)
		c.Permissions = append(c.Permissions, a.Permissions...)
	}
	if err := together(faults); err != nil {
		return Config{}, err
	}
	return c, nil
}

// Files returns the files with people and permissions of a configuration that was read from path: first itself, then those that it names.
func (c Config) Files(path string) []string {
	list := []string{path}
	for _, name := range c.AccessFiles {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		list = append(list, name)
	}
	return list
}

// LoadAccess reads a file of people and permissions. One with neither is a fault: somebody is just writing it, and without people every
// account would be a person of its own.
func LoadAccess(path string) (Access, error) {
	var a Access
	if err := loadInto(path, "There is no file %s with people and permissions. Write it, or name another one.", &a); err != nil {
		return Access{}, err
	}
	if len(a.People)+len(a.Permissions) == 0 {
		return Access{}, bot.E(bot.CodeInvalid, "config.access.load", path+":1:1: there are neither people nor permissions in the file", nil)
	}
	return a, nil
}

// together makes one error of several, each fault with a line of its own.
func together(faults []error) error {
	faults = slices.DeleteFunc(faults, func(err error) bool { return err == nil })
	if len(faults) < 2 {
		return errors.Join(faults...)
	}
	lines := make([]string, len(faults))
	for i, err := range faults {
		lines[i] = bot.ErrorText(err)
	}
	return bot.E(bot.CodeInvalid, "config.file.load", strings.Join(lines, "\n"), errors.Join(faults...))
}

func loadInto(path, missing string, to any) error {
	const op = "config.file.load"
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return bot.E(bot.CodeNotFound, op, fmt.Sprintf(missing, path), err)
	}
	if err != nil {
		return bot.E(bot.CodeUnavailable, op, "The file "+path+" cannot be read. Check its owner and mode.", err)
	}
	if len(data) > maxSize {
		return bot.E(bot.CodeInvalid, op, fmt.Sprintf("The file %s is larger than %d bytes.", path, maxSize), nil)
	}
	return parseInto(path, data, to)
}

// Parse reads a configuration from data; path is for messages.
func Parse(path string, data []byte) (Config, error) {
	c := Default()
	if err := parseInto(path, data, &c); err != nil {
		return Config{}, err
	}
	return c, nil
}

// parseInto fills what to points to.
func parseInto(path string, data []byte, to any) error {
	const op = "config.file.parse"
	d := decoder{path: path}
	var doc yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(data))
	switch err := reader.Decode(&doc); {
	case errors.Is(err, io.EOF): // an empty file has every default
		return nil
	case err != nil:
		return bot.E(bot.CodeInvalid, op, path+": "+strings.TrimPrefix(err.Error(), "yaml: "), err)
	}
	d.value(doc.Content[0], reflect.ValueOf(to).Elem(), reflect.StructField{})
	if err := reader.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		d.fault(&doc, "only one document may be in the file; remove what follows the second ---")
	}
	if len(d.faults) > 0 {
		slices.SortStableFunc(d.faults, func(a, b fault) int { return a.line - b.line })
		return bot.E(bot.CodeInvalid, op, d.text(), nil)
	}
	return nil
}
