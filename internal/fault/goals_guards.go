//go:build fault

package fault

import (
	"fmt"
	"strings"
	"time"
)

func locksHold(all []outcome) (string, bool) {
	var freed float64
	slow := false
	for _, o := range all {
		f := o.lab.figures["freed seconds"]
		freed = max(freed, f)
		slow = slow || f > (o.lab.Lease+5*time.Second).Seconds()
	}
	shared := count(all, func(c *Command) int { return one(c.locks()) * len(c.Effects) })
	bad := violated(all, NoOverlap)
	text := fmt.Sprintf("%d effects on hosts that several commands want: %d overlap; locks of a dead or sleeping holder taken by the next after %.1f s", shared, bad, freed)
	return text, shared > 0 && bad == 0 && freed > 0 && !slow
}

func audited(all []outcome) (string, bool) {
	effects, lines := 0, 0
	for _, o := range all {
		if o.history.Audit == nil { // it had no effects
			return o.name + " has no audit log", false
		}
		lines += o.history.Audit.Lines
		for _, c := range o.history.Commands {
			effects += len(c.Effects)
		}
	}
	kept := count(all, func(c *Command) int {
		end, _ := c.End()
		return one(strings.Contains(c.Text, canary) && end.Status == "succeeded")
	})
	bad := violated(all, WillBefore)
	text := fmt.Sprintf("%d effects, %d lines in %d logs, %d secrets given: %d effects without an earlier line, logs that are not whole, or secrets in them", effects, lines, len(all), kept, bad)
	return text, effects > 0 && kept > 0 && bad == 0
}

func rolled(all []outcome) (string, bool) {
	f := all[0].lab.figures
	bad := violated(all)
	text := fmt.Sprintf("%d commands while %.0f processes were replaced, both directions: %d violations; %.0f records of the newer form, %.0f of them written last by an old process, %.0f lost what that does not know", len(all[0].history.Commands), f["replaced"], bad, f["newer"], f["newer by old"], f["dropped"])
	return text, bad == 0 && f["newer by old"] > 0 && f["dropped"] == 0
}

// approved counts the races, and of each kind those that truly overlapped.
func approved(all []outcome) (string, bool) {
	kinds, total, clicks, refused := map[raceKind]int{}, 0, 0, 0
	for _, o := range all {
		for _, r := range o.history.Races {
			total++
			clicks += len(r.Answers)
			refused += r.Refused()
			kinds[r.Kind] += one(r.Overlaps())
		}
	}
	bad, least := violated(all, LegalStart), total
	var texts []string
	for _, k := range raceKinds() {
		least = min(least, kinds[k])
		texts = append(texts, fmt.Sprintf("%s %d", k, kinds[k]))
	}
	text := fmt.Sprintf("%d races, %d illegal or missing starts or unanswered clicks; %d of %d clicks were told alone that they do not count; truly overlapping: %s", total, bad, refused, clicks, strings.Join(texts, ", "))
	return text, total > 0 && refused > 0 && bad == 0 && least > 0 && (total < wholeRaces || least >= 100)
}

// wholeRaces is how many races the whole test has. The short form only demands that each kind overlapped at least once.
const wholeRaces = 10000

// outlived counts the questions whose processes were killed, and what became of them.
func outlived(all []outcome) (string, bool) {
	questions, clicks, expired, late := 0, 0, 0, 0
	var slowest time.Duration
	for _, o := range all {
		for _, q := range o.history.Questions {
			questions++
			for _, c := range q.Clicks {
				clicks += one(!c.To.IsZero())
			}
			_, died := q.Command.Took(o.history.Firings)
			over := q.overdue(o.history.Audit)
			expired += one(over > 0)
			late += one(over > time.Duration(max(1, died))*(o.lab.Lease+10*time.Second))
			slowest = max(slowest, over)
		}
	}
	bad := violated(all)
	text := fmt.Sprintf("%d questions, %d deaths, %d acknowledged clicks: %d lost, told twice, miscounted or started without approval; %d expired, the latest %.1f s after its time", questions, deaths(all), clicks, bad, expired, slowest.Seconds())
	return text, questions > 0 && clicks > 0 && expired > 0 && late == 0 && bad == 0
}
