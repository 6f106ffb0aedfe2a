package bot

import (
	"encoding/binary"
	"encoding/hex"
	"time"
)

// IDLength is the length of an execution id in characters.
const IDLength = 24

// MinPrefix is how many characters of an id a person must type at least.
const MinPrefix = 6

// NewID returns an execution id: 24 lower-case hex digits, StackStorm's shape, ordered by time: 44 bits of milliseconds since 1970
// (enough until the year 2527), then 52 random bits.
func NewID(now time.Time, entropy uint64) string {
	var b [12]byte
	ms := uint64(now.UnixMilli())
	binary.BigEndian.PutUint64(b[:8], ms<<20|entropy>>44)
	binary.BigEndian.PutUint32(b[8:], uint32(entropy))
	return hex.EncodeToString(b[:])
}

// IDTime returns when an execution id was made, and whether s is one.
func IDTime(s string) (made time.Time, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(s) != IDLength {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b) >> 20)), true
}

// IsIDPrefix reports whether s can be the beginning of an execution id that is long enough to look up.
func IsIDPrefix(s string) bool {
	if len(s) < MinPrefix || len(s) > IDLength {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
