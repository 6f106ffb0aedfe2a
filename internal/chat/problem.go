package chat

import (
	"errors"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/aliases"
	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/param"
)

// maxQuote is how much of a message is repeated to its author.
const maxQuote = 80

// maxSuggestions is how many near misses are offered.
const maxSuggestions = 3

// usage is an error about parameters together with what the alias wants.
type usage struct {
	error
	match   aliases.Match
	spec    *bot.ActionSpec
	example string
}

func (u usage) Unwrap() error { return u.error }

// withUsage adds to a complaint about parameters what could have been typed.
func (c *Content) withUsage(err error, m aliases.Match, spec *bot.ActionSpec) error {
	if bot.ErrorCode(err) != bot.CodeInvalid {
		return err
	}
	return usage{err, m, spec, c.Examples[m.Alias.Ref()]}
}

// refusal is the answer for an error.
func refusal(v *visit, err error) bot.Answer {
	var answer bot.Answer
	if v.message.Values != nil {
		answer.Faults = bot.ErrorFields(err)
	}
	text := bot.ErrorText(err)
	if text == "" {
		text = "Something unexpected happened. Try again, and tell whoever runs Petrel when it happened if it does so again."
	}
	r := bot.Problem(text)
	if u, ok := errors.AsType[usage](err); ok {
		answer.Form = v.form(u)
		var lines []string
		for _, f := range u.match.Alias.Formats {
			lines = append(lines, readable(f.Shown()))
		}
		r.Blocks = append(r.Blocks, bot.TextBlock("It is written like this:"), bot.Block{Code: strings.Join(lines, "\n")})
		if u.example != "" {
			r.Blocks = append(r.Blocks, bot.TextBlock("For example:"), bot.Block{Code: u.example})
		}
		r.Blocks = append(r.Blocks, bot.TextBlock("Its parameters:"), paramTable(u.spec))
	}
	answer.Reply = &r
	return answer
}

// paramTable shows what an action takes.
func paramTable(spec *bot.ActionSpec) bot.Block {
	var rows [][]string
	for _, p := range param.Describe(spec) {
		meaning := p.Description
		if known, _ := spec.Param(p.Name); len(known.Enum) > 0 {
			meaning = strings.TrimSpace(meaning + " (" + p.Takes + ")")
		}
		rows = append(rows, []string{p.Name, p.Type, p.Need, meaning})
	}
	return bot.TableBlock([]string{"parameter", "type", "", "meaning"}, rows)
}

// ambiguous is the answer for a line that several aliases fit equally well. It names only what this person may run.
func (d *Desk) ambiguous(v *visit, candidates []aliases.Candidate) bot.Answer {
	visible := d.visible(v)
	var lines []string
	for _, c := range candidates {
		if visible(c.Alias) {
			lines = append(lines, fmt.Sprintf("%s   (%s)", readable(c.Shown()), c.Alias.Ref()))
		}
	}
	if len(lines) == 0 {
		return d.unknown(v)
	}
	r := bot.Problem("Several commands fit this line equally well, so none was run. Write it so that only one fits:", bot.Block{Code: strings.Join(lines, "\n")})
	return bot.Answer{Reply: &r}
}

// unknown is the answer for a line that nothing fits. It names only what this person may run.
func (d *Desk) unknown(v *visit) bot.Answer {
	near := v.content.Aliases.Suggest(v.message.Text, d.visible(v), maxSuggestions)
	if len(near) == 0 {
		r := bot.Problem(fmt.Sprintf("I do not know %q. Type help to see what can be typed.", quote(v.message.Text)))
		return bot.Answer{Reply: &r}
	}
	lines := make([]string, len(near))
	for i, s := range near {
		lines[i] = fmt.Sprintf("%s   (%s)", readable(s.Shown), s.Why)
	}
	r := bot.Problem(fmt.Sprintf("I do not know %q. Did you mean:", quote(v.message.Text)), bot.Block{Code: strings.Join(lines, "\n")})
	if example := v.content.Examples[near[0].Alias.Ref()]; example != "" {
		r.Blocks = append(r.Blocks, bot.TextBlock("For example:"), bot.Block{Code: example})
	}
	r.Blocks = append(r.Blocks, bot.TextBlock("Type help to see what can be typed."))
	return bot.Answer{Reply: &r}
}

// quote shortens what a person typed so that it can be repeated on one line.
func quote(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxQuote {
		return string(runes[:maxQuote]) + "…"
	}
	return text
}
