package store

import (
	"context"
	"crypto/sha1" //nolint:gosec // see Link
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/petrelops/petrel/bot"
)

// Logs are append-only logs whose lines are chained by hashes. A line is an ordinary record of kind Line.Log, with its number as id
// (LineID), and is read, listed and in the end deleted like any other; only the driver writes it, when a batch appends it.
type Logs interface {
	// Head returns the number and the hash of the last line of a log; zero and "" when it never had one. It outlives the lines.
	Head(ctx context.Context, log string) (Head, error)
}

// Head is the end of a chain.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// Line is one line to be appended to a log.
type Line struct {
	Log   string
	Data  []byte // a JSON object
	Index []Index
	TTL   time.Duration
}

// Chained is a line as it is stored.
type Chained struct {
	V    int             `json:"v"`
	Seq  int64           `json:"seq"`  // from 1, without gaps
	At   int64           `json:"at"`   // milliseconds since 1970 on the store's clock
	Prev string          `json:"prev"` // Hash of the line before, "" for the first
	Hash string          `json:"hash"`
	Line json.RawMessage `json:"line"` // Line.Data, byte for byte
}

// LineVersion is the V of the lines that this build writes.
const LineVersion = 1

// LineID is the record id of a line: its number, padded so that ids are in order.
func LineID(seq int64) string { return fmt.Sprintf("%016d", seq) }

// Digest is the SHA-256 of a line's data in hex.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Link returns the hash of a line: SHA-1, because that is what a Redis script can compute, over numbers that the store gives and the
// SHA-256 of what the line says. Nobody can choose the bytes that go into the SHA-1, so its known collisions do not apply; to exchange a
// line one needs a second preimage of it.
func Link(prev string, seq, at int64, digest string) string {
	sum := sha1.Sum([]byte(prev + ":" + strconv.FormatInt(seq, 10) + ":" + strconv.FormatInt(at, 10) + ":" + digest)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// Chain returns the record data of a line behind the head.
func Chain(h Head, at int64, data []byte) (Head, []byte) {
	next := Head{Seq: h.Seq + 1}
	next.Hash = Link(h.Hash, next.Seq, at, Digest(data))
	return next, fmt.Appendf(nil, `{"v":%d,"seq":%d,"at":%d,"prev":%q,"hash":%q,"line":%s}`, LineVersion, next.Seq, at, h.Hash, next.Hash, data)
}

// DecodeLine reads a stored line. It does not check the chain. CodeInternal: it cannot be read.
func DecodeLine(data []byte) (Chained, error) {
	var c Chained
	if err := json.Unmarshal(data, &c); err != nil {
		return Chained{}, bot.E(bot.CodeInternal, "store.log.decode", "A line of the log cannot be read. Somebody may have changed it.", err)
	}
	return c, nil
}
