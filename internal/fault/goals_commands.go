//go:build fault

package fault

import (
	"fmt"
	"strings"
	"time"
)

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
		commands, each := len(o.history.Commands), 4
		if o.name == "a thousand commands twice" {
			each = 2
		}
		deliveries := count(all[n:n+1], func(c *Command) int { return len(c.Deliveries) })
		executions := count(all[n:n+1], func(c *Command) int { return len(c.Executions()) })
		finals := count(all[n:n+1], func(c *Command) int {
			_, ended := c.End()
			return one(ended)
		})
		bad := len(o.violations)
		parts = append(parts, fmt.Sprintf("%d deliveries of %d commands over 3 replicas, %d deaths: %d executions, %d final replies, %d violations", deliveries, commands, deaths(all[n:n+1]), executions, finals, bad))
		passed = passed && bad == 0 && executions == commands && finals == commands && deliveries >= each*commands
	}
	return strings.Join(parts, "; "), passed
}
