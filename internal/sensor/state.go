package sensor

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/store"
)

// State is what is told of a sensor. Times are the store's.
type State struct {
	Ref      string        `json:"ref"`
	Polled   time.Time     `json:"polled,omitzero"` // zero: not yet
	Took     time.Duration `json:"took"`
	By       string        `json:"by,omitempty"` // the process that polled last
	Next     time.Time     `json:"next,omitzero"`
	Events   int           `json:"events"`           // since it is known
	Missed   int           `json:"missed,omitempty"` // events that it knows it did not tell of, since it is known
	Last     time.Time     `json:"last,omitzero"`
	Failures int           `json:"failures"` // in a row
	Error    string        `json:"error,omitempty"`
	Told     bool          `json:"told,omitempty"` // somebody was told of the failure
	Warning  string        `json:"warning,omitempty"`
	Warned   time.Time     `json:"warned,omitzero"`
}

// recordVersion is the version of the records that this build writes.
const recordVersion = 1

func (s State) put(want store.Version) (store.Put, error) {
	data, err := store.Document[State]{V: recordVersion, Value: s}.Encode()
	return store.Put{Key: store.Key{Kind: kindState, ID: s.Ref}, Data: data, If: want, TTL: stateLife}, err
}

func (f *Frame) state(ctx context.Context, ref string) (State, store.Version, error) {
	got, err := f.Store.Get(ctx, store.Key{Kind: kindState, ID: ref})
	if bot.ErrorCode(err) == bot.CodeNotFound {
		return State{Ref: ref}, store.Absent, nil
	}
	if err != nil {
		return State{}, 0, err
	}
	doc, err := store.Decode[State](got.Data)
	return doc.Value, got.Version, err
}

// States returns what is known of each sensor, by ref.
func (f *Frame) States(ctx context.Context) ([]State, error) {
	list := make([]State, 0, len(f.specs))
	for ref := range f.specs {
		s, _, err := f.state(ctx, ref)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b State) int { return strings.Compare(a.Ref, b.Ref) })
	return list, nil
}

// textOf is what people are told of an error.
func textOf(err error) string {
	if text := bot.ErrorText(err); text != "" {
		return text
	}
	return "It failed without a word; the log has more."
}
