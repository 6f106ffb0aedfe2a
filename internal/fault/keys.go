//go:build fault

package fault

import (
	"context"
	_ "embed" // the script

	goredis "github.com/redis/go-redis/v9"
)

// NothingLeft is the promise of the store.
const NothingLeft = "9: every key in Redis has an expiry or a janitor, whatever happened"

//go:embed keys.lua
var strayLua string

// strayKeys looks at all keys of Redis and returns what is wrong with those that nothing would ever take away. What may stay, and what takes the others
// away, stands in the script.
func strayKeys(ctx context.Context, client *goredis.Client) ([]string, error) {
	emptied := []any{"{petrel}:", "work", "events", "schedules", "sensors", "notes", "streams"}
	for _, adapter := range []string{"relay", "slack", "discord"} {
		emptied = append(emptied, "outbox/"+adapter)
	}
	return client.Eval(ctx, strayLua, nil, emptied...).StringSlice()
}

// checkKeys reports each of them.
func checkKeys(h *History) []Violation {
	var found []Violation
	for _, what := range h.Stray {
		found = append(found, Violation{NothingLeft, what, &Command{Text: what}})
	}
	return found
}
