package nodeset

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/petrelops/petrel/bot"
)

// The examples that faults show. Each is a node set that Parse accepts.
const (
	exampleRange = "irene[4000-4010]"
	exampleList  = "irene[4000-4010,4020]"
	exampleStep  = "irene[4000-4010/2]"
	exampleNames = "irene4000,irene4001"
)

// maxQuoted is how much of a node set an error repeats, in characters.
const maxQuoted = 80

// SyntaxError says what is wrong in a node set and where. It is the cause in every error of Parse.
type SyntaxError struct {
	Column  int    // 1-based, in characters
	Problem string // a sentence part without a full stop
	Example string // a node set that is right
}

// Error returns position and problem.
func (e *SyntaxError) Error() string { return fmt.Sprintf("character %d: %s", e.Column, e.Problem) }

// fault describes a problem at a byte offset of the scanned text.
func (s *scanner) fault(offset int, example, problem string) *SyntaxError {
	return &SyntaxError{Column: utf8.RuneCountInString(s.text[:offset]) + 1, Problem: problem, Example: example}
}

// asError wraps a fault with the sentence for the person who wrote text.
func asError(text string, f *SyntaxError) error {
	sentence := fmt.Sprintf("Node set %s, character %d: %s. Write for example %s.",
		strconv.Quote(shorten(text)), f.Column, f.Problem, f.Example)
	return bot.E(bot.CodeInvalid, "nodeset.text.parse", sentence, f)
}

func shorten(text string) string {
	seen := 0
	for i := range text {
		if seen == maxQuoted {
			return text[:i] + "…"
		}
		seen++
	}
	return text
}
