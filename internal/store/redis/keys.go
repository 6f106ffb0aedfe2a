package redis

import (
	"strings"

	"github.com/petrelops/petrel/internal/store"
)

// keys builds the names of all keys. The prefix in braces is the hash tag of a Cluster: all keys are in one slot, so that one
// script may use them together. No kind is empty, so what follows a double colon is no record. Scripts build a key in one way
// only: they add an id to a stem.
type keys struct {
	tag string

	meta, expiry, indexes, heads string
	// locks are the keys of holds and lines, in the order in which lua/locks.lua takes them.
	locks []string
	// channel is the one channel of the bus.
	channel string
}

func newKeys(prefix string) keys {
	tag := "{" + prefix + "}:"
	return keys{
		tag: tag, meta: tag + ":meta", expiry: tag + ":expiry", indexes: tag + ":indexes", heads: tag + ":heads", channel: tag + ":bus",
		locks: []string{tag + ":holds", tag + ":names", tag + ":hands", tag + ":lines", tag + ":askers"},
	}
}

// record is the key of a record. The datastore's clary.last_event is {petrel}:kv:system:clary.last_event.
func (k keys) record(r store.Key) string { return k.recordStem(r.Kind) + r.ID }

func (k keys) recordStem(kind string) string { return k.tag + part(kind) + ":" }

// index is the key of the ids of a kind that carry an index entry.
func (k keys) index(kind string, x store.Index) string {
	return k.tag + ":index:" + part(kind) + ":" + part(x.Name) + ":" + x.Value
}

// ready is the key of a queue's stream.
func (k keys) ready(queue string) string { return k.tag + ":ready:" + queue }

// timers is the key of a queue's sorted set.
func (k keys) timers(queue string) string { return k.tag + ":timers:" + queue }

// entryStem begins the keys of a queue's entries.
func (k keys) entryStem(queue string) string { return k.tag + ":entry:" + part(queue) + ":" }

// part returns a part of a key that something follows, so that no two names make one key.
var part = strings.NewReplacer("%", "%25", ":", "%3A").Replace
