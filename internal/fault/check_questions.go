//go:build fault

package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/internal/audit"
	"github.com/petrelops/petrel/internal/sim/chat"
)

// AskedOnce is the promise of questions, whoever dies meanwhile.
const AskedOnce = "14: a question is told once, each acknowledged click on it counts once, and it ends as people said or when its time is over"

// Question is what the witnesses saw of a question.
type Question struct {
	Kind    questionKind
	Command *Command
	Clicks  []Click
	// Told, Raised and Broken count the messages to channels: of the question, to others when nobody answered, and of a freeze that is broken.
	Told, Raised, Broken int
}

// Click is somebody's answer.
type Click struct {
	User string
	Span // from the first delivery to the acknowledgement
	// Answer is what whoever clicked was told alone.
	Answer string
}

// ofQuestion reports whether a posting tells a channel of a question. It belongs to no thread.
func ofQuestion(key string) bool {
	kind, _, _ := strings.Cut(key, "/")
	return slices.Contains([]string{"inquiry", "escalation", "glass"}, kind)
}

// readQuestions adds the questions to the history.
func (l *lab) readQuestions(h *History, said []chat.Line) {
	if len(l.questions) == 0 {
		return
	}
	commands, when, private, posts := map[string]*Command{}, onTheirWay(said), map[string]string{}, map[string]int{}
	for _, line := range said {
		switch {
		case line.Kind == chat.LinePost && line.User != "":
			private[line.Thread] += line.Text
		case line.Kind == chat.LinePost && ofQuestion(line.Key):
			kind, id, _ := strings.Cut(line.Key, "/")
			id, _, _ = strings.Cut(id, "/") // the freeze
			posts[kind+"/"+id]++
		}
	}
	for _, c := range h.Commands {
		commands[c.Tag] = c
	}
	for _, q := range l.questions {
		seen := Question{Kind: q.kind, Command: commands[q.command.Tag]}
		for _, id := range seen.Command.Executions() {
			seen.Told += posts["inquiry/"+id]
			seen.Raised += posts["escalation/"+id]
			seen.Broken += posts["glass/"+id]
		}
		for _, c := range q.clicks {
			seen.Clicks = append(seen.Clicks, Click{c.user, when[c.message], private[c.message]})
		}
		h.Questions = append(h.Questions, seen)
	}
}

// needed is how many people must agree.
func (q Question) needed() int {
	return map[questionKind]int{pairAsked: 2, riseAsked: 1, glassAsked: 1}[q.Kind]
}

// ends are the ends that it may have.
func (q Question) ends() []string {
	switch q.Kind {
	case lateAsked:
		return []string{"timeout"}
	case glassAsked: // of class once, so a death in its work leaves it to a person
		return []string{"succeeded", "abandoned"}
	}
	return []string{"succeeded"}
}

// checkQuestions looks at each question.
func checkQuestions(h *History) []Violation {
	var found []Violation
	for _, q := range h.Questions {
		report := func(invariant, format string, args ...any) {
			found = append(found, Violation{invariant, fmt.Sprintf("%s, %s: ", q.Kind, q.Command.Text) + fmt.Sprintf(format, args...), q.Command})
		}
		q.checkTelling(report)
		q.checkStart(report)
		if h.Audit != nil {
			q.checkRecord(h, report)
		}
	}
	return found
}

// checkTelling counts what was said of it.
func (q Question) checkTelling(report reporter) {
	raised, broken := one(q.Kind == riseAsked), one(q.Kind == glassAsked)
	end, ended := q.Command.End()
	switch {
	case q.Told != 1:
		report(AskedOnce, "its channel was told %d times", q.Told)
	case q.Raised != raised:
		report(AskedOnce, "others were asked %d times", q.Raised)
	case q.Broken != broken:
		report(AskedOnce, "%d messages tell of a broken freeze", q.Broken)
	case ended && !slices.Contains(q.ends(), end.Status):
		report(AskedOnce, "it ended %s", end.Status)
	}
	for i, c := range q.Clicks {
		if !c.To.IsZero() && c.Answer == "" {
			report(AskedOnce, "click %d was acknowledged, and %s was told nothing", i+1, c.User)
		}
	}
}

// checkStart demands that whoever must agree had clicked before the first effect.
func (q Question) checkStart(report reporter) {
	if len(q.Command.Effects) == 0 {
		return
	}
	agreed := map[string]bool{}
	for _, c := range q.Clicks {
		if !c.From.IsZero() && c.From.Before(q.Command.Effects[0].Time) {
			agreed[c.User] = true
		}
	}
	if q.needed() == 0 || len(agreed) < q.needed() {
		report(LegalStart, "it started when %d people had agreed", len(agreed))
	}
}

// checkRecord compares the clicks with the log, in which each that counted has a line, and demands the end of a question that expires.
func (q Question) checkRecord(h *History, report reporter) {
	lines := map[string]int{}
	for _, id := range q.Command.Executions() {
		for _, e := range h.Audit.Said {
			if e.Execution == id {
				lines[string(e.What)]++
				lines[string(e.What)+" "+e.Who]++
			}
		}
	}
	for _, c := range q.Clicks {
		counted := lines[string(audit.Approved)+" "+c.User] + lines[string(audit.Answered)+" "+c.User]
		if counted > 1 || counted == 0 && !c.To.IsZero() {
			report(AskedOnce, "the click of %s counted %d times", c.User, counted)
		}
	}
	if n := lines[string(audit.Escalated)]; n != one(q.Kind == riseAsked) {
		report(AskedOnce, "that others are asked is on record %d times", n)
	}
	if n := lines[string(audit.Expired)]; n != one(q.Kind == lateAsked) {
		report(AskedOnce, "that it expired is on record %d times", n)
	}
}

// overdue returns how long after its time the question came to its end; zero for one that does not expire.
func (q Question) overdue(log *AuditLog) time.Duration {
	end, ended := q.Command.End()
	if q.Kind != lateAsked || !ended || log == nil {
		return 0
	}
	return end.Time.Sub(log.Asked[end.Execution].Add(lateTTL))
}
