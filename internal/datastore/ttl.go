package datastore

import (
	"fmt"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
)

// forever is how long a value lives for which nobody asked for an end. Every record of a store has an expiry, so that none can be
// forgotten in it; a century is beyond anybody who could notice.
const forever = 100 * 365 * 24 * time.Hour

// ParseTTL reads how long a value is to live: seconds, as StackStorm takes them, or a duration such as 90s, 15m or 24h. Empty is
// zero: no end. CodeInvalid for anything else.
func ParseTTL(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		if seconds > int64(forever/time.Second) {
			return 0, badTTL(text)
		}
		text = strconv.FormatInt(seconds, 10) + "s"
	}
	ttl, err := time.ParseDuration(text)
	if err != nil || ttl <= 0 || ttl > forever {
		return 0, badTTL(text)
	}
	return ttl, nil
}

func badTTL(text string) error {
	return bot.E(bot.CodeInvalid, "datastore.ttl.parse", fmt.Sprintf(
		"A value cannot live for %q. Give seconds, or a duration such as 90s, 15m or 24h; leave it out for a value without an end.", text), nil)
}
