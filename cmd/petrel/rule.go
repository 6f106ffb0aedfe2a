package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/clock"
	"github.com/petrelops/petrel/internal/expr"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/rule"
)

func newRule() *cobra.Command {
	cmd := &cobra.Command{Use: "rule", Short: "Look at rules, switch them, store some, and try them"}
	cmd.AddCommand(newRuleList(), newRuleGet(), newRuleSwitch("enable", "Turn a rule on"), newRuleSwitch("disable", "Turn a rule off"), newRuleTest())
	cmd.AddCommand(newRuleWrite("create", "Store a rule that comes with no pack"), newRuleWrite("update", "Put another text into the place of a stored rule"), newRuleDelete())
	return cmd
}

func newRuleTest() *cobra.Command {
	var ruleFile, instanceFile string
	var stdin bool
	cmd := &cobra.Command{
		Use:   "test --rule FILE --trigger-instance FILE",
		Short: "Try a rule against an event and explain each criterion; no server is needed",
		Long: `Try a rule against an event and explain each criterion. No server, no store and no datastore is needed. The exit status is 1 when the
rule does not match.

The trigger instance is YAML or JSON with trigger and payload.

With --stdin each line of the standard input is a question in JSON, and a line of the output its answer:
  {"criteria": {…}, "payload": {…}}            {"ok": true, "match": false}
  {"op": "equals", "value": …, "pattern": …}   {"ok": true, "result": true}
What cannot be decided is answered {"ok": false, "error": "…"}.`,
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&ruleFile, "rule", "", "`FILE` with the rule")
	cmd.Flags().StringVar(&instanceFile, "trigger-instance", "", "`FILE` with the event")
	cmd.Flags().BoolVar(&stdin, "stdin", false, "answer questions in JSON, one a line")
	cmd.MarkFlagsMutuallyExclusive("stdin", "rule")
	cmd.MarkFlagsOneRequired("stdin", "rule")
	cmd.MarkFlagsRequiredTogether("rule", "trigger-instance")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if stdin {
			return ruleLines(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
		}
		r, err := readRule(cmd.ErrOrStderr(), ruleFile)
		if err != nil {
			return err
		}
		data, err := readInput(instanceFile)
		if err != nil {
			return err
		}
		event, problems := pack.ReadInstance(instanceFile, data)
		if err := refuseFaulty(cmd.ErrOrStderr(), instanceFile, problems); err != nil {
			return err
		}
		return tryRule(cmd, r, event)
	}
	return cmd
}

func readInput(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, bot.E(bot.CodeNotFound, "cmd.rule.read", name+" cannot be read. Name a file that is there.", err)
	}
	return data, nil
}

func readRule(w io.Writer, name string) (*rule.Rule, error) {
	data, err := readInput(name)
	if err != nil {
		return nil, err
	}
	r, problems := pack.ReadRule(name, pack.DefaultPack, data)
	return r, refuseFaulty(w, name, problems)
}

// refuseFaulty prints problems, and fails where one makes the file unusable.
func refuseFaulty(w io.Writer, name string, problems []pack.Problem) error {
	for _, p := range problems {
		fmt.Fprintln(w, p)
	}
	if pack.HasErrors(problems) {
		return bot.E(bot.CodeInvalid, "cmd.rule.read", name+" cannot be used. Mend what is told above.", nil)
	}
	return nil
}

// tryRule prints why a rule matches an event or not.
func tryRule(cmd *cobra.Command, r *rule.Rule, event pack.Instance) error {
	out := cmd.OutOrStdout()
	switch {
	case r.Trigger != event.Trigger:
		fmt.Fprintf(out, "no match: the rule waits for %s, and the event is %s\n", r.Trigger, event.Trigger)
		return errFailed
	case !r.Enabled:
		fmt.Fprintln(out, "note: the rule is not enabled; it is tried nevertheless")
	}
	facts := rule.Facts{Payload: event.Payload, Now: clock.System().Now()}
	verdict := r.Compiled.Match(cmd.Context(), facts)
	for _, s := range verdict.Steps {
		printStep(out, s)
	}
	for _, f := range verdict.Faults {
		fmt.Fprintln(out, "fault: "+f)
	}
	switch {
	case !verdict.Match && len(verdict.Steps) == 0:
		fmt.Fprintln(out, "no match: the event has no payload, so no criterion can hold")
		return errFailed
	case !verdict.Match:
		fmt.Fprintf(out, "no match: %s does not hold, and all %d criteria must\n", verdict.Steps[len(verdict.Steps)-1].Key, len(r.Criteria))
		return errFailed
	}
	params, err := r.Render(cmd.Context(), expr.New(expr.Options{}), facts)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "match: %s would run\n", r.Action)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		fmt.Fprintf(out, "  %s = %s\n", name, compact(params[name]))
	}
	return nil
}

func printStep(w io.Writer, s rule.Step) {
	answer := "no "
	if s.Holds {
		answer = "yes"
	}
	condition := ""
	if s.Condition != "" {
		condition = " " + s.Condition
	}
	fmt.Fprintf(w, "%s  %s  %s%s\n     value    %s\n     pattern  %s\n", answer, s.Key, s.Type, condition, compact(s.Value), compact(s.Pattern))
}

// compact writes a value as JSON in one line.
func compact(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}
