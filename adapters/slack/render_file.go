package slack

import (
	"fmt"
	"path"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

// maxFileName is how much of a file's name is kept, in bytes.
const maxFileName = 100

// named gives every file a name of one path element that no other file of the reply has. Names are data from outside.
func named(files []bot.File) {
	taken := map[string]bool{}
	for i, f := range files {
		base := path.Base(strings.ReplaceAll(plain.Line(f.Name), `\`, "/"))
		base = strings.TrimLeft(strings.TrimSpace(base), ".-/")
		if len(base) > maxFileName {
			base = strings.ToValidUTF8(base[:maxFileName], "")
		}
		if base == "" {
			base = "file"
		}
		name := base
		for n := 2; taken[name]; n++ {
			name = suffixed(base, fmt.Sprint(n))
		}
		taken[name] = true
		files[i].Name = name
	}
}

// suffixed puts a suffix between a file's name and its extension.
func suffixed(name, suffix string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + suffix + ext
}
