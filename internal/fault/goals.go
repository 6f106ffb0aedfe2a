//go:build fault

package fault

import (
	"fmt"
	"slices"
	"time"
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
		{"R6", "approvals are safe", "0 illegal starts and exactly 1 legal one in each race; each late, foreign or double click told so alone; each kind truly overlapping", []string{"races for approvals"}, approved},
		{"R6 (kills)", "questions and approvals outlive processes", "a process killed at each point of a question: 0 lost, told twice or started without approval; each acknowledged click counts once; each expiry ≤ lease + 10 s after its time for each death", []string{"kill at each point of a question"}, outlived},
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
