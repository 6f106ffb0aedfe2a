package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/datastore"
	"github.com/petrelops/petrel/internal/executor"
)

func newKeyLoad() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "load FILE",
		Short: "Set the keys of a JSON or YAML file",
		Long: `Set the keys of a JSON or YAML file: a list of objects with name and value and, where wanted, scope, ttl and secret (stored encrypted). A
value that is a list or an object is stored as JSON. What petrel key list -j --decrypt prints can be loaded. A file with a fault sets nothing.`,
		Args: cobra.ExactArgs(1),
	}
	f := addKeyFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		items, err := readKeyFile(args[0])
		if err != nil {
			return err
		}
		return f.withKeys(cmd, func(ctx context.Context, d keyDesk) error {
			commands, err := d.loading(args[0], items)
			if err != nil {
				return err
			}
			if err := d.perform(ctx, commands...); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d keys are set.\n", len(commands))
			return nil
		})
	}
	return cmd
}

// keyItem is a key in a file.
type keyItem struct {
	Name      string    `yaml:"name"`
	Value     yaml.Node `yaml:"value"`
	Scope     string    `yaml:"scope"`
	TTL       string    `yaml:"ttl"`
	Secret    bool      `yaml:"secret"`
	Encrypted bool      `yaml:"encrypted"` // the value is not the value
	Expires   time.Time `yaml:"expire_timestamp"`

	// What our list and StackStorm's also hold; it is not for the one who loads to say.
	ID      any `yaml:"id"`
	UID     any `yaml:"uid"`
	User    any `yaml:"user"`
	By      any `yaml:"by"`
	Updated any `yaml:"updated"`
	Version any `yaml:"version"`
}

// readKeyFile reads JSON as the YAML that it is.
func readKeyFile(file string) ([]keyItem, error) {
	const op = "cmd.key.load"
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, bot.E(bot.CodeNotFound, op, "The file "+file+" cannot be read. Check its name and mode.", err)
	}
	var items []keyItem
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&items); err != nil {
		return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf(
			"%s is not a list of keys: %s. Write a list of objects with name and value, as petrel key list -j does.", file, yamlText(err)), err)
	}
	return items, nil
}

var ours = strings.NewReplacer(" in type main.keyItem", "", "[]main.keyItem", "a list of keys", "main.keyItem", "a key")

// yamlText is what a person can use of a YAML error: where and what, without the names of our types.
func yamlText(err error) string {
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		return ours.Replace(strings.Join(wrong.Errors, "; "))
	}
	return strings.TrimPrefix(err.Error(), "yaml: ")
}

// loading returns the commands that set the keys, or the first fault of the file. No key may stand in it twice, because the commands
// run at the same time.
func (d keyDesk) loading(file string, items []keyItem) ([]executor.Command, error) {
	seen := map[datastore.Key]bool{}
	var list []executor.Command
	for i, item := range items {
		w, err := d.writeOf(item)
		if err == nil && seen[w.Key] {
			err = bot.E(bot.CodeInvalid, "cmd.key.load", "The "+w.Key.String()+" stands in the file twice. Leave one out.", nil)
		}
		if err != nil {
			return nil, bot.E(bot.ErrorCode(err), "cmd.key.load", fmt.Sprintf("%s: key %d: %s", file, i+1, bot.ErrorText(err)), err)
		}
		seen[w.Key] = true
		list = append(list, setting(w, "petrel key load "+file))
	}
	return list, nil
}

// writeOf returns what an item of the file wants to be stored.
func (d keyDesk) writeOf(item keyItem) (datastore.Write, error) {
	const op = "cmd.key.load"
	if item.Encrypted {
		return datastore.Write{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The value of %s is still encrypted in the file. Write the file with --decrypt.", item.Name), nil)
	}
	value, err := textOf(item)
	if err != nil {
		return datastore.Write{}, err
	}
	ttl, err := datastore.ParseTTL(item.TTL)
	if err != nil {
		return datastore.Write{}, err
	}
	if ttl == 0 && !item.Expires.IsZero() {
		if ttl = item.Expires.Sub(clock.System().Now()); ttl <= 0 {
			return datastore.Write{}, bot.E(bot.CodeInvalid, op, fmt.Sprintf("The key %s ended %s. Leave it out.", item.Name, item.Expires.UTC().Format(time.RFC3339)), nil)
		}
	}
	k := d.key(item.Name)
	if item.Scope != "" {
		k = datastore.KeyOf(datastore.Scope(item.Scope), item.Name, d.app.Identify(d.origin))
	}
	w := datastore.Write{Key: k, Value: value, TTL: ttl, Encrypt: item.Secret}
	return w, w.Check()
}

// textOf returns the value of an item: a single one as it is written, a list or an object as JSON.
func textOf(item keyItem) (string, error) {
	const op = "cmd.key.load"
	if item.Value.IsZero() {
		return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("%q has no value. Write one, or leave the key out.", item.Name), nil)
	}
	if item.Value.Kind == yaml.ScalarNode {
		return item.Value.Value, nil
	}
	var value any
	err := item.Value.Decode(&value)
	var data []byte
	if err == nil {
		data, err = json.Marshal(value)
	}
	if err != nil {
		return "", bot.E(bot.CodeInvalid, op, fmt.Sprintf("The value of %s cannot be written as JSON. Write it as a text.", item.Name), err)
	}
	return string(data), nil
}
