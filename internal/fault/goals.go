//go:build fault

package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/sim/chat"
)

// goal is one of R1 to R25, measured on what scenarios came to.
type goal struct {
	id, title, line string
	from            []string // the scenarios that it is measured on; all sound ones if empty
	measure         func(all []outcome) (text string, passed bool)
}

func goals() []goal {
	return []goal{
		{"R1", "ack in time", "at 50/s p99 ≤500 ms, max <2.5 s; 0 acks without a record", []string{"load"}, acksInTime},
		{"R2", "nothing accepted is lost", "0 lost; all ended within lease + 10 s for each death that met them + their run time", nil, nothingLost},
		{"R3", "no double effect", "0 duplicates of class once, 0 differing ones of class idempotent", nil, noDoubles},
		{"R4", "honest grey zone", "abandoned ≤ deaths; each says what is known; 0 wrong ends", nil, greyZone},
		{"R5", "duplicate deliveries", "1 execution and 1 final message for 4 deliveries, and for 2 of each of 1,000", []string{"every message four times", "a thousand commands twice"}, duplicates},
		{"R7", "locks", "0 overlapping effects on one target; a dead or sleeping holder's locks taken ≤ lease + 5 s", []string{"commands on the same hosts", "a holder of locks dies", "a holder of locks sleeps"}, locksHold},
		{"R8", "Redis down", "refused in words ≤2.5 s; back ≤10 s after Redis; goroutines +5 at most in each process", []string{"Redis is killed and comes back", "Redis hangs"}, redisDown},
		{"R9", "Redis restart", "appendfsync always: 0 lost; log cut short: all lost ones reported", []string{"Redis is killed under load", "Redis loses the end of its log"}, redisRestart},
		{"R10", "Redis fails over", "acked commands that vanished: each reported to its author, 0 silent", []string{"Redis fails over to a replica that lags"}, failedOver},
		{"R11", "Redis emptied, read-only, full, evicting", "all in flight reported; refused in words ≤2.5 s; start refused", []string{"Redis is emptied", "Redis is read-only", "Redis is full", "Redis may evict"}, redisUnfit},
		{"R15", "clock jumps", "±1 h, ±1 day on one replica: nothing late, abandoned or lost", []string{"clocks jump"}, clockHolds},
		{"R17", "poison", "abandoned after 3 deaths, the others go on, a person is told", []string{"a poisonous command"}, poison},
		{"R18", "hostile input", "0 processes lost; each line answered, p99 ≤500 ms from end to end", []string{"hostile lines"}, hostile},
		{"R19", "drain", "intake ends ≤1 s, exit ≤25 s, 0 lost, long runs handed over", []string{"asked to stop"}, drained},
		{"R20", "rolling upgrade", "N and N+1 together, both directions: 0 lost, 0 double, unknown fields kept", []string{"versions side by side"}, rolled},
		{"R22", "audit", "each effect has an earlier line; the chain is whole; no secret in it", []string{"a secret among changes", "kill at each point", "a kill now and then"}, audited},
		{"R23", "overload", "at 500/s the accepted ones end; the others told ≤2.5 s; memory ≤2× idle + 64 MiB", []string{"overload"}, overload},
		{"R24", "soak", "goroutines, files and memory ±5 % after the first tenth", []string{"soak"}, soaked},
	}
}

// pick returns the outcomes that a goal is measured on, and whether all of them were played.
func (g goal) pick(all []outcome) ([]outcome, bool) {
	var list []outcome
	for _, o := range all {
		if o.defect == "" && (len(g.from) == 0 || slices.Contains(g.from, o.name)) {
			list = append(list, o)
		}
	}
	whole := len(list) > 0 && (len(g.from) == 0 || len(list) == len(g.from))
	for _, o := range list {
		whole = whole && o.err == nil
	}
	return list, whole
}

// violated counts the violations of some invariants.
func violated(all []outcome, invariants ...string) int {
	n := 0
	for _, o := range all {
		for _, v := range o.violations {
			if len(invariants) == 0 || slices.Contains(invariants, v.Invariant) {
				n++
			}
		}
	}
	return n
}

// count sums over every command.
func count(all []outcome, what func(*Command) int) int {
	n := 0
	for _, o := range all {
		for _, c := range o.history.Commands {
			n += what(c)
		}
	}
	return n
}

// deaths counts the processes that were killed, stopped or asked to end.
func deaths(all []outcome) int {
	n := 0
	for _, o := range all {
		for _, f := range o.history.Firings {
			n += one(f.deadly())
		}
	}
	return n
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// quantiles returns the 99th percentile and the maximum.
func quantiles(list []time.Duration) (p99, most time.Duration) {
	if len(list) == 0 {
		return 0, 0
	}
	slices.Sort(list)
	return list[(len(list)*99)/100], list[len(list)-1]
}

func ms(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func acksInTime(all []outcome) (string, bool) {
	var waits []time.Duration
	for _, c := range all[0].history.Commands {
		if len(c.Acks) > 0 {
			waits = append(waits, c.Acks[0].Time.Sub(c.Said))
		}
	}
	p99, most := quantiles(waits)
	bad := violated(all, AckedIsKept, OneEnd)
	text := fmt.Sprintf("%d commands at %.0f/s, 3 replicas: p99 %s, max %s, %d acks without a record", len(waits), all[0].lab.figures["rate"], ms(p99), ms(most), bad)
	return text, all[0].lab.figures["rate"] > 45 && len(waits) == len(all[0].history.Commands) && p99 <= 500*time.Millisecond && most < 2500*time.Millisecond && bad == 0
}

func nothingLost(all []outcome) (string, bool) {
	lost := violated(all, OneEnd, AckedIsKept)
	accepted := count(all, func(c *Command) int { return one(c.Taken()) })
	var slowest time.Duration
	late := 0
	for _, o := range all {
		for _, c := range o.history.Commands {
			took, died := c.Took(o.history.Firings)
			late += one(took > time.Duration(max(1, died))*(o.lab.Lease+10*time.Second)+o.own())
			slowest = max(slowest, took-o.own())
		}
	}
	refused := 0
	untaken := count(all, func(c *Command) int {
		_, told := c.Told("refused")
		refused += one(!c.Taken() && told)
		return one(!c.Taken())
	})
	text := fmt.Sprintf("%d commands accepted (%d never were, of which %d were told so), %d processes killed or stopped: %d lost, %d late, the slowest end %.1f s after its accept", accepted, untaken, refused, deaths(all), lost, late, slowest.Seconds())
	return text, lost == 0 && late == 0
}

// own is the run time of the longest command of a scenario.
func (o outcome) own() time.Duration {
	return time.Duration(o.lab.figures["own seconds"] * float64(time.Second))
}

func noDoubles(all []outcome) (string, bool) {
	bad := violated(all, FewEffects, NoneAfter)
	once := count(all, func(c *Command) int { return one(c.Kind == Comment) * len(c.Effects) })
	idempotent := count(all, func(c *Command) int { return one(c.Kind == Set) * len(c.Effects) })
	return fmt.Sprintf("%d effects of class once and %d of class idempotent: %d doubled or late", once, idempotent, bad), bad == 0
}

func greyZone(all []outcome) (string, bool) {
	mute := 0
	abandoned := count(all, func(c *Command) int {
		end, _ := c.End()
		if end.Status != "abandoned" {
			return 0
		}
		mute += one(!strings.Contains(end.Text, "effect") && !strings.Contains(end.Text, "workers died"))
		return 1
	})
	wrong, died := violated(all, TrueEnds), deaths(all)
	text := fmt.Sprintf("%d abandoned, %d deaths; %d without a word on what is known; %d wrong ends", abandoned, died, mute, wrong)
	return text, abandoned <= died && mute == 0 && wrong == 0
}

func duplicates(all []outcome) (string, bool) {
	var parts []string
	passed := true
	for n, o := range all {
		commands, each := len(o.history.Commands), map[string]int{"every message four times": 4, "a thousand commands twice": 2}[o.name]
		deliveries := count(all[n:n+1], func(c *Command) int { return len(c.Deliveries) })
		executions := count(all[n:n+1], func(c *Command) int { return len(c.Executions()) })
		finals := count(all[n:n+1], func(c *Command) int {
			_, ended := c.End()
			return one(ended)
		})
		bad := len(o.violations)
		parts = append(parts, fmt.Sprintf("%d deliveries of %d commands over 3 replicas: %d executions, %d final replies, %d violations", deliveries, commands, executions, finals, bad))
		passed = passed && bad == 0 && executions == commands && finals == commands && deliveries == each*commands
	}
	return strings.Join(parts, "; "), passed
}

// refusals returns how long the refused commands waited for the words, and how many never got any.
func refusals(all []outcome) (most time.Duration, told, silent int) {
	for _, o := range all {
		for _, c := range o.history.Commands {
			if !strings.Contains(c.Text, refusedMark) {
				continue
			}
			line, ok := c.Told("refused")
			if !ok {
				silent++
				continue
			}
			told++
			most = max(most, line.Time.Sub(c.Said))
		}
	}
	return most, told, silent
}

func redisDown(all []outcome) (string, bool) {
	most, told, silent := refusals(all)
	var back, more float64
	for _, o := range all {
		back, more = max(back, o.lab.figures["back seconds"]), max(more, o.lab.figures["goroutines more"])
	}
	text := fmt.Sprintf("%d refused, the slowest after %s, %d without a word; accepting again after %.1f s; at most %.0f more goroutines in a process", told, ms(most), silent, back, more)
	return text, told > 0 && silent == 0 && most <= 2500*time.Millisecond && back <= 10 && more <= 5 && violated(all) == 0
}

// reports counts commands that were lost by the store, and those whose author was told.
func reports(o outcome) (lost, told int) {
	for _, c := range o.history.Commands {
		if strings.Contains(c.Text, lostMark) {
			lost++
			_, ok := c.Told("lost")
			told += one(ok)
		}
	}
	return lost, told
}

func redisRestart(all []outcome) (string, bool) {
	text, passed := "", true
	for _, o := range all {
		if o.name == "Redis is killed under load" {
			bad := violated([]outcome{o}, OneEnd, AckedIsKept)
			text += fmt.Sprintf("always: %d accepted, %d lost; ", count([]outcome{o}, func(c *Command) int { return one(len(c.Acks) > 0) }), bad)
			passed = passed && bad == 0
			continue
		}
		lost, told := reports(o)
		text += fmt.Sprintf("cut short: %d lost, %d authors told, %d told for nothing; ", lost, told, falseReports(o))
		passed = passed && lost > 0 && lost == told && falseReports(o) == 0
	}
	return strings.TrimSuffix(text, "; "), passed
}

// falseReports counts commands that were reported as lost and were not.
func falseReports(o outcome) int {
	n := 0
	for _, c := range o.history.Commands {
		if _, told := c.Told("lost"); told && !strings.Contains(c.Text, lostMark) {
			n++
		}
	}
	return n
}

func redisUnfit(all []outcome) (string, bool) {
	most, told, silent := refusals(all)
	lost, reported, refusedStart := 0, 0, 0.0
	var back float64
	for _, o := range all {
		l, r := reports(o)
		lost, reported = lost+l, reported+r
		refusedStart += o.lab.figures["start refused"]
		back = max(back, o.lab.figures["back seconds"])
	}
	text := fmt.Sprintf("emptied: %d in flight, %d authors told; read-only and full: %d refused, the slowest after %s, %d without a word, back after %.1f s; evicting: start refused %.0f of 1", lost, reported, told, ms(most), silent, back, refusedStart)
	return text, lost > 0 && lost == reported && told > 0 && silent == 0 && most <= 2500*time.Millisecond && back <= 10 && refusedStart == 1 && violated(all) == 0
}

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
