package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// suggesters is how many people can type into a field at once before one waits.
const suggesters = 4

const (
	// maxOpenings bounds how many forms are opened at once.
	maxOpenings = 16
	// triggerLife is how long Slack lets a form be opened after what caused it.
	triggerLife = 3 * time.Second
)

// shows reports whether the event only asks to be shown something that the adapter makes itself.
func (e Event) shows() bool { return e.Offer != "" || e.Home && e.Message.Text == "" }

// showing is the answer to an event that shows.
func (t told) showing(e Event) told {
	if e.Offer == "" {
		t.home = true
		return t
	}
	t.reply = bot.Problem("The form could not be opened in time. Try it once more.")
	return t
}

// submission is what the bot said to a form.
type submission struct {
	answer bot.Answer
	err    error
}

// submitted acknowledges a form: with what is wrong at its fields, with the next form, or with nothing, which closes it. A form that could
// not be accepted stays open, so that nothing has to be typed again.
func (w *workspace) submitted(ctx context.Context, j job, say told, s submission) (told, bool) {
	if ctx.Err() != nil && s.err != nil {
		return say, false
	}
	if s.err != nil {
		text := bot.ErrorText(s.err)
		if text == "" {
			w.log.ErrorContext(ctx, "form was not accepted", "op", "slack.form.submit", "code", bot.ErrorCode(s.err), "delivery", j.event.Message.Delivery, "err", s.err)
			text = fmt.Sprintf("Something unexpected happened and nothing was run. Quote %s to whoever runs Petrel.", j.event.Message.Delivery)
		}
		if len(j.event.Form.Fields) > 0 {
			w.respond(ctx, j.delivery, slackgo.NewErrorsViewSubmissionResponse(map[string]string{fieldPrefix + j.event.Form.Fields[0]: text}))
			return say, false
		}
		r := bot.Problem(text)
		w.acknowledge(ctx, j.delivery)
		return say.with(&r)
	}
	if faults := j.event.Form.faults(s.answer.Faults); faults != nil {
		w.respond(ctx, j.delivery, slackgo.NewErrorsViewSubmissionResponse(faults))
		return say, false
	}
	if s.answer.Form != nil && s.answer.Execution == "" {
		if v, ok := FormView(*s.answer.Form, j.event.Message.Origin); ok {
			w.respond(ctx, j.delivery, slackgo.NewUpdateViewSubmissionResponse(&v))
			return say, false
		}
	}
	w.acknowledge(ctx, j.delivery)
	return say.with(s.answer.Reply)
}

// faults returns the complaints by block; those about what is no field of the form stand at its first. It is nil when there are none.
func (f Submitted) faults(faults map[string]string) map[string]string {
	if len(faults) == 0 || len(f.Fields) == 0 {
		return nil
	}
	at := map[string]string{}
	var other []string
	for name, why := range faults {
		if why = strings.TrimSpace(plain.Line(why)); why == "" {
			continue
		}
		if slices.Contains(f.Fields, name) {
			at[fieldPrefix+name] = why
			continue
		}
		other = append(other, why)
	}
	if len(other) > 0 {
		slices.Sort(other)
		first := fieldPrefix + f.Fields[0]
		at[first] = strings.TrimSpace(at[first] + " " + strings.Join(other, " "))
	}
	if len(at) == 0 {
		return nil
	}
	return at
}

// view returns the form that an answer wants to have opened.
func (t told) view() (v slackgo.ModalViewRequest, ok bool) {
	switch {
	case t.event.Offer != "":
		return LineView(t.event), true
	case t.form != nil:
		return FormView(*t.form, t.event.Message.Origin)
	}
	return v, false
}

// opening is a form that is being opened.
type opening struct {
	over   chan struct{}
	opened bool // to be read when it is over
}

// done waits and reports whether the form stands before the person.
func (o *opening) done() bool {
	if o == nil {
		return false
	}
	<-o.over
	return o.opened
}

// begin opens the form of an answer, where it has one, beside the answers: those may wait for Slack longer than a trigger lasts. When too
// many are being opened the answer is told in words.
func (l *lanes) begin(ctx context.Context, t told) *opening {
	v, ok := t.view()
	if !ok || t.event.Trigger == "" {
		return nil
	}
	o := &opening{over: make(chan struct{})}
	begun := l.openings.TryGo(func() error {
		defer close(o.over)
		calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), triggerLife)
		defer cancel()
		o.opened = l.w.open(calling, t.event, v)
		return nil
	})
	if !begun {
		return nil
	}
	return o
}

// show tells an answer, unless its form was opened: otherwise in words.
func (l *lanes) show(ctx context.Context, t told) error {
	e := t.event
	if t.home {
		return l.home(ctx, e.Message.Origin)
	}
	if t.opening.done() {
		return nil
	}
	if _, ok := t.view(); ok && t.form != nil {
		t.reply.Blocks = append(slices.Clone(t.reply.Blocks), bot.Block{Buttons: []bot.Button{{Label: "Fill in a form", Command: t.form.Command}}})
	}
	if err := l.w.tell(ctx, t); err != nil || !e.Home {
		return err
	}
	return l.home(ctx, e.Message.Origin) // what was pressed may be gone from it
}

// open opens a form for whoever caused the event. It reports false when that did not work, which is no fault where it came too late.
func (w *workspace) open(ctx context.Context, e Event, v slackgo.ModalViewRequest) bool {
	err := w.call(ctx, "views.open", func(ctx context.Context) error {
		_, err := w.api.OpenViewContext(ctx, e.Trigger, v)
		return err
	})
	if err != nil {
		w.log.WarnContext(ctx, "could not open a form; telling it in words", "op", "slack.form.open", "delivery", e.Message.Delivery, "code", bot.ErrorCode(err), "err", err)
	}
	return err == nil
}

// question puts a question for values where somebody answers it at once. When too many ask, Slack is told nothing and says so itself.
func (l *lanes) question(ctx context.Context, j job) {
	select {
	case l.asked <- j:
	default:
		l.w.respond(ctx, j.delivery, offer("", nil))
	}
}

// suggest answers questions for values beside the lanes, so that none waits for a command and no command for it.
func (l *lanes) suggest(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case j := <-l.asked:
			l.w.respond(ctx, j.delivery, offer(j.event.Form.Prefix, l.values(ctx, j.event)))
		}
	}
}

// values asks the bot for values of a field, for a person who is heard.
func (l *lanes) values(ctx context.Context, e Event) []string {
	s, ok := l.receiver.(bot.Suggester)
	if !ok {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, acceptWithin)
	defer cancel()
	who, err := l.w.admit(limited, e)
	if err != nil || !who.heard {
		return nil
	}
	e.Message.Email = who.email
	return s.Suggest(limited, bot.Typing{Origin: e.Message.Origin, Command: e.Message.Text, Field: e.Form.Field, Prefix: e.Form.Prefix, Limit: maxOptions - 1})
}

// offered is the answer to a question for values.
type offered struct {
	Options []*slackgo.OptionBlockObject `json:"options"`
}

// offer offers what was typed as it is, since a handler need not know every value, and then the values.
func offer(typed string, values []string) offered {
	o := offered{Options: []*slackgo.OptionBlockObject{}}
	if typed != "" && !slices.Contains(values, typed) {
		values = append([]string{typed}, values...)
	}
	for _, v := range values {
		if len(o.Options) < maxOptions && v != "" && len(v) <= maxOptionID && strings.TrimSpace(plain.Line(v)) == v {
			o.Options = append(o.Options, optionOf(v))
		}
	}
	return o
}
