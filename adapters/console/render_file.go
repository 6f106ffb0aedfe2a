package console

import (
	"fmt"

	"github.com/petrelops/petrel/bot"
)

// file names an attachment and its size; where it was saved is said beside the reply.
func (s Style) file(f bot.File) []string {
	return []string{fmt.Sprintf("attached: %s (%s)", fileName(f), size(len(f.Content)))}
}

// size returns a number of bytes for people, in powers of 1000.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
