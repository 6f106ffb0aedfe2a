//go:build fault

package fault

import (
	"time"

	"github.com/petrelops/petrel/internal/failpoint"
)

// mutants returns, for each defect, the story that must show it.
func mutants() []scenario {
	return []scenario{
		{name: "kill at receive", defect: failpoint.AckBeforeAccept, play: killAt(failpoint.Receive, Set, Echo), small: true},
		{name: "kill at receive, then it comes again", defect: failpoint.DropRetries, play: killAt(failpoint.Receive, Set, Echo), small: true},
		{name: "every message four times", defect: failpoint.DedupeForgets, play: copies, setup: Setup{Replicas: 3}, small: true},
		{name: "kill while Clary answers a comment", defect: failpoint.RetryOnce, play: killInCall},
		{name: "kill between reply and record", defect: failpoint.ReplyBeforeRecord, play: tornOrAfter},
		{name: "a worker sleeps through its lease", defect: failpoint.NoFence, play: stopHolder},
		{name: "slow comments", defect: failpoint.TakeoverEarly, play: slowComment},
		{name: "commands on the same hosts", defect: failpoint.NoLocks, play: collide, setup: Setup{Replicas: 3, Latency: 100 * time.Millisecond}},
		{name: "races with an asker who approves", defect: failpoint.SelfApproves, play: races(140), setup: Setup{Replicas: 3, Races: true}},
		{name: "races with a node that changes", defect: failpoint.Unbound, play: races(140), setup: Setup{Replicas: 3, Races: true}},
		{name: "races for one decision", defect: failpoint.AnyDecision, play: races(140), setup: Setup{Replicas: 3, Races: true}},
		{name: "a click comes again after a death", defect: failpoint.CountsTwice, play: clickComesAgain, setup: Setup{Replicas: 2, Asks: true}},
		{name: "a secret among changes", defect: failpoint.AuditAfter, play: secretive},
		{name: "Slack: kill at receive", defect: failpoint.AckBeforeAccept, play: killAt(failpoint.Receive, Set, Echo), setup: Setup{Chat: "slack", Slash: 1}},
		{name: "Slack: every event four times", defect: failpoint.DedupeForgets, play: amidKills(3*time.Second, copies), setup: Setup{Replicas: 3, Chat: "slack"}},
		{name: "Discord: kill at receive", defect: failpoint.AckBeforeAccept, play: onDiscord(killedAtReceive), setup: Setup{Replicas: 3, Chat: "discord", Slash: 1}},
		{name: "Discord: every event four times", defect: failpoint.DedupeForgets, play: amidKills(3*time.Second, copies), setup: Setup{Replicas: 3, Chat: "discord", Slash: 2}},
		{name: "Discord: the holder of the gateway dies", defect: failpoint.ForgetsSequence, play: onDiscord(gatewayDies), setup: Setup{Replicas: 3, Chat: "discord"}},
		{name: "Slack: a half-open path", defect: failpoint.NoLookBack, play: halfOpen, setup: Setup{Replicas: 2, Chat: "slack", Half: true}, settle: time.Minute},
		{name: "Slack: lost answers", defect: failpoint.RetryBlind, play: lostAnswers, setup: Setup{Replicas: 2, Chat: "slack"}, small: true},
		{name: "timers amid kills", defect: failpoint.SlotTwice, play: slots(10*time.Second, 4*time.Second), setup: Setup{Replicas: 3, Timers: 5}, small: true},
		{name: "events of Clary amid kills", defect: failpoint.EventTwice, play: claryEvents, setup: Setup{Replicas: 3, Timers: 1}},
		{name: "clocks jump", defect: failpoint.LocalClock, play: clockJumps, setup: Setup{Latency: 300 * time.Millisecond}},
	}
}
