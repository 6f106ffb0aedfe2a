package console

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/petrelops/petrel/bot"
	"github.com/petrelops/petrel/internal/plain"
)

const (
	maxFileName = 100 // bytes of an attachment's name that are kept
	maxCopies   = 100 // how many files of one name are saved beside each other
)

// rendered draws the reply and saves its files.
func (c *Adapter) rendered(r bot.Reply) string {
	text := Render(r, c.style)
	if c.opts.FilesDir == "" {
		return text
	}
	for _, b := range r.Blocks {
		if b.File == nil {
			continue
		}
		saved, err := save(c.opts.FilesDir, *b.File)
		if err != nil {
			c.log.Error("attachment was not saved", "op", "console.file.save", "error", err)
			text += fmt.Sprintf("not saved: %s cannot be written to %s\n", fileName(*b.File), c.opts.FilesDir)
			continue
		}
		text += "saved: " + saved + "\n"
	}
	return text
}

// save writes the file into dir under a name that is not taken yet, and returns its path.
func save(dir string, f bot.File) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	base := fileName(f)
	ext := path.Ext(base)
	for n := 1; n <= maxCopies; n++ {
		numbered := base
		if n > 1 {
			numbered = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(base, ext), n, ext)
		}
		target := filepath.Join(dir, numbered)
		out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = out.Write(f.Content)
		if closeErr := out.Close(); err == nil {
			err = closeErr
		}
		return target, err
	}
	return "", fmt.Errorf("%s: %w", base, fs.ErrExist)
}

// fileName returns the attachment's name as one path element. The name is data from outside: it must not lead elsewhere,
// hide the file or look like a flag.
func fileName(f bot.File) string {
	base := path.Base(strings.ReplaceAll(plain.Line(f.Name), `\`, "/"))
	base = strings.TrimLeft(strings.TrimSpace(base), ".-/")
	if len(base) > maxFileName {
		base = strings.ToValidUTF8(base[:maxFileName], "")
	}
	if base == "" {
		return "file"
	}
	return base
}
