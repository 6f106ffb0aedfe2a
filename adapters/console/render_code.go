package console

// code draws lines as they are: indented, unwrapped, ready to be copied.
func (s Style) code(code string) []string { return manyLines(code) }
