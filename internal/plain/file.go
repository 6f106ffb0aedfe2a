package plain

import (
	"fmt"
	"path"
	"strings"
)

// MaxFileName is how much of a file's name FileNames keeps, in bytes.
const MaxFileName = 100

// FileNames returns a name of one path element for each of names, no two the same. Names are data from outside.
func FileNames(names []string) []string {
	taken := map[string]bool{}
	out := make([]string, len(names))
	for i, name := range names {
		base := path.Base(strings.ReplaceAll(Line(name), `\`, "/"))
		base = strings.TrimLeft(strings.TrimSpace(base), ".-/")
		if len(base) > MaxFileName {
			base = strings.ToValidUTF8(base[:MaxFileName], "")
		}
		if base == "" {
			base = "file"
		}
		unique := base
		for n := 2; taken[unique]; n++ {
			unique = Suffixed(base, fmt.Sprint(n))
		}
		taken[unique] = true
		out[i] = unique
	}
	return out
}

// Suffixed puts a suffix between a file's name and its extension.
func Suffixed(name, suffix string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + suffix + ext
}
