package expr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/petrelops/petrel/bot"
)

// fault is what goes wrong inside a render. The border turns it into a *bot.Error.
type fault struct {
	code bot.Code
	text string // goes on after "line 3: "
	line int    // zero as long as it is not known
	err  error
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.err }

func faultf(format string, args ...any) error {
	return &fault{code: bot.CodeInvalid, text: fmt.Sprintf(format, args...)}
}

// at says in which line a fault happened, unless a line further in said so already.
func at(line int, err error) error {
	if f, ok := err.(*fault); ok && f.line == 0 { //nolint:errorlint // faults are not wrapped inside the package
		f.line = line
	}
	return err
}

const maxSnippet = 60

// snippet is a template, or the line of it that is meant, as sentences show it.
func snippet(source string, line int) string {
	lines := strings.Split(source, "\n")
	text := lines[0]
	if line > 0 && line <= len(lines) {
		text = lines[line-1]
	}
	text = strings.ToValidUTF8(strings.TrimSpace(text), "�")
	if runes := []rune(text); len(runes) > maxSnippet {
		return string(runes[:maxSnippet]) + "…"
	}
	return text
}

// border makes the error that leaves the package.
func border(op, source string, err error) error {
	if err == nil {
		return nil
	}
	var f *fault
	if err == errBreak || err == errContinue { //nolint:errorlint // these are never wrapped
		f = &fault{code: bot.CodeInvalid, text: err.Error()}
	} else if !errors.As(err, &f) {
		return bot.E(bot.ErrorCode(err), op, fmt.Sprintf("The template %q could not be rendered. %s", snippet(source, 0), bot.ErrorText(err)), err)
	}
	text := strings.TrimSuffix(f.text, ".")
	return bot.E(f.code, op, fmt.Sprintf("The template %q could not be rendered: line %d: %s. Mend it where it is written.",
		snippet(source, f.line), max(f.line, 1), text), f.err)
}
