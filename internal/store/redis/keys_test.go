package redis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/petrelops/petrel/internal/store"
	"github.com/petrelops/petrel/internal/store/redis"
)

func TestKeyOfTheDatastore(t *testing.T) {
	got := redis.KeyOfRecord(redis.NewKeys("petrel"), store.Key{Kind: "kv", ID: "system:clary.last_event"})
	if want := "{petrel}:kv:system:clary.last_event"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoTwoNamesMakeOneKey(t *testing.T) {
	k := redis.NewKeys("petrel")
	made := make(map[string]string)
	note := func(key, name string) {
		t.Helper()
		if !strings.HasPrefix(key, "{petrel}:") {
			t.Errorf("%s has the key %s", name, key)
		}
		if other, there := made[key]; there {
			t.Errorf("%s and %s both have the key %s", name, other, key)
		}
		made[key] = name
	}
	texts := []string{"a", "b", ":", "a:", ":a", "a:b", "%3A", "%", "meta", "index", ":meta", "entry:a", "{x}"}
	for _, x := range texts {
		note(redis.KeyOfReady(k, x), "the stream of "+x)
		note(redis.KeyOfTimers(k, x), "the timers of "+x)
		for _, y := range texts {
			note(redis.KeyOfRecord(k, store.Key{Kind: x, ID: y}), fmt.Sprintf("record %q %q", x, y))
			note(redis.StemOfQueue(k, x)+y, fmt.Sprintf("entry %q %q", x, y))
			for _, z := range texts {
				note(redis.KeyOfIndex(k, x, store.Index{Name: y, Value: z}), fmt.Sprintf("index %q %q %q", x, y, z))
			}
		}
	}
}
