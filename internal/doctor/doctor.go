// Package doctor is what adapters tell of the look at what they need from outside.
package doctor

import "github.com/petrelops/petrel/bot"

// Finding is one thing that was looked at.
type Finding struct {
	Good bool
	Text string // what was found and, where it is not good, what to do
}

// Good is a finding that all is well.
func Good(text string) Finding { return Finding{true, text} }

// Wrong is a finding that somebody has to mend something.
func Wrong(text string) Finding { return Finding{false, text} }

// Failed is the finding that something could not be looked at.
func Failed(what string, err error) Finding {
	text := bot.ErrorText(err)
	if text == "" {
		text = err.Error()
	}
	return Finding{false, what + ": " + text}
}
