//go:build fault

package fault

import (
	"fmt"
	"strings"
	"time"
)

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

func failedOver(all []outcome) (string, bool) {
	gone, told := reports(all[0])
	text := fmt.Sprintf("%d acknowledged commands vanished with the old primary, %d authors told, %d told for nothing", gone, told, falseReports(all[0]))
	return text, gone > 0 && gone == told && falseReports(all[0]) == 0
}
