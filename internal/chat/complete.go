package chat

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
)

// Candidate is a word that the line may go on with.
type Candidate struct {
	Word string
	Help string
}

// maxCandidates is how many are offered at once.
const maxCandidates = 50

// completeTimeout bounds the question for live values: a person is waiting with a finger on the key.
const completeTimeout = 2 * time.Second

// Complete offers what the last word of the line may become, out of the aliases that the sender may run: their literal words, and live
// values where a parameter stands there and its handler knows some.
func (d *Desk) Complete(ctx context.Context, origin bot.Origin, line string) []Candidate {
	v := &visit{message: bot.Message{Origin: origin}, identity: d.people.Identify(origin), content: d.content()}
	visible := d.visible(v)
	words := strings.Split(line, " ") // the last one, perhaps empty, is what is being typed
	before, last := words[:len(words)-1], words[len(words)-1]
	seen := map[string]bool{}
	var list []Candidate
	add := func(word, help string) {
		if strings.HasPrefix(word, last) && !seen[word] && len(list) < maxCandidates {
			seen[word] = true
			list = append(list, Candidate{Word: word, Help: help})
		}
	}
	for _, a := range v.content.Listed {
		if !visible(a) {
			continue
		}
		for _, f := range forms(a) {
			next, ok := wordAfter(f, before)
			if !ok {
				continue
			}
			name, isParam := placeholder(next)
			if !isParam {
				add(next, a.Description)
				continue
			}
			for _, value := range d.values(ctx, v.content, search{action: a.Action, name: name, prefix: last}) {
				add(value, name)
			}
		}
	}
	return list
}

// blanks are the spaces inside the braces of a parameter.
var blanks = regexp.MustCompile(`\{\{\s*([^}]*?)\s*\}\}`)

// forms returns the ways to write an alias as lists of words, each cut where it stops being plain words and parameters.
func forms(a *aliases.Alias) [][]string {
	var list [][]string
	for _, f := range a.Formats {
		for _, r := range f.Representations {
			words := strings.Fields(blanks.ReplaceAllString(r, "{{$1}}"))
			end := slices.IndexFunc(words, func(w string) bool {
				_, isParam := placeholder(w)
				return !isParam && strings.ContainsAny(w, `()[]{}|?*+\^$`)
			})
			if end >= 0 {
				words = words[:end]
			}
			list = append(list, words)
		}
	}
	return list
}

// wordAfter returns the word of a form that stands where the next word is typed, when the words before it fit the form.
func wordAfter(form, before []string) (string, bool) {
	if len(before) >= len(form) {
		return "", false
	}
	for i, w := range before {
		if _, isParam := placeholder(form[i]); !isParam && form[i] != w {
			return "", false
		}
	}
	return form[len(before)], true
}

// placeholder returns the parameter that a word of a form stands for.
func placeholder(word string) (string, bool) {
	name, ok := strings.CutPrefix(word, "{{")
	if !ok {
		return "", false
	}
	name = strings.TrimSuffix(name, "}}")
	name, _, _ = strings.Cut(name, "=")
	return name, true
}

// search asks for values of a parameter.
type search struct{ action, name, prefix string }

// values returns what a parameter may be: the values that it takes, or those that its handler knows.
func (d *Desk) values(ctx context.Context, c *Content, s search) []string {
	action, err := c.Actions.Action(s.action)
	if err != nil {
		return nil
	}
	if p, _ := action.Spec.Param(s.name); len(p.Enum) > 0 {
		return begins(p.Enum, s.prefix)
	}
	if !slices.Contains(action.Handler.Completes, s.name) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completeTimeout)
	defer cancel()
	values, err := action.Handler.Complete(ctx, s.name, s.prefix, maxCandidates)
	if err != nil {
		d.log.DebugContext(ctx, "could not complete a parameter", "op", "chat.desk.complete", "action", s.action, "code", bot.ErrorCode(err), "err", err)
	}
	return values
}

// begins returns the values that begin with the prefix, as they are typed.
func begins(values []any, prefix string) []string {
	var list []string
	for _, value := range values {
		if text := filled(value); strings.HasPrefix(text, prefix) {
			list = append(list, text)
		}
	}
	return list
}
