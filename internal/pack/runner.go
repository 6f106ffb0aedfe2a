package pack

import (
	"slices"

	"github.com/petrelops/petrel/internal/spell"
)

// The runners of built-in packs: Go code of a handler, and answers that the bot gives at once without an execution.
const (
	RunnerGo   = "go"
	RunnerChat = "chat"
)

// stackstormRunners are the names that StackStorm's own runners have or had (contrib/runners/*/*/runner.yaml).
var stackstormRunners = []string{
	"action-chain", "announcement", "cloudslang", "http-request", "http-runner", "inquirer", "local-shell-cmd",
	"local-shell-script", "mistral-v1", "mistral-v2", "noop", "orchestra", "orquesta", "python-script", "remote-shell-cmd",
	"remote-shell-script", "run-local", "run-local-script", "run-python", "run-remote", "run-remote-script",
	"windows-cmd", "windows-script", "winrm-cmd", "winrm-ps-cmd", "winrm-ps-script",
}

// runner checks an action's runner and returns why the action cannot run here, or "".
func (f *file) runner(o Options, line int, name string) string {
	switch {
	case name == RunnerGo || name == RunnerChat:
		if !o.BuiltIn {
			f.errorf(line, "The runner %s is only for built-in packs; take a runner such as local-shell-cmd.", name)
			return ""
		}
		if slices.Contains(o.Runners, name) {
			return ""
		}
	case slices.Contains(o.Runners, name):
		return ""
	case !slices.Contains(stackstormRunners, name):
		f.warnf(line, "There is no runner %s%s", name, spell.Hint(name, slices.Concat(o.Runners, stackstormRunners)))
	}
	return "runner " + name
}
