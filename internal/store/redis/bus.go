package redis

import (
	"context"
	"strconv"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/petrelops/petrel/internal/store"
)

// bus carries notices between the processes through one channel of Redis, which a connection of its own listens to. The
// client reconnects and subscribes again by itself; what is sent meanwhile is lost, as a notice may be.
type bus struct {
	pubsub   *goredis.PubSub
	topics   *store.Fanout
	finished sync.WaitGroup
}

// newBus listens when it returns.
func newBus(ctx context.Context, client goredis.UniversalClient, channel string, topics *store.Fanout) (*bus, error) {
	b := &bus{pubsub: client.Subscribe(ctx, channel), topics: topics}
	if _, err := b.pubsub.ReceiveTimeout(ctx, callLimit); err != nil {
		_ = b.pubsub.Close() // the first error is the one that counts
		return nil, err
	}
	messages := b.pubsub.Channel()
	b.finished.Go(func() {
		for m := range messages {
			if n, ok := decodeNotice(m.Payload); ok {
				topics.Send(n)
			}
		}
	})
	return b, nil
}

func (b *bus) close() error {
	err := b.pubsub.Close()
	b.finished.Wait()
	b.topics.Close()
	return err
}

// encodeNotice writes the length of the topic in front, as any byte may be in it.
func encodeNotice(n store.Notice) string {
	return strconv.Itoa(len(n.Topic)) + ":" + n.Topic + n.Payload
}

// decodeNotice returns false for a message that is not one of ours.
func decodeNotice(message string) (store.Notice, bool) {
	length, rest, ok := strings.Cut(message, ":")
	n, err := strconv.Atoi(length)
	if !ok || err != nil || n < 0 || n > len(rest) {
		return store.Notice{}, false
	}
	return store.Notice{Topic: rest[:n], Payload: rest[n:]}, true
}
