//go:build fault

package fault

import (
	"fmt"
	"time"
)

// chatGoals are measured with the adapters that people use.
func chatGoals() []goal {
	return []goal{
		{"R1 (Slack)", "ack in time", "at 50/s p99 ≤500 ms, max <2.5 s; 0 acks without a record", []string{"Slack: load"}, acksInTime},
		{"R1 (Discord)", "answer to interactions in time", "at 50/s p99 ≤500 ms, max <2.5 s; 0 answers without a record", []string{"Discord: load"}, acksInTime},
		{"R5 (Slack)", "duplicate deliveries", "1 execution and 1 final message for 4 deliveries, amid kills", []string{"Slack: every event four times"}, duplicates},
		{"R5 (Discord)", "duplicate deliveries", "1 execution and 1 final message for 4 deliveries, amid kills", []string{"Discord: every event four times"}, duplicates},
		{"R12 (Slack)", "429, 5xx and timeouts", "30 % 429, 10 % 5xx, answers of posts lost, amid kills: 0 final messages lost or doubled, order kept in threads, 0 calls of a process before its Retry-After ends", []string{"Slack: a storm of faults", "Slack: lost answers"}, stormed},
		{"R13 (Slack)", "half-open path", "found ≤60 s, healed ≤10 s after the path is whole, what was missed answered and marked late ≤120 s after", []string{"Slack: a half-open path"}, heard},
		{"R14 (Discord)", "resume", "op 7: resume; the holder dies: another resumes <10 s later; op 9: identify and catch up; 0 lost; <100 invalid requests", []string{"Discord: asked to connect again", "Discord: the holder of the gateway dies", "Discord: the session is gone", "Discord: a storm of faults"}, resumed},
		{"R16", "timers and sensors", "3 replicas that are killed: 0 slots missed or doubled, late ≤ lease + 2 s; 0 events of Clary missed or doubled", []string{"a thousand slots", "timers amid kills", "events of Clary amid kills"}, slotsTold},
	}
}

func stormed(all []outcome) (string, bool) {
	finals, refused, limited, others := 0, 0, 0, 0
	commands := count(all, func(c *Command) int {
		_, ended := c.End()
		finals += one(ended)
		return 1
	})
	for _, o := range all {
		refused += len(o.history.Refused)
		limited += o.history.Limited
		others += o.history.Others
	}
	hasty, disorder, doubled := violated(all, LeftAlone), violated(all, InOrder), violated(all, OneMessage)
	text := fmt.Sprintf("%d calls refused, %d of them with 429, %d deaths: %d of %d commands have their final message, %d doubled, %d out of order; %d calls of a process before its wait was over (%d of processes that had not been asked)", refused, limited, deaths(all), finals, commands, doubled, disorder, hasty, others)
	return text, limited > 0 && refused > limited && deaths(all) > 0 && finals == commands && violated(all) == 0
}

func heard(all []outcome) (string, bool) {
	f := all[0].lab.figures
	missed := count(all, func(c *Command) int { return one(c.Late) })
	marked := count(all, func(c *Command) int { return one(c.Late && c.marked(lateMarks())) })
	text := fmt.Sprintf("found after %.1f s, healed after %.1f s, the last of %d missed answered after %.1f s, %d marked late", f["found seconds"], f["healed seconds"], missed, f["caught seconds"], marked)
	return text, f["found seconds"] <= 60 && f["healed seconds"] <= 10 && f["caught seconds"] <= 120 && missed > 0 && marked == missed && violated(all) == 0
}

func resumed(all []outcome) (string, bool) {
	var resumes, needless, handover, invalid float64
	for _, o := range all {
		f := o.lab.figures
		resumes += f["resumed"]
		handover, invalid = max(handover, f["handover seconds"]), max(invalid, f["invalid"])
		if o.name != "Discord: the session is gone" { // a second session although the first one lived
			needless += f["identified"] - 1
		}
	}
	said := count(all, func(*Command) int { return 1 })
	text := fmt.Sprintf("%d messages, %d deaths: %.0f resumes, %.0f needless new sessions, %d lost or doubled; another process listened after %.1f s; at most %.0f invalid requests", said, deaths(all), resumes, needless, violated(all), handover, invalid)
	return text, violated(all) == 0 && deaths(all) > 0 && resumes > 0 && needless == 0 && handover > 0 && handover < 10 && invalid < 100
}

func slotsTold(all []outcome) (string, bool) {
	slots, events := 0, 0
	var late, lease time.Duration
	for _, o := range all {
		lease = o.lab.Lease
		late = max(late, o.history.late())
		for _, t := range o.history.Told {
			slots += one(!t.At.IsZero())
			events += one(t.At.IsZero())
		}
	}
	bad := violated(all, ToldOnce)
	text := fmt.Sprintf("%d slots and %d events of Clary, %d deaths: %d missed or doubled, the latest slot told after %.1f s", slots, events, deaths(all), bad, late.Seconds())
	return text, slots > 0 && events > 0 && deaths(all) > 0 && bad == 0 && late <= lease+2*time.Second
}
