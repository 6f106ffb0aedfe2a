package aliases

import "strings"

// plain maps the characters that chat clients put in by themselves to what a person typed.
var plain = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n",
	"\u2018", "'", "\u2019", "'", "\u201a", "'", "\u201b", "'", // single quotes
	"\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u201f", `"`, // double quotes
	"\u00a0", " ", "\u2007", " ", "\u202f", " ", // blanks that do not break
	"\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", // no width at all
)

// Normalize undoes what chat clients change while a person types: curly quotes become straight ones, blanks that do not break
// become blanks, marks without width go, and line ends become \n. Adapters call it in their decoder, before matching.
func Normalize(text string) string { return plain.Replace(text) }
