package console

import "github.com/petrelops/petrel/internal/plain"

// code draws lines as they are: indented, unwrapped, ready to be copied.
func (s Style) code(code string) []string {
	lines := plain.Lines(code)
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return lines
}
