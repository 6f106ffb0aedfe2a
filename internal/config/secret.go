package config

import (
	"os"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// Secret is where a secret is to be found: env:NAME or file:PATH. The configuration file never holds the secret itself.
type Secret string

// valid reports whether s names a place.
func (s Secret) valid() bool {
	kind, place, ok := strings.Cut(string(s), ":")
	return s == "" || ok && place != "" && (kind == "env" || kind == "file")
}

// Resolve reads the secret. An empty Secret is an empty text. CodeNotFound when the place holds nothing.
func (s Secret) Resolve() (string, error) {
	const op = "config.secret.resolve"
	if s == "" {
		return "", nil
	}
	kind, place, _ := strings.Cut(string(s), ":")
	if kind == "env" {
		value, ok := os.LookupEnv(place)
		if !ok || value == "" {
			return "", bot.E(bot.CodeNotFound, op, "The environment variable "+place+" that the configuration names is not set.", nil)
		}
		return value, nil
	}
	data, err := os.ReadFile(place)
	value := strings.TrimSpace(string(data))
	if err != nil || value == "" {
		return "", bot.E(bot.CodeNotFound, op, "The secret file "+place+" that the configuration names cannot be read or is empty.", err)
	}
	return value, nil
}
