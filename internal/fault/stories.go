//go:build fault

package fault

import "time"

// The words by which a command says what is to become of it.
const (
	refusedMark = "tobeRefused"
	lostMark    = "tobeLost"
)

// stories returns the scenarios without a mutant.
func stories() []scenario {
	return []scenario{
		{name: "kill at each point", play: everyPoint, setup: Setup{Replicas: 3}, small: true},
		{name: "kill at each point of a question", play: everyQuestion, setup: Setup{Replicas: 3, Asks: true}, small: true},
		{name: "a kill now and then", play: randomKills(10, 20*time.Second, 3*time.Second), setup: Setup{Replicas: 3}},
		{name: "load", play: load(50, 8*time.Second, 0), setup: Setup{Replicas: 3}, timed: true},
		{name: "a thousand commands twice", play: load(200, 5*time.Second, 2), setup: Setup{Replicas: 3}, settle: 60 * time.Second, timed: true},
		{name: "overload", play: load(500, 4*time.Second, 0), setup: Setup{Replicas: 2}, settle: 60 * time.Second, timed: true},
		{name: "Redis is killed and comes back", play: redisGone, setup: Setup{Replicas: 2}},
		{name: "Redis hangs", play: redisHangs, setup: Setup{Replicas: 2}},
		{name: "Redis is killed under load", play: redisKilledUnderLoad, setup: Setup{Replicas: 2}},
		{name: "Redis loses the end of its log", play: lose(cutLog), setup: Setup{Replicas: 2, Redis: []string{"--appendfsync", "everysec"}}},
		{name: "Redis is emptied", play: lose(flush), setup: Setup{Replicas: 2}},
		{name: "Redis is read-only", play: readOnly, setup: Setup{Replicas: 2}},
		{name: "Redis is full", play: full, setup: Setup{Replicas: 2}},
		{name: "Redis may evict", play: evicting, setup: Setup{Replicas: 1}},
		{name: "a poisonous command", play: poisonous, setup: Setup{Replicas: 2}},
		{name: "hostile lines", play: hostileLines, setup: Setup{Replicas: 2}, timed: true},
		{name: "a holder of locks dies", play: holderDies, setup: Setup{Replicas: 2}},
		{name: "a holder of locks sleeps", play: holderSleeps, setup: Setup{Replicas: 3}},
		{name: "races for approvals", play: races(420), setup: Setup{Replicas: 3, Races: true}},
		{name: "versions side by side", play: rolling, setup: Setup{Replicas: 2}},
		{name: "Redis fails over to a replica that lags", play: failover, setup: Setup{Replicas: 2, Proxy: true}},
		{name: "asked to stop", play: askedToStop, setup: Setup{Replicas: 2, Drain: 3 * time.Second}, settle: 40 * time.Second},
	}
}
