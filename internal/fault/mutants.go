//go:build fault

package fault

import (
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
)

// mutants returns, for each defect, the story that must show it.
func mutants() []scenario {
	return []scenario{
		{name: "kill at receive", defect: failpoint.AckBeforeAccept, play: killAt(failpoint.Receive, Set, Echo)},
		{name: "kill at receive, then it comes again", defect: failpoint.DropRetries, play: killAt(failpoint.Receive, Set, Echo)},
		{name: "every message four times", defect: failpoint.DedupeForgets, play: copies, setup: Setup{Replicas: 3}},
		{name: "kill while Clary answers a comment", defect: failpoint.RetryOnce, play: killInCall},
		{name: "kill between reply and record", defect: failpoint.ReplyBeforeRecord, play: tornOrAfter},
		{name: "a worker sleeps through its lease", defect: failpoint.NoFence, play: stopHolder},
		{name: "slow comments", defect: failpoint.TakeoverEarly, play: slowComment},
		{name: "commands on the same hosts", defect: failpoint.NoLocks, play: collide, setup: Setup{Replicas: 3, Latency: 100 * time.Millisecond}},
		{name: "races with an asker who approves", defect: failpoint.SelfApproves, play: races(140), setup: Setup{Replicas: 3, Races: true}},
		{name: "races with a node that changes", defect: failpoint.Unbound, play: races(140), setup: Setup{Replicas: 3, Races: true}},
		{name: "a secret among changes", defect: failpoint.AuditAfter, play: secretive},
		{name: "clocks jump", defect: failpoint.LocalClock, play: clockJumps, setup: Setup{Latency: 300 * time.Millisecond}},
	}
}
