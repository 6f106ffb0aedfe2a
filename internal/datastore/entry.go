package datastore

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
	"github.com/petrelops/petrel/internal/store"
)

// MaxValue is how many bytes a value has at the most.
const MaxValue = 1 << 20

// Entry is a key with its value.
type Entry struct {
	Key       Key
	Value     string // param.Masked where it is encrypted, unless decrypting was asked for
	Encrypted bool   // how it is stored, whatever Value shows
	By        string // who wrote it last: an identity id, or a part of Petrel
	Updated   time.Time
	Expires   time.Time // zero without an end
	// Version counts the writes, from 1. A key that is gone and comes back begins anew.
	Version int64
}

// maxShown is how many characters of a value a list shows.
const maxShown = 60

// Short returns the value as a list shows it.
func (e Entry) Short() string {
	if list := []rune(e.Value); len(list) > maxShown {
		return string(list[:maxShown]) + "…"
	}
	return e.Value
}

// Write is what is to be stored.
type Write struct {
	Key     Key
	Value   string        // JSON by convention; never looked into
	TTL     time.Duration // from the write on; zero is without an end
	Encrypt bool
	By      string
	Cause   bot.Cause // of the execution that writes it; zero for a person
}

// Check returns CodeInvalid when this cannot be stored.
func (w Write) Check() error {
	const op = "datastore.write.check"
	if err := w.Key.Check(); err != nil {
		return err
	}
	switch {
	case len(w.Value) > MaxValue:
		return bot.E(bot.CodeInvalid, op, fmt.Sprintf(
			"The value of the %s has %d bytes, and at most %d are kept. Keep it in a file and the file's place in the key.", w.Key, len(w.Value), MaxValue), nil)
	case !utf8.ValidString(w.Value):
		return bot.E(bot.CodeInvalid, op, fmt.Sprintf("The value of the %s is not UTF-8 text. Write it down in base64.", w.Key), nil)
	case w.TTL < 0 || w.TTL > forever:
		return badTTL(w.TTL.String())
	}
	return nil
}

// record is what is stored of an entry.
type record struct {
	Value   string         `json:"value"`
	Sealed  map[string]any `json:"sealed,omitempty"` // in place of Value
	By      string         `json:"by,omitempty"`
	Updated time.Time      `json:"updated"`
	Expires time.Time      `json:"expires,omitzero"`
}

// secret is what is sealed. The id in it keeps a sealed value from being opened under another key: who can write the store but has no
// key file could otherwise copy the system's secret to a key of their own and ask for that.
type secret struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// stored is a record as it was read; its version is store.Absent where there is none.
type stored struct {
	doc     store.Document[record]
	version store.Version
}

// entry returns what people see of the record.
func (s stored) entry(k Key) Entry {
	r := s.doc.Value
	e := Entry{Key: k, Value: r.Value, Encrypted: r.Sealed != nil, By: r.By, Updated: r.Updated, Expires: r.Expires, Version: int64(s.version)}
	if e.Encrypted {
		e.Value = param.Masked
	}
	return e
}
