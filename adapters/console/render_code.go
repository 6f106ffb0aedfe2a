package console

// code draws lines as they are: indented, unwrapped, ready to be copied.
func (s Style) code(code string) []string {
	lines := manyLines(code)
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return lines
}
