package pack

import "fmt"

// Severity says what a problem means for its file.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the file was set aside
	Warning Severity = "warning" // the file is used; part of it is ignored or questionable
)

// Problem is something wrong in a pack.
type Problem struct {
	Source   string // file:line
	Severity Severity
	Text     string // a sentence that says what to do
}

// String returns the problem as one line.
func (p Problem) String() string { return fmt.Sprintf("%s: %s: %s", p.Source, p.Severity, p.Text) }

// HasErrors reports whether any of the problems is an error.
func HasErrors(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == Error {
			return true
		}
	}
	return false
}
