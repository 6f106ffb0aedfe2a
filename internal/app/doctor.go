package app

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/chat"
	"github.com/petrelops/petrel/internal/config"
	"github.com/petrelops/petrel/internal/doctor"
	"github.com/petrelops/petrel/internal/pack"
	"github.com/petrelops/petrel/internal/rule"
	"github.com/petrelops/petrel/internal/spell"
	"github.com/petrelops/petrel/internal/trigger"
)

// ExamineRules looks at each rule: whether it can be used, can match, and may run its action. A rule that is off is told of only where it could
// not be turned on.
func (a *App) ExamineRules(ctx context.Context, c config.Config) []doctor.Finding {
	found := a.ruleFiles()
	list, err := a.Events.Rules(ctx)
	if err != nil {
		return append(found, doctor.Failed("the rules", err))
	}
	off := 0
	for _, r := range list {
		if why := a.ailment(r, c); why != "" {
			found = append(found, doctor.Wrong("the rule "+r.Ref()+" ("+r.Source+"): "+why))
		} else if r.Enabled {
			found = append(found, doctor.Good(fmt.Sprintf("the rule %s runs %s on %s", r.Ref(), r.Action, r.Trigger)))
		} else {
			off++
		}
	}
	if off > 0 {
		found = append(found, doctor.Good(fmt.Sprintf("%d more rules are off: petrel rule list", off)))
	}
	return found
}

// ruleFiles tells of each file of a rule that was set aside or is read with doubts. An unknown trigger is told with its rule.
func (a *App) ruleFiles() []doctor.Finding {
	var files []string
	texts := map[string][]string{}
	for _, p := range a.problems {
		file, _, _ := strings.Cut(p.Source, ":")
		if path.Base(path.Dir(file)) != "rules" || p.Severity != pack.Error {
			continue
		}
		if texts[file] == nil {
			files = append(files, file)
		}
		texts[file] = append(texts[file], p.Text)
	}
	found := make([]doctor.Finding, len(files))
	for i, file := range files {
		found[i] = doctor.Wrong("the rule in " + file + " was set aside: " + strings.Join(texts[file], " ") + " Mend the file and reload.")
	}
	return found
}

// ailment returns why a rule does nothing, or cannot be turned on, and what to do; empty where it is well.
func (a *App) ailment(r *rule.Rule, c config.Config) string {
	if r.Fault != "" {
		return fmt.Sprintf("it cannot be used any more: %s Update it (petrel rule update FILE), or delete it (petrel rule delete %s).", r.Fault, r.Ref())
	}
	triggers := a.Triggers()
	if triggers[r.Trigger] == nil {
		known := slices.Sorted(maps.Keys(triggers))
		return "it can never match: no pack describes the trigger " + r.Trigger + spell.Hint(r.Trigger, known)
	}
	action, err := a.Content().Actions.Action(r.Action)
	if err != nil {
		return bot.ErrorText(err)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		if _, ok := action.Spec.Param(name); !ok && action.Spec.NotRunnable == "" {
			return fmt.Sprintf("it sets the parameter %s, which %s does not have. Take it out.", name, r.Action)
		}
	}
	switch {
	case action.Spec.Runner == chat.Runner:
		return r.Action + " is answered by the bot itself, so no rule can run it. Name another action."
	case !action.Spec.Enabled:
		return r.Action + " is switched off in its pack. Set enabled: true there, or turn the rule off."
	case action.Spec.NotRunnable != "":
		return fmt.Sprintf("%s cannot run here: %s.", r.Action, action.Spec.NotRunnable)
	case !r.Enabled:
		return ""
	case r.Trigger == trigger.Webhook && c.HTTP.Listen == "":
		return "it can never match: no webhook is taken while http.listen names no address."
	}
	if why := a.Events.Refused(r); why != "" {
		return "it will be refused each time: " + why + " " + PermissionFor(r)
	}
	return ""
}

// PermissionFor says what to write so that a rule may run its action.
func PermissionFor(r *rule.Rule) string {
	return fmt.Sprintf(`To let it, add to the permissions: {identity: "rule:%s", action: %s}`, r.Ref(), r.Action)
}

// warnedLately is how long a warning of a sensor is worth a look.
const warnedLately = 24 * time.Hour

// ExamineSensors looks at what each sensor did last.
func (a *App) ExamineSensors(ctx context.Context) []doctor.Finding {
	list, err := a.Sensors.States(ctx)
	if err != nil {
		return []doctor.Finding{doctor.Failed("the sensors", err)}
	}
	found := make([]doctor.Finding, len(list))
	for i, s := range list {
		switch {
		case s.Polled.IsZero():
			found[i] = doctor.Wrong("the sensor " + s.Ref + " was never polled. Start petrel serve, or look at its log.")
		case s.Failures > 0:
			found[i] = doctor.Wrong(fmt.Sprintf("the sensor %s failed %d times in a row: %s", s.Ref, s.Failures, s.Error))
		case s.Warning != "" && s.Polled.Sub(s.Warned) < warnedLately:
			found[i] = doctor.Wrong(fmt.Sprintf("the sensor %s warned at %s: %s", s.Ref, s.Warned.UTC().Format("2006-01-02 15:04:05 MST"), s.Warning))
		default:
			found[i] = doctor.Good(fmt.Sprintf("the sensor %s was polled at %s", s.Ref, s.Polled.UTC().Format("2006-01-02 15:04:05 MST")))
		}
	}
	return found
}
