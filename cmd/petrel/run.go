package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/app"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/executor"
	"github.com/petrelops/petrel/internal/param"
)

func newRun() *cobra.Command {
	var async, asJSON bool
	var trace string
	cmd := &cobra.Command{
		Use:   "run ACTION [KEY=VALUE | VALUE]…",
		Short: "Run an action and show its result",
		Long: `Run an action and show its result. Values without a key are taken for the action's positional parameters.

A running petrel serve does the work where there is one; otherwise this command does it itself. petrel run ACTION --help shows the
parameters.`,
		Args: cobra.MinimumNArgs(1),
	}
	load := configFlag(cmd)
	cmd.Flags().BoolVarP(&async, "async", "a", false, "do not wait for the result")
	cmd.Flags().BoolVarP(&asJSON, "json", "j", false, "print the execution as JSON")
	cmd.Flags().StringVar(&trace, "trace-tag", "", "a tag of yours by which executions that belong together are found")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd, load, func(ctx context.Context, a *app.App, c config.Config) error {
			e, err := accept(ctx, a, args, trace)
			if err != nil {
				return err
			}
			return follow(ctx, cmd, shell{a, c, async, asJSON}, e)
		})
	}
	plainHelp := cmd.HelpFunc()
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd.Name() != "run" || cmd.Flags().NArg() == 0 {
			plainHelp(cmd, args)
			return
		}
		err := withApp(cmd, load, func(_ context.Context, a *app.App, _ config.Config) error {
			return describe(cmd.OutOrStdout(), a, cmd.Flags().Arg(0))
		})
		if err != nil {
			explain(cmd.ErrOrStderr(), err)
		}
	})
	return cmd
}

// accept hands the command line's wish to the executor.
func accept(ctx context.Context, a *app.App, args []string, trace string) (bot.Execution, error) {
	action, err := a.Content().Actions.Action(args[0])
	if err != nil {
		return bot.Execution{}, err
	}
	if action.Spec.Runner == chat.Runner {
		return bot.Execution{}, bot.E(bot.CodeUnsupported, "cmd.run.accept", args[0]+" is answered in chat only. See petrel --help for the commands of the shell.", nil)
	}
	given, err := arguments(action.Spec, args[1:])
	if err != nil {
		return bot.Execution{}, err
	}
	params, err := param.Cast(action.Spec, given)
	if err != nil {
		return bot.Execution{}, err
	}
	origin, err := shellOrigin()
	if err != nil {
		return bot.Execution{}, err
	}
	return a.Executor.Accept(ctx, executor.Command{
		Action: action.Spec.Ref(), Params: params, Identity: a.Identify(origin), Origin: origin,
		Text: "petrel run " + strings.Join(args, " "), Trace: trace,
	})
}

// arguments sorts KEY=VALUE and values without a key, which take the positional parameters that no key names, in their order. What
// stands before an equals sign is a key unless it cannot be a name.
func arguments(spec *bot.ActionSpec, args []string) (map[string]string, error) {
	const op = "cmd.run.arguments"
	given := map[string]string{}
	var free []string
	for _, p := range spec.Params {
		if p.Position >= 0 && !p.Immutable {
			free = append(free, p.Name)
		}
	}
	var values []string
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		p, known := spec.Param(key)
		if !ok || !known && !isName(key) {
			values = append(values, arg)
			continue
		}
		if _, twice := given[key]; twice {
			return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf("%s is given twice. Give it once.", key), nil)
		}
		given[key] = value
		free = slices.DeleteFunc(free, func(name string) bool { return name == p.Name })
	}
	if len(values) > len(free) {
		return nil, bot.E(bot.CodeInvalid, op, fmt.Sprintf(
			"%q is one value too many for %s. Write KEY=VALUE; petrel run %s --help shows the keys.", values[len(free)], spec.Ref(), spec.Ref()), nil)
	}
	for i, value := range values {
		given[free[i]] = value
	}
	return given, nil
}

func isName(s string) bool {
	for _, c := range s {
		if c != '_' && c != '-' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// shell is how one command of the shell wants its execution followed.
type shell struct {
	app    *app.App
	config config.Config
	async  bool
	json   bool
}

// follow waits for the execution and prints it. Where no daemon lives, this process does the work.
func follow(ctx context.Context, cmd *cobra.Command, s shell, e bot.Execution) error {
	alive, err := app.WorkedElsewhere(s.config)
	if err != nil {
		return err
	}
	if s.async {
		if !alive {
			fmt.Fprintln(cmd.ErrOrStderr(), "No petrel serve is running: it will be run when one starts.")
		}
		fmt.Fprintf(cmd.OutOrStdout(), "Accepted as %s. See it with: petrel execution get %s\n", e.ID, e.ID)
		return nil
	}
	if e, err = waitFor(ctx, cmd, s.app, awaited{e.ID, !alive}); err != nil {
		return err
	}
	if err := printExecution(ctx, cmd.OutOrStdout(), s, e); err != nil {
		return err
	}
	if e.Status != bot.Succeeded {
		return errFailed
	}
	return nil
}

// awaited is an execution that is waited for. host says that this process does the work meanwhile.
type awaited struct {
	id   string
	host bool
}

// waitFor waits for the end of an execution. Once it is asked about, it says how to answer.
func waitFor(ctx context.Context, cmd *cobra.Command, a *app.App, w awaited) (e bot.Execution, err error) {
	told := false
	err = hosting(ctx, a, w.host, func(ctx context.Context) error {
		var err error
		e, err = a.Executor.Follow(ctx, w.id, func(e bot.Execution) {
			if e.Status == bot.Pending && !told {
				fmt.Fprintf(cmd.ErrOrStderr(), "It %s. See what is asked with: petrel inquiry get %s\n", e.History[len(e.History)-1].Why, e.ID)
				told = true
			}
		})
		return err
	})
	return e, notWaited(err, w.id)
}

// hosting calls do, and runs workers in this process meanwhile when asked to.
func hosting(ctx context.Context, a *app.App, host bool, do func(context.Context) error) error {
	parts := []func(context.Context) error{do}
	if host {
		parts = append(parts, a.Executor.Run)
	}
	return untilOneEnds(ctx, parts...)
}

// notWaited says of a wait that was broken off that the execution goes on.
func notWaited(err error, id string) error {
	if errors.Is(err, context.Canceled) {
		return bot.E(bot.CodeCanceled, "cmd.run.wait", fmt.Sprintf("Stopped waiting. The execution goes on: petrel execution get %s, or petrel execution cancel %s.", id, id), err)
	}
	return err
}

func printExecution(ctx context.Context, w io.Writer, s shell, e bot.Execution) error {
	result, err := s.app.Executor.Result(ctx, e)
	if err != nil {
		return err
	}
	if s.json {
		return printJSON(w, executionView(e, result, s.app.Content()))
	}
	return printReply(w, chat.Show(e, result, s.app.Content()))
}

func printJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// view is an execution as programs see it: secrets masked, with its result.
type view struct {
	bot.Execution
	Result any `json:"result"`
}

func executionView(e bot.Execution, result bot.Result, c *chat.Content) view {
	if action, err := c.Actions.Action(e.Action); err == nil {
		e.Params = param.Mask(action.Spec, e.Params)
	} else {
		e.Params = nil // nothing tells what was secret
	}
	return view{e, result.Data}
}

// describe prints what an action is and takes.
func describe(w io.Writer, a *app.App, ref string) error {
	action, err := a.Content().Actions.Action(ref)
	if err != nil {
		return err
	}
	return printReply(w, chat.Describe(action.Spec))
}
