package clary

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/nodeset"
)

// outcome is how one host ended.
type outcome struct {
	host  string
	was   string   // the status before
	now   string   // the status that is known last; empty when none is
	did   string   // what was done, for people; empty for a failure
	steps []string // the statuses that were entered
	fault *fault   // nil for success
}

const (
	maxRows   = 50  // rows of a table
	maxPiles  = 5   // reasons that an error text names
	maxFolded = 200 // characters of a node set in a sentence or cell
	maxListed = 20  // statuses in a sentence
)

// counted writes hosts for people: 12 hosts: irene[4000-4011].
func counted(hosts []string) string {
	return fmt.Sprintf("%s: %s", plural(len(hosts)), folded(hosts))
}

func plural(n int) string {
	if n == 1 {
		return "1 host"
	}
	return fmt.Sprintf("%d hosts", n)
}

// folded writes hosts as a node set that is cut, visibly, where it would be too long to read.
func folded(hosts []string) string {
	text := nodeset.Fold(hosts)
	if len(text) <= maxFolded {
		return text
	}
	cut := strings.LastIndexByte(text[:maxFolded], ',')
	if cut < 0 {
		cut = maxFolded
	}
	return text[:cut] + ",…"
}

// listed writes statuses for people. What Clary sends is cut to what a person reads.
func listed(statuses []string) string {
	if len(statuses) > maxListed {
		statuses = append(slices.Clone(statuses[:maxListed]), "…")
	}
	return strings.Join(statuses, ", ")
}

// pile is the hosts that failed for the same reason.
type pile struct {
	hosts []string
	fault *fault
}

// piles sorts failures by reason, the most frequent first.
func piles(failures []outcome) []pile {
	var all []pile
	index := map[string]int{}
	for _, o := range failures {
		i, ok := index[o.fault.text]
		if !ok {
			i = len(all)
			index[o.fault.text] = i
			all = append(all, pile{fault: o.fault})
		}
		all[i].hosts = append(all[i].hosts, o.host)
	}
	slices.SortStableFunc(all, func(a, b pile) int { return cmp.Compare(len(b.hosts), len(a.hosts)) })
	return all
}

// failure makes the error of an action that did not succeed for every host: bounded, each host named in a folded set.
func failure(op string, failures []outcome, total int) error {
	all := piles(failures)
	var text strings.Builder
	if total > 1 {
		fmt.Fprintf(&text, "%d of %s failed. ", len(failures), plural(total))
	}
	for i, p := range all {
		if i == maxPiles {
			rest := 0
			for _, p := range all[i:] {
				rest += len(p.hosts)
			}
			fmt.Fprintf(&text, "%s more failed for other reasons. ", plural(rest))
			break
		}
		fmt.Fprintf(&text, "%s: %s ", folded(p.hosts), p.fault.text)
	}
	return bot.E(all[0].fault.code, op, strings.TrimSpace(text.String()), all[0].fault.err)
}

// hostReport is a host in the result for programs.
type hostReport struct {
	Host   string   `json:"host"`
	OK     bool     `json:"ok"`
	Status string   `json:"status,omitempty"`
	Error  string   `json:"error,omitempty"`
	Steps  []string `json:"steps"`
}

// report is the result for programs.
type report struct {
	DryRun bool         `json:"dry_run,omitempty"`
	Hosts  []hostReport `json:"hosts"`
}

func (o outcome) report() hostReport {
	h := hostReport{Host: o.host, OK: o.fault == nil, Status: o.now, Steps: o.steps}
	if h.Steps == nil {
		h.Steps = []string{}
	}
	if o.fault != nil {
		h.Error = o.fault.text
	}
	return h
}

func (o outcome) said() string {
	if o.fault != nil {
		return "failed: " + o.fault.text
	}
	return o.did
}

// brief is what was said, down to its first sentence: the error below the table has the rest, once for all hosts it is true of.
func (o outcome) brief() string {
	first, _, more := strings.Cut(o.said(), ". ")
	if more {
		first += "."
	}
	return first
}

// table shows outcomes, one row per host up to maxRows and one per distinct outcome above. Where no status was read, as with
// comments, the columns for it are left out.
func table(outcomes []outcome) bot.Block {
	rows := make([][]string, 0, min(len(outcomes), maxRows))
	for _, l := range alike(outcomes) {
		if len(rows) == maxRows {
			rows = append(rows, []string{"more in the data", "", "", "and further outcomes"})
			break
		}
		rows = append(rows, []string{l.name(), shown(l.was), shown(l.now), l.brief()})
	}
	columns := []string{"node", "was", "now", "result"}
	if !slices.ContainsFunc(outcomes, func(o outcome) bool { return o.was+o.now != "" }) {
		columns = []string{"node", "result"}
		for i, row := range rows {
			rows[i] = []string{row[0], row[3]}
		}
	}
	return bot.TableBlock(columns, rows)
}

// line is a row of the table: hosts with one outcome.
type line struct {
	outcome
	hosts []string
}

func (l line) name() string {
	if len(l.hosts) == 1 {
		return l.hosts[0]
	}
	return fmt.Sprintf("%s (%s)", folded(l.hosts), plural(len(l.hosts)))
}

// alike joins the hosts with the same outcome when there are too many for a row each.
func alike(outcomes []outcome) []line {
	var lines []line
	index := map[[3]string]int{}
	for _, o := range outcomes {
		key := [3]string{o.was, o.now, o.said()}
		i, ok := index[key]
		if !ok || len(outcomes) <= maxRows {
			i = len(lines)
			index[key] = i
			lines = append(lines, line{outcome: o})
		}
		lines[i].hosts = append(lines[i].hosts, o.host)
	}
	return lines
}

// shown writes a status into a cell.
func shown(status string) string {
	if status == "" {
		return "-"
	}
	return status
}
