package notify

import (
	"context"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/notice"
	"github.com/petrelops/petrel/internal/store"
)

// The kinds of records that the keeper keeps, and its queues.
const (
	kindNote   = "note"
	kindDigest = "digest"
	kindStream = "stream"
	kindMute   = "mute"

	notesQueue   = "notes"
	streamsQueue = "streams"
)

// The indexes: of notes the digest that they are in, of streams the rule and the trigger whose mutes concern them.
const (
	indexDigest = "digest"
	indexScope  = "scope"
)

var allIndex = store.Index{Name: "all"}

// life is how long notes and digests are kept after their last change: as long as a message can still be changed.
const life = 7 * 24 * time.Hour

// recordVersion is the version of the documents that this build writes.
const recordVersion = 1

// record is a value as it was read: its document and the version that a write must find.
type record[T any] struct {
	doc     store.Document[T]
	version store.Version
}

func (r *record[T]) value() *T { return &r.doc.Value }

func fresh[T any](value T) *record[T] {
	return &record[T]{doc: store.Document[T]{V: recordVersion, Value: value}, version: store.Absent}
}

// load reads a record. CodeNotFound when there is none.
func load[T any](ctx context.Context, s store.Store, kind, id string) (*record[T], error) {
	got, err := s.Get(ctx, store.Key{Kind: kind, ID: id})
	if err != nil {
		return nil, err
	}
	doc, err := store.Decode[T](got.Data)
	return &record[T]{doc: doc, version: got.Version}, err
}

// put adds the record to the batch, on the condition that nobody changed it.
func (r *record[T]) put(b *store.Batch, kind, id string, index ...store.Index) error {
	data, err := r.doc.Encode()
	b.Puts = append(b.Puts, store.Put{Key: store.Key{Kind: kind, ID: id}, Data: data, If: r.version, TTL: life, Index: index})
	return err
}

func putNote(b *store.Batch, n *record[notice.Note]) error {
	var index []store.Index
	if in := n.value().Digest; in != "" {
		index = append(index, store.Index{Name: indexDigest, Value: in})
	}
	return n.put(b, kindNote, n.value().ID, index...)
}

func putStream(b *store.Batch, s *record[notice.Stream]) error {
	index := []store.Index{{Name: indexScope, Value: s.value().Rule}}
	if t := s.value().Trigger; t != "" && t != s.value().Rule {
		index = append(index, store.Index{Name: indexScope, Value: t})
	}
	return s.put(b, kindStream, s.value().ID, index...)
}

// all reads every record of a kind under an index.
func all[T any](ctx context.Context, s store.Store, q store.Query) ([]T, error) {
	var list []T
	for {
		page, err := s.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			doc, err := store.Decode[T](r.Data)
			if err != nil {
				return nil, err
			}
			list = append(list, doc.Value)
		}
		if q.After = page.Next; q.After == "" {
			return list, nil
		}
	}
}

// postingKey names the message of a note or a digest.
func postingKey(id string) string { return id + ".notification" }

func absent(err error) bool { return bot.ErrorCode(err) == bot.CodeNotFound }
