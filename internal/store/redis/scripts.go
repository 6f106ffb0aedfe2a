package redis

import (
	_ "embed" // the scripts
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// What several scripts have in common, in front of them.
var (
	//go:embed lua/wall.lua
	wallLua string
	//go:embed lua/clock.lua
	clockLua string
	//go:embed lua/queue.lua
	queueLua string
	//go:embed lua/records.lua
	recordsLua string
	//go:embed lua/locks.lua
	locksLua string
	//go:embed lua/log.lua
	logLua string
)

// The scripts. Each has its keys, arguments and answer on top; the store's time goes in front of every answer.
var (
	//go:embed lua/open.lua
	openLua string
	//go:embed lua/now.lua
	nowLua string
	//go:embed lua/get.lua
	getLua string
	//go:embed lua/list.lua
	listLua string
	//go:embed lua/commit.lua
	commitLua string
	//go:embed lua/sweep.lua
	sweepLua string
	//go:embed lua/claim.lua
	claimLua string
	//go:embed lua/renew.lua
	renewLua string
	//go:embed lua/due.lua
	dueLua string
	//go:embed lua/missing.lua
	missingLua string
	//go:embed lua/acquire.lua
	acquireLua string
	//go:embed lua/holds.lua
	holdsLua string
	//go:embed lua/free.lua
	freeLua string
	//go:embed lua/head.lua
	headLua string
	//go:embed lua/epoch.lua
	epochLua string
)

// scripts are ready to be sent, by their digest or, where the server does not know that yet, in full.
type scripts struct {
	open, now, get, list, commit, sweep, claim, renew, due *goredis.Script
	missing, acquire, holds, free, head, epoch             *goredis.Script
}

// newScripts puts the scripts together: what a script needs, and then its own text, as a function whose answer is given behind the store's
// time. wall is wallLua, or a time of the tests in its place.
func newScripts(wall string) scripts {
	script := func(parts ...string) *goredis.Script {
		needs, own := parts[:len(parts)-1], parts[len(parts)-1]
		return goredis.NewScript(wall + clockLua + strings.Join(needs, "") + "local function answer()\n" + own + "end\nreturn {now, answer()}\n")
	}
	return scripts{
		open:   script(openLua),
		now:    script(nowLua),
		get:    script(getLua),
		list:   script(listLua),
		commit: script(queueLua, locksLua, recordsLua, logLua, commitLua),
		sweep:  script(queueLua, locksLua, recordsLua, sweepLua),
		claim:  script(queueLua, locksLua, claimLua),
		renew:  script(queueLua, renewLua),
		due:    script(dueLua),

		missing: script(queueLua, missingLua),
		acquire: script(queueLua, locksLua, acquireLua),
		holds:   script(queueLua, locksLua, holdsLua),
		free:    script(queueLua, locksLua, freeLua),
		head:    script(headLua),
		epoch:   script(epochLua),
	}
}
