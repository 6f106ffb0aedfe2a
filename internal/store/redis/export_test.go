package redis

import "context"

// wallKey is where OpenStill's stores have their server's wall time, behind the key of meta. It is a time of the tests' own.
const wallKey = ":wall"

// WallKey returns the key that holds the wall time of stores with this prefix that OpenStill opens.
func WallKey(prefix string) string { return newKeys(prefix).meta + wallKey }

// OpenStill opens a store whose server's wall time stands still until its key is changed. It asks for the time each time.
func OpenStill(ctx context.Context, o Options) (*Store, error) {
	return open(ctx, o, newScripts("local function wall() return tonumber(redis.call('GET', KEYS[1] .. '"+wallKey+"')) end\n"), 0)
}

// Keys names the keys for the tests.
type Keys = keys

// What the tests use from inside.
var (
	NewKeys      = newKeys
	KeyOfRecord  = keys.record
	KeyOfIndex   = keys.index
	KeyOfReady   = keys.ready
	KeyOfTimers  = keys.timers
	StemOfQueue  = keys.entryStem
	Remedy       = remedy
	EncodeNotice = encodeNotice
	DecodeNotice = decodeNotice
	Window       = 1000 // as in lua/queue.lua
)

// CheckVersion is what Open asks about the version that Redis tells.
func CheckVersion(version string) error {
	return (&Store{where: "Redis at test"}).checkVersion(version)
}
