package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
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

// Load reads the file. Its error is CodeInvalid with one line a fault, every fault at once, each with file:line:column and what to
// write instead.
func Load(path string) (Config, error) {
	const op = "config.file.load"
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, bot.E(bot.CodeNotFound, op, "There is no configuration file "+path+". Write one from config.example.yaml, or name another with --config.", err)
	}
	if err != nil {
		return Config{}, bot.E(bot.CodeUnavailable, op, "The configuration file "+path+" cannot be read. Check its owner and mode.", err)
	}
	if len(data) > maxSize {
		return Config{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The configuration file %s is larger than %d bytes.", path, maxSize), nil)
	}
	return Parse(path, data)
}

// Parse reads a configuration from data; path is for messages.
func Parse(path string, data []byte) (Config, error) {
	const op = "config.file.parse"
	c := Default()
	d := decoder{path: path}
	var doc yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(data))
	switch err := reader.Decode(&doc); {
	case errors.Is(err, io.EOF): // an empty file has every default
		return c, nil
	case err != nil:
		return Config{}, bot.E(bot.CodeInvalid, op, path+": "+strings.TrimPrefix(err.Error(), "yaml: "), err)
	}
	d.value(doc.Content[0], reflect.ValueOf(&c).Elem(), reflect.StructField{})
	if err := reader.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		d.fault(&doc, "only one document may be in the file; remove what follows the second ---")
	}
	if len(d.faults) > 0 {
		slices.SortStableFunc(d.faults, func(a, b fault) int { return a.line - b.line })
		return Config{}, bot.E(bot.CodeInvalid, op, d.text(), nil)
	}
	return c, nil
}
