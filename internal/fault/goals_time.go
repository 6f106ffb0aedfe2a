//go:build fault

package fault

import (
	"fmt"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

func clockHolds(all []outcome) (string, bool) {
	var waits []time.Duration
	for _, c := range all[0].history.Commands {
		if end, ok := c.End(); ok {
			waits = append(waits, end.Time.Sub(c.Said))
		}
	}
	_, most := quantiles(waits)
	jumps := 0
	for _, f := range all[0].history.Firings {
		jumps += one(strings.HasPrefix(f.Do, "clock"))
	}
	text := fmt.Sprintf("%d jumps, %d commands, the slowest took %.1f s, %d violations (no approvals and no cron yet)", jumps, len(waits), most.Seconds(), violated(all))
	return text, violated(all) == 0 && len(waits) == len(all[0].history.Commands) && most < 5*time.Second
}

func poison(all []outcome) (string, bool) {
	end := chat.Line{}
	others := 0
	for _, c := range all[0].history.Commands {
		e, ended := c.End()
		if c.Kind == Get {
			end = e
		} else {
			others += one(ended && e.Status == "succeeded")
		}
	}
	told := strings.Contains(end.Text, "3 workers died")
	text := fmt.Sprintf("%s after %d deaths, told: %t; %d other commands succeeded meanwhile (their throughput was not compared; requeue is rerun)", end.Status, deaths(all), told, others)
	return text, end.Status == "abandoned" && told && deaths(all) == 3 && others == len(all[0].history.Commands)-1
}

func hostile(all []outcome) (string, bool) {
	var waits []time.Duration
	for _, c := range all[0].history.Commands {
		line, ok := c.Told("answer")
		if !ok {
			line, ok = c.End()
		}
		if ok {
			waits = append(waits, line.Time.Sub(c.Said))
		}
	}
	p99, most := quantiles(waits)
	dead := all[0].lab.figures["processes lost"]
	text := fmt.Sprintf("%d of %d lines answered, p99 %s, max %s; %.0f processes lost", len(waits), len(all[0].history.Commands), ms(p99), ms(most), dead)
	return text, dead == 0 && len(waits) == len(all[0].history.Commands) && p99 <= 500*time.Millisecond
}

func drained(all []outcome) (string, bool) {
	f := all[0].lab.figures
	bad := violated(all)
	text := fmt.Sprintf("sockets closed after %.1f s, exit %.0f after %.1f s (drain %s), %d lost or wrong, the long run ended %s", f["intake seconds"], f["exit code"], f["exit seconds"], all[0].lab.Drain, bad, pauseEnd(all[0]))
	return text, f["intake seconds"] <= 1 && f["exit seconds"] <= 25 && f["exit code"] == 0 && bad == 0 && pauseEnd(all[0]) == "succeeded"
}

func pauseEnd(o outcome) string {
	for _, c := range o.history.Commands {
		if c.Kind == Pause {
			end, _ := c.End()
			return end.Status
		}
	}
	return ""
}

func overload(all []outcome) (string, bool) {
	f := all[0].lab.figures
	busy, silent := 0, 0
	var slowest time.Duration
	var acks []time.Duration
	accepted := count(all, func(c *Command) int {
		if len(c.Acks) > 0 {
			acks = append(acks, c.Acks[0].Time.Sub(c.Said))
		}
		line, told := c.Told("busy")
		if told {
			busy++
			slowest = max(slowest, line.Time.Sub(c.Said))
		}
		silent += one(!c.Settled())
		return one(len(c.Executions()) > 0)
	})
	bad := violated(all)
	p99, _ := quantiles(acks)
	text := fmt.Sprintf("%.0f/s offered: %d accepted, %d told to try again, the slowest after %s, %d without a word, %d violations; acks p99 %s; memory %.0f MiB, idle %.0f", f["rate"], accepted, busy, ms(slowest), silent, bad, ms(p99), f["memory MiB"], f["idle MiB"])
	return text, f["rate"] > 450 && accepted > 0 && silent == 0 && slowest <= 2500*time.Millisecond && bad == 0 && f["memory MiB"] <= 2*f["idle MiB"]+64
}

// soaked passes when nothing grew by more than a twentieth from the first tenth of the run to its end, by the line through all samples.
func soaked(all []outcome) (string, bool) {
	f := all[0].lab.figures
	var said []string
	level := true
	for _, what := range measures {
		said = append(said, fmt.Sprintf("%s %+.1f %% of %.0f", what, f[what+" growth"], f[what]))
		level = level && f[what+" growth"] <= 5 && f[what+" growth"] >= -5
	}
	text := fmt.Sprintf("%.0f samples, %.0f socket rotations, %.0f restarts of Redis: %s; %d violations", f["samples"], f["rotations"], f["restarts"], strings.Join(said, ", "), violated(all))
	return text, f["samples"] > 10 && level && violated(all) == 0
}
