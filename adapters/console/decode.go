package console

import "strings"

// straightener turns the quotes that word processors and phones type into the ones that the alias language knows.
var straightener = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'", "＇", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`, "＂", `"`,
)

// Decode returns the text of a typed or pasted line: valid UTF-8 on one line, straight quotes, plain spaces, no spaces around
// it, and without escape sequences, control characters or invisible ones. Decoding the result again changes nothing.
func Decode(raw []byte) string { return strings.TrimSpace(straightener.Replace(oneLine(string(raw)))) }
