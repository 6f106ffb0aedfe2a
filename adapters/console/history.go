package console

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/reeflective/readline"

	"github.com/petrelops/petrel/bot"
)

const (
	maxHistory     = 1000 // lines that are kept from one session to the next
	maxHistoryLine = 4096 // bytes; a longer line is not worth keeping
)

// history is the typed lines, in a file that only its owner can read. A line that begins with a space is not kept, so that a
// secret can be typed.
type history struct {
	path  string // empty keeps the lines for this session only
	lines []string
}

var _ readline.History = (*history)(nil)

// openHistory reads the file, cutting it to its last lines.
func openHistory(path string) (*history, error) {
	h := &history{path: path}
	if path == "" {
		return h, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, bot.E(bot.CodeUnavailable, "console.history.read", "", err)
	}
	for l := range strings.Lines(string(data)) {
		if l = Decode([]byte(l)); l != "" && len(l) <= maxHistoryLine {
			h.lines = append(h.lines, l)
		}
	}
	if len(h.lines) > maxHistory {
		h.lines = h.lines[len(h.lines)-maxHistory:]
		err = h.rewrite()
	}
	return h, err
}

// rewrite replaces the file by the lines that are kept.
func (h *history) rewrite() error {
	next := h.path + ".new"
	err := os.WriteFile(next, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
	if err == nil {
		err = os.Rename(next, h.path)
	}
	if err != nil {
		return bot.E(bot.CodeUnavailable, "console.history.write", "", err)
	}
	return nil
}

// Write adds a line and returns how many there are. The editor shows an error below the line.
func (h *history) Write(raw string) (int, error) {
	l := Decode([]byte(raw))
	if l == "" || raw[0] == ' ' || len(l) > maxHistoryLine {
		return len(h.lines), nil
	}
	h.lines = append(h.lines, l)
	if h.path == "" {
		return len(h.lines), nil
	}
	f, err := os.OpenFile(h.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return len(h.lines), err
	}
	_, err = f.WriteString(l + "\n")
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return len(h.lines), err
}

// GetLine returns a line by number, the oldest being 0.
func (h *history) GetLine(n int) (string, error) {
	if n < 0 || n >= len(h.lines) {
		return "", bot.E(bot.CodeNotFound, "console.history.line", "There is no such line.", nil)
	}
	return h.lines[n], nil
}

// Len returns how many lines there are.
func (h *history) Len() int { return len(h.lines) }

// Dump returns all lines.
func (h *history) Dump() any { return h.lines }
