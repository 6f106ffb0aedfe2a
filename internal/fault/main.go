//go:build fault

package fault

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/failpoint"
	"github.com/petrelops/petrel/internal/guarantees"
)

// options are the command line.
type options struct {
	base    Setup
	only    string
	at      int
	long    time.Duration
	soak    time.Duration
	out     io.Writer
	results string
	commit  string
	races   int
}

func (o *options) read(out io.Writer, args []string) error {
	flags := flag.NewFlagSet("petrel-fault", flag.ContinueOnError)
	flags.SetOutput(out)
	o.out = out
	flags.StringVar(&o.base.Binary, "petrel", "", "the petrel to test, built with the tag fault")
	flags.StringVar(&o.base.Fast, "fast", "", "the same without the race detector, for what measures time; the same file if empty")
	flags.Uint64Var(&o.base.Seed, "seed", 0, "draws which command and which kill comes when; 0 draws the seed itself")
	flags.DurationVar(&o.base.Lease, "lease", 5*time.Second, "how long a worker may be silent; 30 s is what is delivered")
	flags.StringVar(&o.only, "only", "", "play only what has this in its name")
	flags.IntVar(&o.at, "parallel", 3, "how many scenarios run at once")
	flags.DurationVar(&o.long, "long", 0, "play random kills for so long, and nothing else")
	flags.DurationVar(&o.soak, "soak", 0, "watch for so long whether goroutines, files or memory grow, and nothing else")
	flags.StringVar(&o.results, "results", "", "the file to write the results to, as JSON")
	flags.StringVar(&o.commit, "commit", "unknown", "the commit that is tested")
	flags.BoolVar(&o.base.Short, "small", false, "play each point and five mutants only")
	flags.IntVar(&o.races, "races", 0, "play so many races for approvals, and nothing else")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.base.Fast == "" {
		o.base.Fast = o.base.Binary
	}
	if o.base.Seed == 0 {
		o.base.Seed = uint64(clock.System().Now().UnixNano()) //nolint:gosec // any number does
	}
	return nil
}

// job is a scenario to be run with a defect or without.
type job struct {
	scenario
	defects []failpoint.Defect
}

// jobs returns what is to be played, the longest first.
func (o options) jobs() []job {
	if o.soak > 0 {
		return []job{{scenario: scenario{name: "soak", play: soak(o.soak, o.out), setup: Setup{Replicas: 2, Nodes: 400000}, timed: true}}}
	}
	if o.races > 0 {
		return []job{{scenario: scenario{name: "races for approvals", play: races(o.races), setup: Setup{Replicas: 3, Races: true, Nodes: o.races + 5000}}}}
	}
	if o.long > 0 {
		// Clary is slow, so that a kill at any time meets work on its way.
		setup := Setup{Replicas: 3, Nodes: 200000, Latency: 500 * time.Millisecond}
		return []job{{scenario: scenario{name: "a kill now and then", play: randomKills(5, o.long, 12*time.Second), setup: setup}}}
	}
	var list []job
	for _, s := range slices.Concat(stories(), slackStories(), discordStories(), timerStories()) {
		if !o.base.Short || s.small {
			list = append(list, job{scenario: s})
		}
	}
	for _, s := range mutants() {
		if !o.base.Short || s.small {
			list = append(list, job{scenario: s}, job{s, []failpoint.Defect{s.defect}})
		}
	}
	var wanted []job
	for _, j := range list {
		if strings.Contains(string(j.defect)+j.name, o.only) {
			wanted = append(wanted, j)
		}
	}
	return wanted
}

// Main runs the harness with a command line. It returns an error when an invariant was broken, a mutant was not caught, a goal was missed, or a
// fault did not fire.
func Main(ctx context.Context, out io.Writer, args []string) error {
	var o options
	if err := o.read(out, args); err != nil {
		return err
	}
	fmt.Fprintf(out, "seed %d, lease %s\n", o.base.Seed, o.base.Lease)
	all := o.play(ctx, out)
	run, err := o.judge(out, all)
	if o.results == "" {
		return err
	}
	text, jsonErr := json.MarshalIndent(run, "", "  ")
	if jsonErr != nil {
		return jsonErr
	}
	return errors.Join(err, os.WriteFile(o.results, append(text, '\n'), 0o644)) //nolint:gosec // results are for everybody
}

// play runs the jobs, some of them at once, and tells of each as it ends.
func (o options) play(ctx context.Context, out io.Writer) []outcome {
	var all []outcome
	var beside []job
	for _, j := range o.jobs() {
		if !j.timed {
			beside = append(beside, j)
			continue
		}
		r := j.run(ctx, o.base)
		r.tell(out)
		all = append(all, r)
	}
	var group errgroup.Group
	group.SetLimit(o.at)
	results := make(chan outcome)
	go func() { // ends with the last result, which is read below
		for _, j := range beside {
			group.Go(func() error {
				results <- j.run(ctx, o.base, j.defects...)
				return nil
			})
		}
		_ = group.Wait() // none returns an error
		close(results)
	}()
	for r := range results {
		r.tell(out)
		all = append(all, r)
	}
	return all
}

// judge makes the results of what was played.
func (o options) judge(out io.Writer, all []outcome) (guarantees.Run, error) {
	run := guarantees.Run{Points: map[string]int{}}
	var bad []error
	sound := map[string]outcome{}
	for _, r := range all {
		if r.err != nil {
			bad = append(bad, fmt.Errorf("%s: %w", r.name, r.err))
			continue
		}
		for _, f := range r.history.Firings {
			if f.Do == failpoint.Kill && f.Point != "" && r.defect == "" {
				run.Points[string(f.Point)]++
			}
		}
		if r.defect == "" {
			sound[r.name] = r
			if len(r.violations) > 0 {
				bad = append(bad, fmt.Errorf("%s: %s", r.name, r.violations[0].What))
			}
		}
	}
	for _, r := range all {
		if r.defect != "" && r.err == nil {
			control, played := sound[r.name]
			m := guarantees.Mutant{Defect: string(r.defect), Scenario: r.name, Caught: r.broken(), Control: played && len(control.violations) == 0}
			run.Mutants = append(run.Mutants, m)
			if m.Caught == "" {
				bad = append(bad, fmt.Errorf("the defect %s was not caught", m.Defect))
			}
		}
	}
	if o.only == "" && o.long == 0 && o.soak == 0 && o.races == 0 {
		for _, p := range slices.Concat(failpoint.Points(), failpoint.QuestionPoints()) {
			if run.Points[string(p)] == 0 {
				bad = append(bad, fmt.Errorf("nobody was killed at %s", p))
			}
		}
	}
	missed := o.measure(out, all, &run)
	return run, errors.Join(append(bad, missed...)...)
}

// measure adds the goals.
func (o options) measure(out io.Writer, all []outcome, run *guarantees.Run) (missed []error) {
	for _, g := range slices.Concat(goals(), chatGoals()) {
		list, whole := g.pick(all)
		part := o.only != "" || o.base.Short || o.long > 0 || o.races > 0 // a scenario that was played and failed is told of apart
		if len(list) == 0 || !whole && len(g.from) > 1 && part {
			continue
		}
		r := guarantees.Result{
			Goal: g.id, Title: g.title, PassLine: g.line, Measured: "a scenario was not played to its end", Commit: o.commit, Scale: o.scale(),
			Seed: o.base.Seed, Date: clock.System().Now().UTC().Format(time.DateOnly),
		}
		if whole {
			r.Measured, r.Passed = g.measure(list)
		}
		verdict := "kept"
		if !r.Passed {
			verdict = "MISSED"
			missed = append(missed, fmt.Errorf("%s is missed: %s", g.id, r.Measured))
		}
		fmt.Fprintf(out, "%-4s %-6s %s: %s\n", g.id, verdict, g.title, r.Measured)
		run.Results = append(run.Results, r)
	}
	return missed
}

func (o options) scale() string {
	if o.long > 0 {
		return fmt.Sprintf("%s of random kills, lease %s", o.long, o.base.Lease)
	}
	if o.soak > 0 {
		return fmt.Sprintf("%s, lease %s; the sockets cut 240 times, Redis restarted 24 times, but neither more often than each second", o.soak, o.base.Lease)
	}
	race := ""
	if o.base.Fast != o.base.Binary {
		race = ", race detector in all that does not measure time (R1, R18, R23 and the thousand slots of R16)"
	}
	return fmt.Sprintf("short, lease %s instead of 30 s, chat minutes as seconds%s", o.base.Lease, race)
}
